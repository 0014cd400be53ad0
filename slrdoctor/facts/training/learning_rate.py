"""The learning rate over a run, and what the loss did where it was low."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.kinds.source.evaluate import DEFAULT
from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.config._configured import configured
from slrdoctor.facts.source.source_values import SourceValues
from slrdoctor.facts.training.dev_score import Floats, finite, over, settled
from slrdoctor.facts.training.history import Curve, History
from slrdoctor.facts.training.train_loss import running_median
from slrdoctor.words.grammar import counted, number
from slrdoctor.words.settings import LEARNING_RATE, OPTIMIZER

COLLAPSED = 1e-3  # of the peak
RAISED = 3.0  # times: a rate that goes up by less from one value to the next is a schedule's
STEPS = 20  # logged values; fewer may all be of a warm-up by steps
AROUND = 3  # values of the loss before and after
ADAPTIVE = ("adam", "rmsprop", "nadam", "lamb", "adagrad", "lion", "radam")


class _AtZero(TypedDict):
    zero_at_start: float
    fall_while_zero: float


@dataclass(frozen=True)
class Raise:
    """Where the rate was raised, and the training loss around it: medians of three epochs."""

    at: float  # the first epoch or step with the higher rate
    rate_before: float
    rate: float
    loss_first: float  # of the run
    loss_before: float
    loss_after: float
    lowest_after: float  # of a running median of three, to the end

    @property
    def stayed(self) -> float:
        """The lowest loss after it over the loss before it."""
        return over(self.lowest_after, self.loss_before)

    @property
    def lost(self) -> float:
        """The share of what the loss had gained by then that it never gains back."""
        return over(self.lowest_after - self.loss_before, self.loss_first - self.loss_before)

    @property
    def sentence(self) -> str:
        return (
            f"the learning rate goes up from {self.rate_before:.2g} to {self.rate:.2g} and the training "
            f"loss from {number(self.loss_before)} to {number(self.loss_after)}, and the loss never "
            f"falls below {number(self.lowest_after)} again"
        )


@dataclass(frozen=True)
class LearningRate:
    """What is known of the learning rate; nan and empty where nothing says it.

    A share is of the run's length. The run ends in `low_at_end` of its length at or
    below a thousandth of the peak; over that stretch the training loss fell by
    `fall_while_low`, a share of its first value.
    """

    peak: float
    first: float
    last: float
    points: int  # logged values, 0 where only a configuration says the rate
    low_at_end: float
    low_from: float  # the epoch or step, nan where the run does not end low
    zero_at_end: float
    fall_while_low: float  # nan without a training loss
    loss_left: float  # the training loss at the end over its first value, likewise
    optimizer: str  # as configured, lower case
    per: str
    read_from: str
    zero_at_start: float = 0.0  # of its logged steps, where they are many
    fall_while_zero: float = math.nan  # of the training loss in them, as `fall_while_low`
    raised: Raise | None = None  # the raise after which the loss stayed highest over its level before

    @property
    def adaptive(self) -> bool | None:
        """Whether the optimizer scales its own steps, as Adam does; None where it is not known."""
        if not self.optimizer:
            return None
        return any(name in self.optimizer for name in ADAPTIVE)

    @property
    def sentence(self) -> str:
        if not self.points:
            return f"learning rate {self.peak:g} ({self.optimizer or 'optimizer unknown'})"
        course = f"learning rate from {self.first:.3g} to {self.last:.3g}, at most {self.peak:.3g}"
        return f"{course}, in {counted(self.points, 'value')}"


@measure
def learning_rate(
    run: TrainingRun, history: History | None, calls: SourceValues | None = None
) -> LearningRate:
    """The logged rates, else the configured one, else that of the sources' only optimizer."""
    curves = [c for c in (history.curves if history else ()) if c.quantity == "learning_rate"]
    curves = [c for c in curves if len(finite(c)[1])]
    if not curves:
        set_to = _configured_rate(run) or _rate_in_sources(calls)
        if set_to is None:
            raise Unavailable(
                "looked for a learning rate in the history, the configs and the sources of the run",
                "log the learning rate of every epoch, for example as lr",
            )
        rate, where = set_to
        return LearningRate(
            rate, rate, rate, 0, 0.0, math.nan, 0.0, math.nan, math.nan, _optimizer(run), "epoch", where
        )
    # of several parameter groups, the one with the highest rate is the one that learns
    curve = max(curves, key=lambda c: (float(np.max(finite(c)[1])), len(c.values)))
    steps, values = finite(curve)
    peak = float(np.max(values))
    low = _length_of_end(values <= COLLAPSED * peak)
    return LearningRate(
        peak=peak,
        first=float(values[0]),
        last=float(values[-1]),
        points=len(values),
        low_at_end=low / len(values),
        low_from=float(steps[-low]) if low else math.nan,
        zero_at_end=_length_of_end(values == 0) / len(values),
        fall_while_low=_fall(history.curve("train", "loss") if history else None, 1 - low / len(values)),
        loss_left=_left(history.curve("train", "loss") if history else None),
        optimizer=_optimizer(run),
        per=curve.per,
        read_from=curve.read_from,
        raised=_worst_raise(steps, values, history.curve("train", "loss") if history else None),
        **_at_zero(curves, history.curves if history else ()),
    )


def _at_zero(rates: Sequence[Curve], curves: Sequence[Curve]) -> _AtZero:
    """The steps before a rate leaves 0, and what the loss did in them."""
    unknown: _AtZero = {"zero_at_start": 0.0, "fall_while_zero": math.nan}
    rate = next((c for c in rates if c.per == "step"), None)
    loss = next((c for c in curves if (c.quantity, c.split, c.per) == ("loss", "train", "step")), None)
    if rate is None or loss is None:
        return unknown
    (steps, values), (places, losses) = finite(rate), finite(loss)
    above = np.flatnonzero(values != 0)
    start = int(above[0]) if len(above) else 0
    before = losses[places < steps[start]]
    if min(start, len(before)) < STEPS:
        return unknown
    first, last = (float(np.median(part)) for part in (before[:AROUND], before[-AROUND:]))
    return {"zero_at_start": start / len(values), "fall_while_zero": over(first - last, abs(first))}


def _worst_raise(steps: Floats, rates: Floats, loss: Curve | None) -> Raise | None:
    if loss is None:
        return None
    places, losses = finite(loss)
    raises = []
    for i in np.flatnonzero((rates[1:] > RAISED * rates[:-1]) & (rates[:-1] > 0)):
        before, after = losses[places < steps[i + 1]], losses[places >= steps[i + 1]]
        if len(before) >= AROUND and len(after) >= AROUND:
            raises.append(
                Raise(
                    at=float(steps[i + 1]),
                    rate_before=float(rates[i]),
                    rate=float(rates[i + 1]),
                    loss_first=float(losses[0]),
                    loss_before=float(np.median(before[-AROUND:])),
                    loss_after=float(np.median(after[:AROUND])),
                    lowest_after=float(np.min(running_median(after, AROUND))),
                )
            )
    return max(raises, key=lambda one: one.stayed, default=None)


def _configured_rate(run: TrainingRun) -> tuple[float, str] | None:
    """The first learning rate in a configuration, and where it stands."""
    for found in configured(run, LEARNING_RATE):
        try:  # yaml reads 1e-4 as text
            return float(found.value), f"{found.read_from}: {found.key}"
        except (TypeError, ValueError):
            continue
    return None


def _rate_in_sources(calls: SourceValues | None) -> tuple[float, str] | None:
    claim = calls.of("learning_rate") if calls is not None else None
    if claim is None or claim.how == DEFAULT or not isinstance(claim.value, (int, float)):
        return None
    return float(claim.value), claim.where


def _optimizer(run: TrainingRun) -> str:
    """The configured optimizer's name in lower case: `optimizer: Adam`, or `optimizer: {name: Adam}`."""
    for found in configured(run, OPTIMIZER):
        if isinstance(found.value, str) and "opt" in found.key.lower():
            return found.value.lower()
    return ""


def _length_of_end(low: NDArray[np.bool_]) -> int:
    """How many of the last values are low without a break."""
    high = np.flatnonzero(~low)
    return len(low) - 1 - int(high[-1]) if len(high) else len(low)


def _fall(curve: Curve | None, since: float) -> float:
    """How far a loss fell from `since`, a share of its length, to its end, over its first value."""
    values = finite(curve)[1] if curve is not None else np.empty(0)
    if len(values) < 2:
        return math.nan
    smooth = running_median(values, 3)
    start = min(round(since * len(values)), len(values) - 1)  # 1 - 28/30 of 30 is not quite 2
    return over(float(smooth[start] - np.min(smooth[start:])), abs(float(smooth[0])))


def _left(curve: Curve | None) -> float:
    values = finite(curve)[1] if curve is not None else np.empty(0)
    return over(settled(values), float(values[0])) if len(values) else math.nan
