"""How logged losses are reduced: a mean per token, a mean per sample, a sum over batches ..."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.ctc.blind_floor import BlindFloor
from slrdoctor.facts.ctc.uniform_start import UniformStart
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.training._reduction import UNKNOWN, Reduction
from slrdoctor.facts.training._two_reductions import borne_out
from slrdoctor.facts.training.class_count import ClassCount
from slrdoctor.facts.training.dev_score import Floats, finite, held_out
from slrdoctor.facts.training.epoch_size import EpochSize
from slrdoctor.facts.training.history import Curve, History
from slrdoctor.words.grammar import number

# what the first logged value may be, as multiples of the floor and of the uniform start: an
# epoch's mean lies below its start as far as the epoch learned, and above it after a rough one
UNDER_FLOOR, OVER_START = 0.4, 1.3
# a mean needs no other explanation: it is believed further from the start than a sum is
MEAN_UNDER_FLOOR, MEAN_OVER_START = 0.02, 3.0
AT_START = 0.03  # relative distance: an epoch in which nothing was learned yet, or its first batch
BEGINS = 1.5  # six public CTC runs have 1.1 to 3 times their floor as the mean of the first epoch
_MEAN = re.compile(r"(?:^|[^a-z])(?:mean|avg|average)(?:[^a-z]|$)", re.IGNORECASE)
NEAR = 0.15  # relative distance at which a value stands at the floor
FEWEST_AT_FLOOR = 3  # values that stand there, from which on a loss lingers
CLEARLY = 1.5  # times nearer than the next reduction


@dataclass(frozen=True)
class LossScale:
    """How the logged losses are reduced, found by holding the first ones against the start."""

    train: Reduction
    dev: Reduction
    known_by: str
    read_from: str

    @property
    def train_factor(self) -> float:
        """What a logged training loss is divided by, to be per token (CTC) or per sample."""
        return self.train.factor

    @property
    def dev_factor(self) -> float:
        return self.dev.factor

    @property
    def is_guessed(self) -> bool:
        """Whether a loss is taken for a sum, which only its size says."""
        return self.train.has_sums or self.dev.has_sums

    @property
    def sentence(self) -> str:
        if not self.train.is_known and not self.dev.is_known:
            return f"the reduction of the losses is unknown: {self.known_by}"
        train, dev = (f"a {r}" if r.is_known else "of unknown reduction" for r in (self.train, self.dev))
        return f"the train loss is {train}, the dev loss {dev}: {self.known_by}"


@dataclass(frozen=True)
class Anchor:
    """What an untrained and a blind model cost in the smallest unit: nats a token, or a sample."""

    start: float  # nan where only the floor is known
    floor: float
    tokens: float  # that unit's count in a sample: L for ctc, 1 for classification
    what: str  # "ln 25 = 3.22"


@measure
def loss_scale(
    history: History,
    task: Task | None,
    start: UniformStart | None,
    floor: BlindFloor | None,
    classes: ClassCount | None,
    size: EpochSize | None,
) -> LossScale:
    anchor = _anchor(task, start, floor, classes)
    train, dev = history.curve("train", "loss"), held_out(history, "loss")
    of_each = _possible(anchor, size, of_dev=False), _possible(anchor, size, of_dev=True)
    of_train = _reduction(train, anchor, of_each[0])
    of_dev = _reduction(dev, anchor, of_each[1], of_train)
    of_train, of_dev = borne_out(train, dev, (of_train, of_dev), of_each)
    firsts = ", ".join(
        f"{curve.split} {number(finite(curve)[1][0], 4)}"
        for curve in (train, dev)
        if curve is not None and len(finite(curve)[1])
    )
    known_by = f"first losses ({firsts or 'none'}) compared with {anchor.what}"
    return LossScale(of_train, of_dev, known_by, history.read_from)


def _anchor(
    task: Task | None, start: UniformStart | None, floor: BlindFloor | None, classes: ClassCount | None
) -> Anchor:
    if task is not None and task.name == "ctc":
        if start is None and floor is None:
            raise Unavailable(
                "the loss of an untrained and that of a blind model are unknown for these targets"
            )
        uniform = start.per_token if start else math.nan
        blind = floor.per_token if floor else uniform / 4
        known = floor or start
        assert known is not None
        what = f"{uniform:.2f} of an untrained model" if start else f"{blind:.2f} of a blind model"
        return Anchor(uniform, blind, known.per_sample / known.per_token, f"{what}, in nats per token")
    if classes is None:
        raise Unavailable("the loss of an untrained model is unknown: neither targets nor a class count")
    if classes.classes < 2:
        raise Unavailable(f"a model of one class has no loss: {classes.known_by}")
    uniform = math.log(classes.classes)
    blind = floor.per_sample if floor is not None and floor.task == "classification" else uniform
    return Anchor(uniform, blind, 1.0, f"ln {classes.classes} = {uniform:.2f}")


def _possible(anchor: Anchor, size: EpochSize | None, of_dev: bool) -> list[Reduction]:
    """The reductions that the counts allow, the plainest first."""
    batches = (size.dev_batches if of_dev else size.train_batches) if size else None
    samples = (size.dev_samples if of_dev else size.train_samples) if size else None
    plain = [Reduction("mean", "sample", anchor.tokens)]
    if anchor.tokens > 1.05:  # a token is not a sample
        plain.insert(0, Reduction("mean", "token", 1.0))
    possible = list(plain)
    if batches:
        possible += [
            Reduction("sum", "batches", r.factor * batches, batches, str(r) if len(plain) > 1 else "")
            for r in plain
        ]
    if size and size.batch_size and size.batch_size > 1:
        per_batch = anchor.tokens * size.batch_size
        possible.append(Reduction("mean", "batches of sums", per_batch, size.batch_size))
    if samples:
        possible.append(Reduction("sum", "samples", anchor.tokens * samples, samples))
    return possible


def _reduction(
    curve: Curve | None, anchor: Anchor, possible: list[Reduction], other: Reduction = UNKNOWN
) -> Reduction:
    """The one reduction under which the first value is that of a model that begins to learn.

    `other` is the reduction of the training loss: one script seldom reduces its losses in
    two ways, so of several that are possible the one of its kind is taken.
    """
    values = finite(curve)[1] if curve is not None else np.empty(0)
    if curve is None or not len(values):
        return UNKNOWN
    if _MEAN.search(curve.name):
        possible = [reduction for reduction in possible if not reduction.is_sum]
    start = anchor.start if math.isfinite(anchor.start) else 12 * anchor.floor
    for reduction in (r for r in possible if r.is_plain):
        # no other reduction puts the first value at the very number of uniform outputs, but by chance
        if abs(values[0] / reduction.factor / anchor.start - 1) < AT_START:
            return reduction
    least, most = UNDER_FLOOR * anchor.floor, OVER_START * start
    likely = [r for r in possible if least <= values[0] / r.factor <= most]
    alike = [r for r in likely if r.is_like(other)]
    if len(alike) == 1:
        likely = alike
    if len(likely) > 1:
        # in the first epoch's mean a model has all but come down to the floor; a step has not
        begins = start if curve.per == "step" else min(start, BEGINS * anchor.floor)
        likely = _standing_at_floor(values, anchor.floor, likely) or _nearest(values[0], begins, likely)
    if not likely:
        plainest = possible[0]
        if MEAN_UNDER_FLOOR * anchor.floor <= values[0] / plainest.factor <= MEAN_OVER_START * start:
            return plainest
    return likely[0] if len(likely) == 1 else UNKNOWN


def _standing_at_floor(values: Floats, floor: float, likely: list[Reduction]) -> list[Reduction]:
    """A loss that lingers does so at the floor: the reduction that explains where it lingered."""
    near = [int(np.sum(np.abs(values / r.factor / floor - 1) < NEAR)) for r in likely]
    most = max(near)
    best = [r for r, count in zip(likely, near, strict=True) if count == most]
    return best if most >= FEWEST_AT_FLOOR and len(best) == 1 else []


def _nearest(value: float, begins: float, likely: list[Reduction]) -> list[Reduction]:
    """The reduction that puts the first value clearly nearest to where runs begin, if one does."""

    def distance(reduction: Reduction) -> float:
        return abs(math.log(value / reduction.factor / begins))

    nearest, second = sorted(likely, key=distance)[:2]
    return [nearest] if distance(second) - distance(nearest) >= math.log(CLEARLY) else []
