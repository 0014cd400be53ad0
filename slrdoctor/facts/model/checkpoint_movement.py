"""Which parts of a model were never updated although it was trained.

A frozen backbone is a choice: it holds what it was trained to elsewhere. A head that was never
updated is none, nor is a large part that still has the random values it was made with.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.model.checkpoint import Checkpoint
from slrdoctor.facts.model.checkpoint_architecture import Architecture, ModelHead
from slrdoctor.facts.model.checkpoint_updates import (
    CheckpointPair,
    FirstValues,
    Normalisation,
    OptimizerState,
)
from slrdoctor.facts.training.logged_epochs import LoggedEpochs
from slrdoctor.words.grammar import counted

BEST = re.compile(r"best", re.IGNORECASE)
LAST = re.compile(r"last|final|latest", re.IGNORECASE)


@dataclass(frozen=True)
class ParameterUpdates:
    """What was never updated, and how that is seen; empty texts and zeros where nothing was."""

    unchanged: str  # two checkpoints of different epochs whose parameters are all the same
    head: str  # the head, with how it is seen that it was never updated
    random: tuple[str, ...]  # weights at first values
    random_share: float  # of the model's parameters
    statistics: int  # batch normalisations, where all of them are at first values
    trained: str  # what shows that the model was trained, "" where nothing does
    looked: tuple[str, ...]  # the sentences of what was judged
    read_from: str

    @property
    def sentence(self) -> str:
        return "; ".join(self.looked)


@measure
def parameter_updates(
    checkpoint: Checkpoint,
    model: Architecture,
    head: ModelHead | None,
    memory: OptimizerState | None,
    pair: CheckpointPair | None,
    norms: Normalisation | None,
    first: FirstValues | None,
    logged: LoggedEpochs | None,
) -> ParameterUpdates:
    """Raises Unavailable where nothing tells, or where nothing shows that training took place."""
    trained = _trained(checkpoint, memory, logged, first)
    judged = [fact.sentence for fact in (memory, pair) if fact is not None]
    if trained:
        judged += [fact.sentence for fact in (norms, first) if fact is not None]
    if not judged:
        raise Unavailable(
            f"nothing shows that {checkpoint.where} was trained: it has no optimizer state, there is no "
            "second checkpoint, and the epoch or changed weights are missing",
            "save the optimizer's state and the epoch with the model",
        )
    random = first.first if first is not None and trained else ()
    sizes = {name: math.prod(info.shape) for name, info in checkpoint.weights.tensors.items()}
    if pair is not None and first is not None and not first.first and _is_a_copy(pair):
        pair = None
    all_same = pair is not None and pair.unchanged == pair.parameters
    all_first = norms is not None and trained and len(norms.at_first) == norms.layers
    return ParameterUpdates(
        unchanged=pair.read_from if pair is not None and all_same else "",
        head=_head(checkpoint, head, memory, pair, random, trained),
        random=random,
        random_share=sum(sizes[name] for name in random) / max(model.parameters, 1),
        statistics=norms.layers if norms is not None and all_first else 0,
        trained=trained,
        looked=tuple(judged),
        read_from=checkpoint.where,
    )


def _is_a_copy(pair: CheckpointPair) -> bool:
    """Whether the best weights may have been taken back and saved as the last ones, by the names."""
    best, last = (
        [bool(word.search(where)) for where in (pair.earlier, pair.later)] for word in (BEST, LAST)
    )
    return pair.unchanged == pair.parameters and any(best) and any(last)


def _trained(
    checkpoint: Checkpoint,
    memory: OptimizerState | None,
    logged: LoggedEpochs | None,
    first: FirstValues | None,
) -> str:
    """What shows that the model took steps, in words; a number of epochs alone is easily written."""
    row = checkpoint.row
    if memory is not None and memory.steps:
        return f"the optimizer took {counted(round(memory.steps), 'step')}"
    if first is not None and len(first.first) == len(first.tested):
        return ""
    if row.step:
        return f"the checkpoint is from step {row.step}"
    if row.epoch:
        return f"the checkpoint is from epoch {row.epoch}"
    if logged is not None and logged.epochs:
        return f"the log has {counted(logged.epochs, 'finished epoch')}"
    return ""


def _head(
    checkpoint: Checkpoint,
    head: ModelHead | None,
    memory: OptimizerState | None,
    pair: CheckpointPair | None,
    random: tuple[str, ...],
    trained: str,
) -> str:
    """How it is seen that the head's weight was never updated; "" where it was, or nothing tells."""
    if head is None:
        return ""
    weight = next((name for name in head.layer.tensors if "bias" not in name), "")
    weight = checkpoint.weights.parts.shared.get(weight, weight)
    if memory is not None and weight in memory.missing:
        return f"the optimizer has state for other tensors, but none for {weight}"
    if pair is not None and weight in pair.same:
        return f"{weight} is the same in epochs {pair.epochs[0]} and {pair.epochs[1]}"
    return f"{weight} still has its initial values although {trained}" if weight in random else ""
