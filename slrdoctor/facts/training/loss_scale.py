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
from slrdoctor.facts.training.class_count import ClassCount
from slrdoctor.facts.training.dev_score import Floats, finite, held_out
from slrdoctor.facts.training.epoch_size import EpochSize
from slrdoctor.facts.training.history import Curve, History

UNKNOWN = "unknown"
# what the first logged value may be, as multiples of the floor and of the uniform start: an
# epoch's mean lies below its start as far as the epoch learned, and above it after a rough one
UNDER_FLOOR, OVER_START = 0.4, 1.3
# a mean needs no other explanation: it is believed further from the start than a sum is
MEAN_UNDER_FLOOR, MEAN_OVER_START = 0.02, 3.0
AT_START = 0.03  # relative distance: an epoch in which nothing was learned yet, or its first batch
BEGINS = 1.5  # six public CTC runs have 1.1 to 3 times their floor as the mean of the first epoch
_MEAN = re.compile(r"(?:^|[^a-z])(?:mean|avg|average)(?:[^a-z]|$)", re.IGNORECASE)
NEAR = 0.15  # relative distance at which a value stands at the floor


@dataclass(frozen=True)
class LossScale:
    """How the logged losses are reduced, found by holding the first ones against the start.

    A logged loss divided by `factor` is per token (ctc) or per sample (classification);
    factors are nan where the reduction is unknown.
    """

    reduction: str  # "mean per token" | "mean per sample" | "sum over batches" | "unknown" ...
    train_factor: float
    dev_factor: float
    known_by: str
    read_from: str
    dev_reduction: str = UNKNOWN

    @property
    def is_guessed(self) -> bool:
        """Whether a loss is taken for a sum, which only its size says."""
        return "sum" in self.reduction or "sum" in self.dev_reduction

    @property
    def sentence(self) -> str:
        if self.reduction == self.dev_reduction == UNKNOWN:
            return f"the reduction of the losses is unknown: {self.known_by}"
        train, dev = (
            "of unknown reduction" if name == UNKNOWN else f"a {name}"
            for name in (self.reduction, self.dev_reduction)
        )
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
    train_name, train_factor = _reduction(train, anchor, _factors(anchor, size, of_dev=False))
    dev_name, dev_factor = _reduction(dev, anchor, _factors(anchor, size, of_dev=True), train_name)
    firsts = ", ".join(
        f"{curve.split} {finite(curve)[1][0]:.4g}"
        for curve in (train, dev)
        if curve is not None and len(finite(curve)[1])
    )
    known_by = f"first losses ({firsts or 'none'}) compared with {anchor.what}"
    return LossScale(train_name, train_factor, dev_factor, known_by, history.read_from, dev_name)


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
    uniform = math.log(classes.classes)
    blind = floor.per_sample if floor is not None and floor.task == "classification" else uniform
    return Anchor(uniform, blind, 1.0, f"ln {classes.classes} = {uniform:.2f}")


def _factors(anchor: Anchor, size: EpochSize | None, of_dev: bool) -> dict[str, float]:
    """The reductions that the counts allow, and what a logged loss is divided by under each."""
    batches = (size.dev_batches if of_dev else size.train_batches) if size else None
    samples = (size.dev_samples if of_dev else size.train_samples) if size else None
    factors = {"mean per sample": anchor.tokens}
    if anchor.tokens > 1.05:  # a token is not a sample
        factors = {"mean per token": 1.0, **factors}
    if batches:
        of = " of the {}" if len(factors) > 1 else ""
        factors |= {f"sum over {batches} batches{of.format(n)}": f * batches for n, f in factors.items()}
    if size and size.batch_size and size.batch_size > 1:
        factors[f"mean over batches of sums over {size.batch_size} samples"] = (
            anchor.tokens * size.batch_size
        )
    if samples:
        factors[f"sum over {samples} samples"] = anchor.tokens * samples
    return factors


def _reduction(
    curve: Curve | None, anchor: Anchor, factors: dict[str, float], other: str = UNKNOWN
) -> tuple[str, float]:
    """The one reduction under which the first value is that of a model that begins to learn.

    `other` is the reduction of the training loss: one script seldom reduces its losses in
    two ways, so of several that are possible the one of its kind is taken.
    """
    values = finite(curve)[1] if curve is not None else np.empty(0)
    if curve is None or not len(values):
        return UNKNOWN, math.nan
    if _MEAN.search(curve.name):
        factors = {name: factor for name, factor in factors.items() if not name.startswith("sum")}
    start = anchor.start if math.isfinite(anchor.start) else 12 * anchor.floor
    for name in (name for name in factors if name.startswith("mean per ")):
        # no other reduction puts the first value at the very number of uniform outputs, but by chance
        if abs(values[0] / factors[name] / anchor.start - 1) < AT_START:
            return name, factors[name]
    likely = {
        name: factor
        for name, factor in factors.items()
        if UNDER_FLOOR * anchor.floor <= values[0] / factor <= OVER_START * start
    }
    alike = {name: factor for name, factor in likely.items() if _kind(name) == _kind(other)}
    if len(alike) == 1:
        likely = alike
    if len(likely) > 1:
        # in the first epoch's mean a model has all but come down to the floor; a step has not
        begins = start if curve.per == "step" else min(start, BEGINS * anchor.floor)
        likely = _standing_at_floor(values, anchor.floor, likely) or _nearest(values[0], begins, likely)
    if not likely:
        name, factor = next(iter(factors.items()))
        if MEAN_UNDER_FLOOR * anchor.floor <= values[0] / factor <= MEAN_OVER_START * start:
            likely = {name: factor}
    return next(iter(likely.items())) if len(likely) == 1 else (UNKNOWN, math.nan)


def _kind(name: str) -> str:
    """The name of a reduction without its numbers: that of dev has other ones."""
    return "".join(c for c in name if not c.isdigit())


def _standing_at_floor(values: Floats, floor: float, factors: dict[str, float]) -> dict[str, float]:
    """A loss that lingers does so at the floor: the reduction that explains where it lingered."""
    near = {name: int(np.sum(np.abs(values / f / floor - 1) < NEAR)) for name, f in factors.items()}
    most = max(near.values())
    best = [name for name, count in near.items() if count == most]
    return {best[0]: factors[best[0]]} if most >= 3 and len(best) == 1 else {}


def _nearest(value: float, begins: float, factors: dict[str, float]) -> dict[str, float]:
    """The reduction that puts the first value clearly nearest to where runs begin, if one does."""
    apart = sorted((abs(math.log(value / f / begins)), name) for name, f in factors.items())
    if apart[1][0] - apart[0][0] < math.log(1.5):
        return {}
    return {apart[0][1]: factors[apart[0][1]]}
