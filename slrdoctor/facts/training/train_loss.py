"""The course of the training loss as logged, and where a loss stopped being a number."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.training._collapse import Collapse, find_collapse
from slrdoctor.facts.training.dev_score import DevScore, Floats, finite, held_out, over, settled
from slrdoctor.facts.training.epoch_size import EpochSize
from slrdoctor.facts.training.history import Curve, History
from slrdoctor.words.grammar import number

END = 0.2  # share of the values that count as the end of a run
FEWEST_AT_END = 3
GAIN = 0.1  # of a share: a score that moved less may have moved by chance
# columns that count the batches which a loss was taken over, or those that were left out
COUNTED = re.compile(
    r"(valid|finite|counted|used|good|effective)_?(n_)?(batch(es)?|steps?|samples?)", re.I
)
SKIPPED = re.compile(
    r"(nan|inf|skipped|invalid|bad|dropped|lost)_?(n_)?(batch(es)?|steps?|samples?)", re.I
)


@dataclass(frozen=True)
class TrainLoss:
    """The finite values of the training loss, in the log's own unit."""

    name: str
    first: float
    best: float
    best_at: float
    last: float  # median of the last few
    middle: float  # median around the middle of the run
    lowest_at_end: float  # the lowest value of the last fifth of the run
    points: int
    per: str  # epoch | step
    score_kept: bool | None  # whether the dev score kept its gain to the end; None without a score
    read_from: str
    collapse: Collapse | None = None  # at the end of the run, after it had learned

    @property
    def over_middle(self) -> float:
        return over(self.last, self.middle)

    @property
    def over_first(self) -> float:
        return over(self.last, self.first)

    @property
    def sentence(self) -> str:
        return (
            f"training loss from {number(self.first, 4)} to {number(self.last, 4)} over {self.points} "
            f"{self.per}s, lowest {number(self.best, 4)} at {self.per} {self.best_at:g}"
        )


@measure
def train_loss(history: History, score: DevScore | None) -> TrainLoss:
    curve = history.curve("train", "loss")
    steps, values = finite(curve) if curve is not None else (np.empty(0), np.empty(0))
    if curve is None or not len(values):
        raise Unavailable(
            f"no training loss with finite values in {history.read_from}",
            "log the mean training loss of every epoch, for example as train_loss",
        )
    # one low batch is no level: the best of a step curve is that of its running median
    smooth = values if curve.per == "epoch" else running_median(values)
    at = int(np.argmin(smooth))
    return TrainLoss(
        name=curve.name,
        first=float(smooth[0]),
        best=float(smooth[at]),
        best_at=float(steps[at]),
        last=settled(values),
        middle=settled(values[: max(1, (len(values) + 1) // 2)]),
        lowest_at_end=float(np.min(smooth[-at_end(len(values)) :])),
        points=len(values),
        per=curve.per,
        score_kept=keeps_its_gain(score, score.last) if score is not None else None,
        read_from=curve.read_from,
        collapse=find_collapse(
            steps, smooth, history.curve("train", "accuracy") or held_out(history, "accuracy")
        ),
    )


def at_end(points: int) -> int:
    """How many of so many values are the end of a run."""
    return max(FEWEST_AT_END, int(points * END))


def running_median(values: Floats, width: int = 5) -> Floats:
    """The median of each value and its neighbours, `width` in all, fewer at both ends."""
    half = width // 2
    padded = np.pad(values, half, constant_values=np.nan)
    return np.asarray(np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1))


def keeps_its_gain(score: DevScore, later: float) -> bool:
    """Whether `later` is a score with at least half of what the best gained over the first."""
    worst = score.sign * float(np.min(score.sign * score.values))
    gained = score.sign * (score.best - worst)
    return (
        gained >= (GAIN if score.is_share else 100 * GAIN) and score.sign * (later - worst) >= gained / 2
    )


@dataclass(frozen=True)
class LossBreak:
    """How often one loss curve is NaN or Inf, and from where on."""

    split: str
    name: str
    per: str
    points: int
    bad: int  # values that are NaN or Inf
    first_bad: float  # its epoch or step
    bad_at_end: int  # values after the last finite one
    broken_from: float  # the epoch or step of the first of these, nan where there is none
    what: str  # NaN | infinite, of the last bad value
    score_kept: bool  # the dev score kept its gain in the epochs without a finite loss
    read_from: str


@dataclass(frozen=True)
class FiniteLoss:
    """Whether the losses are numbers, and how many batches they were taken over."""

    breaks: tuple[LossBreak, ...]  # of the train and the dev loss, where any value is bad
    points: int
    counted_first: float  # share of batches that counted at the start and at the end, nan if unlogged
    counted_last: float
    counted_by: str
    score_kept: bool  # the dev score kept its gain to the end
    dev_only: bool  # there is no training loss
    read_from: str

    @property
    def ends_bad(self) -> bool:
        """Whether the last values of the training loss are NaN or Inf."""
        return any(b.split == "train" and b.bad_at_end for b in self.breaks)

    @property
    def sentence(self) -> str:
        if self.breaks:
            bad = sum(b.bad for b in self.breaks)
            return f"{bad} of {self.points} loss values are NaN or infinite"
        return f"all {self.points} loss values are finite"


@measure
def finite_loss(
    history: History, run: TrainingRun, score: DevScore | None, size: EpochSize | None
) -> FiniteLoss:
    curves = [c for c in (history.curve("train", "loss"), _logged(history)) if c is not None]
    curves = [c for c in curves if len(c.values)]
    if not curves:
        raise Unavailable(
            f"no loss in {history.read_from}",
            "log the training loss of every epoch, for example as train_loss",
        )
    batches = size.train_batches if size is not None else None
    first, last, by = _counted(history, batches) or _skipped(run, batches) or (math.nan, math.nan, "")
    return FiniteLoss(
        breaks=tuple(_break(c, score) for c in curves if not np.isfinite(c.values).all()),
        points=sum(len(c.values) for c in curves),
        counted_first=first,
        counted_last=last,
        counted_by=by,
        score_kept=score is not None and keeps_its_gain(score, score.last),
        dev_only=all(c.split != "train" for c in curves),
        read_from=", ".join(dict.fromkeys(c.read_from for c in curves)),
    )


def _logged(history: History) -> Curve | None:
    """The dev loss, also where not one of its values is finite."""
    return held_out(history, "loss") or history.curve("dev", "loss") or history.curve("test", "loss")


def _break(curve: Curve, score: DevScore | None) -> LossBreak:
    good = np.flatnonzero(np.isfinite(curve.values))
    bad = np.flatnonzero(~np.isfinite(curve.values))
    tail = len(curve.values) - 1 - (int(good[-1]) if len(good) else -1)
    broken_from = float(curve.epochs[-tail]) if tail else math.nan
    kept = False
    if score is not None and score.per == curve.per:
        since = score.values[score.epochs >= (broken_from if tail else curve.epochs[bad[0]])]
        kept = len(since) > 0 and keeps_its_gain(score, float(np.median(since)))
    return LossBreak(
        split=curve.split,
        name=curve.name,
        per=curve.per,
        points=len(curve.values),
        bad=len(bad),
        first_bad=float(curve.epochs[bad[0]]),
        bad_at_end=tail,
        broken_from=broken_from,
        what="NaN" if np.isnan(curve.values[bad[-1]]) else "infinite",
        score_kept=kept,
        read_from=curve.read_from,
    )


def _counted(history: History, batches: int | None) -> tuple[float, float, str] | None:
    """The share of batches that counted, first and last, from a column that says it."""
    for curve in history.curves:
        values = finite(curve)[1]
        if len(values) < FEWEST_AT_END or curve.quantity != "other" or np.max(values) <= 0:
            continue
        if SKIPPED.search(curve.name):
            most = 1 if np.max(values) <= 1 else batches
            if most is None:
                continue
            shares = 1 - np.minimum(values / most, 1)
        elif COUNTED.search(curve.name):
            shares = values / np.max(values)
        else:
            continue
        return (
            float(np.max(shares[:FEWEST_AT_END])),
            settled(shares),
            f"{curve.name} ({curve.read_from})",
        )
    return None


def _skipped(run: TrainingRun, batches: int | None) -> tuple[float, float, str] | None:
    """The same from the lines of a log that tell of batches left out, epoch by epoch."""
    for file in run.histories:
        lost = {float(epoch): int(count) for epoch, count in file.facts.get("nan_batches", ())}
        of = file.batches or batches
        epochs = sorted({e for s in file.series for e in s.epochs if s.per == "epoch"} | lost.keys())
        if not lost or not of or len(epochs) < FEWEST_AT_END:
            continue
        shares = np.array([1 - min(1.0, lost.get(epoch, 0) / of) for epoch in epochs])
        return float(np.max(shares[:FEWEST_AT_END])), settled(shares), f"lines of {file.where}"
    return None
