"""Which parts of a model were never updated although it was trained.

A frozen backbone is a choice: it holds what it was trained to elsewhere. A head that was never
updated is none, nor is a large part that still has the random values it was made with.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from slrdoctor.artifacts.kinds.checkpoints.ends import HEAD
from slrdoctor.artifacts.kinds.checkpoints.layers import ModelLayer
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.model.adapter_values import AdapterValues
from slrdoctor.facts.model.checkpoint import Checkpoint
from slrdoctor.facts.model.checkpoint_architecture import Architecture, ModelHead
from slrdoctor.facts.model.checkpoint_head import BlankRow
from slrdoctor.facts.model.checkpoint_updates import (
    CheckpointPair,
    FirstValues,
    Normalisation,
)
from slrdoctor.facts.model.optimizer_memory import OptimizerState
from slrdoctor.facts.training.logged_epochs import LoggedEpochs
from slrdoctor.facts.training.progress import Progress
from slrdoctor.words.grammar import counted

SOUND = 0.1  # of the error of guessing: what such a run did not train, it does not need
UNSEEN = (
    "it has no optimizer state, there is no second checkpoint, and the epoch or changed weights are "
    "missing"
)
ENABLE = "save the optimizer's state and the epoch with the model"
ONLY_BLANK = 3.0  # standard deviations that the blank's bias leads by: the head's own cause of failure
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
    rate: float | None = None  # the largest learning rate that the optimizer has, where it is known
    adapters: int = 0  # matrices of adapters that begin at zero, where all of them are zero

    @property
    def sentence(self) -> str:
        return "; ".join(self.looked)


@measure
def parameter_updates(
    checkpoint: Checkpoint,
    model: Architecture | None,
    adapter: AdapterValues | None,
    head: ModelHead | None,
    memory: OptimizerState | None,
    pair: CheckpointPair | None,
    norms: Normalisation | None,
    first: FirstValues | None,
    logged: LoggedEpochs | None,
    progress: Progress | None,
    blank: BlankRow | None,
) -> ParameterUpdates:
    """Raises Unavailable where nothing tells, or where nothing shows that training took place."""
    trained = _trained(checkpoint, memory, logged, first)
    always, if_trained = (memory, pair), (norms, first, adapter) if trained else ()
    judged = [fact.sentence for fact in (*always, *if_trained) if fact is not None]
    if not judged:
        raise Unavailable(f"nothing shows that {checkpoint.where} was trained: {UNSEEN}", ENABLE)
    frozen = _frozen_on_purpose(memory, progress)
    initial = first.first if first is not None and trained else ()
    random = tuple(name for name in initial if name not in frozen)
    if pair is not None and first is not None and not first.first and _is_a_copy(pair):
        pair = None
    all_same = pair is not None and pair.unchanged == pair.parameters
    signs = _Signs(checkpoint, memory, pair, initial, trained)
    still, idle = _head(head, signs, progress, blank)
    return ParameterUpdates(
        unchanged=pair.read_from if pair is not None and all_same else "",
        head=still,
        random=random,
        random_share=_share(random, checkpoint, model),
        statistics=_without_statistics(norms, frozen) if trained else 0,
        trained=trained,
        looked=(*judged, *_asides(idle, len(frozen.intersection(initial)))),
        read_from=checkpoint.where,
        rate=max(memory.learning_rates, default=None) if memory is not None else None,
        adapters=adapter.matrices if adapter and trained and adapter.zero == adapter.matrices else 0,
    )


def _share(names: tuple[str, ...], checkpoint: Checkpoint, model: Architecture | None) -> float:
    """How much of the model's parameters are in some of its tensors."""
    sizes = (math.prod(checkpoint.weights.tensors[name].shape) for name in names)
    return sum(sizes) / max(model.parameters, 1) if model is not None else 0.0


def _without_statistics(norms: Normalisation | None, frozen: frozenset[str]) -> int:
    """How many batch normalisations there are, where all are at first values and not frozen."""
    if norms is None or len(norms.at_first) < norms.layers:
        return 0
    return 0 if frozen.issuperset(f"{name}.weight" for name in norms.at_first) else norms.layers


def _frozen_on_purpose(memory: OptimizerState | None, progress: Progress | None) -> frozenset[str]:
    """The tensors that were frozen by choice: without a memory, in a run whose score is sound."""
    is_sound = progress is not None and progress.error_left < SOUND
    return (
        frozenset(memory.missing) if memory is not None and memory.updated and is_sound else frozenset()
    )


def _asides(idle: str, frozen: int) -> list[str]:
    """What was never updated and is no fault, in words."""
    held = f"{counted(frozen, 'weight')} of a run with a sound score was frozen with initial values"
    return [*([idle] if idle else []), *([held] if frozen else [])]


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


@dataclass(frozen=True)
class _Signs:
    """What may show of a layer that it was never updated."""

    checkpoint: Checkpoint
    memory: OptimizerState | None
    pair: CheckpointPair | None
    random: tuple[str, ...]
    trained: str

    def of(self, layer: ModelLayer) -> str:
        """How it is seen that a layer's weight was never updated; "" where it was, or nothing tells."""
        weight = self.checkpoint.weights.parts.shared.get(layer.weight, layer.weight)
        pair = self.pair
        if self.memory is not None and weight in self.memory.missing:
            return f"the optimizer has state for other tensors, but none for {weight}"
        if pair is not None and weight in pair.same:
            return f"{weight} is the same in epochs {pair.epochs[0]} and {pair.epochs[1]}"
        if weight in self.random:
            return f"{weight} still has its initial values although {self.trained}"
        return ""


def _head(
    head: ModelHead | None, signs: _Signs, progress: Progress | None, blank: BlankRow | None
) -> tuple[str, str]:
    """How it is seen that the head was never updated, or else that one is not in use.

    Of several heads, one that was never updated is not in use, unless the run learned nothing:
    then it may be the one that should have been trained, except where the one that was updated can
    put out nothing but the blank, which is cause enough. The head of a run that learned may be any
    layer at the end, whatever its name: the classifier of an earlier model may lie beside it.
    """
    if head is None:
        return "", ""
    learned = progress is not None and progress.learned
    layers = (head.layer, *(x for x in head.rivals if learned or HEAD.search(x.name)))
    still = {layer.name: signs.of(layer) for layer in layers}
    idle = [name for name, sign in still.items() if sign]
    if not idle:
        return "", ""
    if len(idle) == len(layers):
        return still[idle[0]], ""
    only_blank = blank is not None and blank.reach >= ONLY_BLANK and still.get(blank.layer) == ""
    if progress is not None and not progress.learned and not only_blank:
        return still[idle[0]], ""
    used = next(name for name, sign in still.items() if not sign)
    return "", f"{idle[0]} was never updated and {used} was: {idle[0]} seems not to be in use"
