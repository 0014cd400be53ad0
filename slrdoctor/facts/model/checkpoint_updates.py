"""What shows which parameters training has moved.

The optimizer's memory, a second checkpoint, the statistics of normalisations, the values themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.kinds.checkpoints.layers import RECURRENT, ModelLayer
from slrdoctor.artifacts.kinds.checkpoints.weights import Weights
from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.model.checkpoint import Checkpoint, CheckpointFiles, CheckpointRow, reopened
from slrdoctor.facts.model.checkpoint_architecture import Architecture
from slrdoctor.facts.model.checkpoint_values import TensorRow, WeightValues, is_buffer

FEWEST_VALUES = 1000  # of a tensor whose distribution is judged
EDGE = 20  # values that may lie beyond the largest, of as many as a uniform tensor has
ALIKE = 0.05  # relative distance of the standard deviation from a uniform distribution's


@dataclass(frozen=True)
class CheckpointPair:
    """Two checkpoints of one model from different epochs: which parameters are the same in both."""

    earlier: str
    later: str
    epochs: tuple[int, int]
    same: tuple[str, ...]  # parameters whose values are identical
    parameters: int  # values of all parameters
    unchanged: int  # values of those that are identical
    read_from: str

    @property
    def sentence(self) -> str:
        share = 1 - self.unchanged / max(self.parameters, 1)
        return (
            f"{share:.1%} of the parameters changed between epoch {self.epochs[0]} ({self.earlier}) "
            f"and epoch {self.epochs[1]} ({self.later})"
        )


@measure
def checkpoint_pair(files: CheckpointFiles, checkpoint: Checkpoint, run: TrainingRun) -> CheckpointPair:
    """The judged checkpoint against the one of the same model that lies the most epochs away."""
    mine = checkpoint.row
    if mine.epoch is None:
        raise Unavailable(
            f"the epoch of {mine.where} is unknown", 'save it with the model: {"epoch": epoch, ...}'
        )
    others = [row for row in files.rows if row.signature == mine.signature and _apart(row, mine)]
    if not others:
        raise Unavailable(
            f"there is no checkpoint of the same model from another epoch than {mine.where}"
        )
    other = max(others, key=lambda row: _apart(row, mine))
    weights, against = checkpoint.weights, reopened(run, other)
    names = [name for name in weights.tensors if not is_buffer(name, weights)]
    try:
        same = tuple(name for name in names if _is_same(name, weights, against))
    except Unreadable as error:
        raise Unavailable(f"{mine.where} and {other.where}: {error}") from error
    sizes = {name: math.prod(weights.tensors[name].shape) for name in names}
    first, second = sorted((mine, other), key=lambda row: row.epoch or 0)
    return CheckpointPair(
        earlier=first.where,
        later=second.where,
        epochs=(first.epoch or 0, second.epoch or 0),
        same=same,
        parameters=sum(sizes.values()),
        unchanged=sum(sizes[name] for name in same),
        read_from=f"{first.where} and {second.where}",
    )


def _apart(one: CheckpointRow, other: CheckpointRow) -> int:
    """Epochs between two checkpoints, told in the same way of both: one may count from 0."""
    for a, b in ((one.stored_epoch, other.stored_epoch), (one.named_epoch, other.named_epoch)):
        if a is not None and b is not None:
            return abs(a - b)
    return 0


def _is_same(name: str, one: Weights, other: Weights) -> bool:
    mine, theirs = one.load(name), other.load(name)
    # NaN is equal to itself here: weights that are lost do not change any more
    return mine.shape == theirs.shape and bool(np.array_equal(mine, theirs, equal_nan=True))


@dataclass(frozen=True)
class Normalisation:
    """Batch normalisation: how many layers have seen data, by their running statistics."""

    layers: int
    at_first: tuple[str, ...]  # mean 0 and variance 1 throughout
    untracked: int  # of these, how many say that they tracked no batch
    read_from: str

    @property
    def sentence(self) -> str:
        updated = self.layers - len(self.at_first)
        return f"{updated} of {self.layers} batch normalisations have statistics of the data"


@measure
def normalisation(values: WeightValues) -> Normalisation:
    rows = {row.name: row for row in values.rows}
    first, untracked, layers = [], 0, 0
    for mean, variance, tracked in (
        ("running_mean", "running_var", "num_batches_tracked"),
        ("moving_mean", "moving_variance", ""),
    ):
        for name in [name for name in rows if name.endswith(mean)]:
            owner = name[: -len(mean)]
            spread = rows.get(owner + variance)
            if spread is None:
                continue
            layers += 1
            if rows[name].largest == 0 and spread.mean == 1 and spread.std == 0:
                first.append(owner.rstrip("./"))
                counted = rows.get(owner + tracked) if tracked else None
                untracked += counted is not None and counted.largest == 0
    if not layers:
        raise Unavailable(f"{values.read_from} has no batch normalisation with running statistics")
    return Normalisation(layers, tuple(first), untracked, values.read_from)


@dataclass(frozen=True)
class FirstValues:
    """Weights that are distributed as PyTorch and Keras initialise them: uniform to the very edge."""

    tested: tuple[str, ...]  # weights that are large enough to tell
    first: tuple[str, ...]  # of them, those that no update can have moved
    read_from: str

    @property
    def sentence(self) -> str:
        moved, where = len(self.tested) - len(self.first), self.read_from
        return f"{moved} of {len(self.tested)} large weights in {where} changed since initialisation"


@measure
def first_values(model: Architecture, values: WeightValues) -> FirstValues:
    """By the edges of the uniform distributions that layers are initialised with.

    Training moves values that lie at an edge beyond it; what lies exactly within, with the
    spread of a uniform distribution, was not moved.
    """
    rows = {row.name: row for row in values.rows}
    tested, first = [], []
    for layer in model.layers:
        for name in layer.tensors:
            row = rows.get(name)
            if (
                row is not None
                and len(row.shape) > 1
                and row.size >= FEWEST_VALUES
                and not row.is_buffer
            ):
                tested.append(name)
                if any(_fills(row, edge) for edge in _edges(layer, row)):
                    first.append(name)
    if not tested:
        raise Unavailable(f"{values.read_from} has no weight with {FEWEST_VALUES} or more values")
    return FirstValues(tuple(tested), tuple(first), values.read_from)


def _edges(layer: ModelLayer, row: TensorRow) -> tuple[float, ...]:
    """1/sqrt(fan in) of PyTorch (of a recurrent layer its size), and Xavier's sqrt(6 / (in + out))."""
    area = math.prod(row.shape) / (max(row.shape[0], 1) * max(row.shape[1], 1))
    ins, outs = row.shape[1], row.shape[0]
    if layer.transposed:
        area = math.prod(row.shape[:-2])
        ins, outs = row.shape[-2], row.shape[-1]
    torch_edge = layer.hidden if layer.kind in RECURRENT else ins * area
    return (1 / math.sqrt(max(torch_edge, 1)), math.sqrt(6 / max((ins + outs) * area, 1)))


def _fills(row: TensorRow, edge: float) -> bool:
    """Whether values are uniform between -edge and edge."""
    reaches = edge * (1 - EDGE / row.size) <= row.largest <= edge * (1 + 1e-5)
    return reaches and abs(row.std * math.sqrt(3) / edge - 1) < ALIKE
