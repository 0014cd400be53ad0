"""Where the glosses of a few samples lie in their outputs: for a picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slrdoctor.arithmetic.ctc_forward import best_path, spans
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.outputs.output_pass import ENABLE, OutputPass


@dataclass(frozen=True)
class Alignment:
    """Where one sample's glosses lie on the likeliest alignment: frames [start, stop) each."""

    id: str
    frames: int
    glosses: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    certainty: tuple[float, ...]  # the gloss's highest probability within its span
    blank: tuple[float, ...]  # the blank's probability in every frame


@dataclass(frozen=True)
class Alignments:
    """A few samples, to be drawn."""

    samples: tuple[Alignment, ...]
    read_from: str

    @property
    def sentence(self) -> str:
        return f"{len(self.samples)} samples aligned with their targets"


@measure
def alignments(outputs: OutputPass) -> Alignments:
    split = next((split for split in outputs.splits if split.drawn), None)
    if split is None:
        raise Unavailable("no output with a target to align it with", ENABLE)
    found = []
    for place, columns in split.drawn:
        path = best_path(columns)
        if not len(path):
            continue
        where = spans(path, len(columns.glosses))
        certainty = [float(np.exp(columns.scores[a:b, 1 + j].max())) for j, (a, b) in enumerate(where)]
        blank = tuple(round(float(p), 4) for p in np.exp(columns.scores[:, 0]))
        found.append(
            Alignment(split.keys[place], len(path), split.glosses[place], where, tuple(certainty), blank)
        )
    if not found:
        raise Unavailable(f"no target in {split.targets_from} fits its output in {split.read_from}")
    return Alignments(tuple(found), split.read_from)
