"""Whether a low-rank adapter has been trained: by the matrices of it that begin at zero."""

from __future__ import annotations

from dataclasses import dataclass

from slrdoctor.artifacts.kinds.checkpoints.adapters import begins_at_zero
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.model.checkpoint_values import WeightValues
from slrdoctor.words.grammar import counted


@dataclass(frozen=True)
class AdapterValues:
    """The matrices of an adapter that are zero before training, and how many of them still are."""

    matrices: int
    zero: int
    first: str  # the name of one
    read_from: str

    @property
    def sentence(self) -> str:
        told = counted(self.matrices, "matrix of an adapter", "matrices of an adapter")
        return f"{self.zero} of the {told} in {self.read_from} that begin at zero are zero"


@measure
def adapter_values(values: WeightValues) -> AdapterValues:
    """Raises Unavailable for checkpoints without an adapter."""
    rows = [row for row in values.rows if begins_at_zero(row.name)]
    if not rows:
        raise Unavailable(f"{values.read_from} has no adapter in it")
    zero = [row for row in rows if row.is_sound and not row.largest]
    return AdapterValues(len(rows), len(zero), rows[0].name, values.read_from)
