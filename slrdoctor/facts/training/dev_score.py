"""The score that a run is judged by on held-out samples, epoch by epoch."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slrdoctor.arithmetic.text_scores import bleu, chrf
from slrdoctor.artifacts.kinds.checkpoints.weights_notes import INSIDE
from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.training.history import Curve, History
from slrdoctor.words.metrics import Metric, metric
from slrdoctor.words.tasks import ANY_TASK, METRICS

Floats = NDArray[np.float64]

TEXT_SCORES = {"bleu": bleu, "chrf": chrf}  # in points
FEWEST_TEXTS = 10  # fewer predictions are a demonstration


@dataclass(frozen=True)
class DevScore:
    """A task metric over epochs, finite values only: arrays of shape [E], E >= 1.

    Shares (accuracy, WER) are 0..1; WER may exceed 1. BLEU and the like are points, but as logged
    where they never exceed 1 and no stored predictions show that they are shares. `last` is the
    median of the last few values, `best_at` the epoch of the best.
    """

    quantity: str
    name: str  # as the log has it
    split: str
    epochs: Floats
    values: Floats
    per: str
    read_from: str

    @property
    def is_cut(self) -> bool:
        """Whether the values end where a checkpoint was saved that keeps them, and not with the run."""
        return INSIDE in self.read_from

    @property
    def metric(self) -> Metric:
        return metric(self.quantity)

    @property
    def sign(self) -> int:
        """+1 where higher is better, -1 where lower is."""
        return self.metric.sign

    @property
    def first(self) -> float:
        return float(self.values[0])

    @property
    def best(self) -> float:
        return float(self.sign * np.max(self.sign * self.values))

    @property
    def best_at(self) -> float:
        return float(self.epochs[int(np.argmax(self.sign * self.values))])

    @property
    def last(self) -> float:
        return settled(self.values)

    @property
    def looks(self) -> str:
        """What one value stands for, in the plural: a log by steps is no log of every epoch."""
        return "epochs" if self.per == "epoch" else "evaluations"

    @property
    def word(self) -> str:
        return self.metric.word

    def shown(self, value: float) -> str:
        """A value as its readers write it: shares in percent."""
        return self.metric.shown(value)

    @property
    def is_share(self) -> bool:
        return self.metric.is_share

    @property
    def sentence(self) -> str:
        shown = {self.shown(value) for value in self.values}
        if len(shown) == 1:
            return f"{self.split} {self.word} is {shown.pop()} in all {len(self.values)} {self.looks}"
        return (
            f"{self.split} {self.word} went from {self.shown(self.first)} to {self.shown(self.last)}, "
            f"best {self.shown(self.best)} at {self.per} {self.best_at:g}"
        )


def finite(curve: Curve) -> tuple[Floats, Floats]:
    """Steps and values of a curve without NaN and Inf, in the order of the steps."""
    keep = np.isfinite(curve.values) & np.isfinite(curve.epochs)
    epochs, values = curve.epochs[keep], curve.values[keep]
    order = np.argsort(epochs, kind="stable")
    return epochs[order], values[order]


def settled(values: Floats, least: int = 3) -> float:
    """The median of the last tenth of the values, of at least three: one noisy epoch is no end."""
    return float(np.median(values[-max(least, len(values) // 10) :]))


def over(value: float, base: float) -> float:
    """A value over its base; nan where there is no base to divide by."""
    return float(value) / float(base) if base and math.isfinite(base) else math.nan


def held_out(history: History, quantity: str) -> Curve | None:
    """A curve on dev; on test where the run was followed on test."""
    for split in ("dev", "test"):
        curve = history.curve(split, quantity)
        if curve is not None and np.isfinite(curve.values).any():
            return curve
    return None


@measure
def dev_score(history: History, task: Task | None, run: TrainingRun | None = None) -> DevScore:
    order = METRICS.get(task.name, ANY_TASK) if task else ANY_TASK
    for quantity in dict.fromkeys((*order, *ANY_TASK)):
        curve = held_out(history, quantity)
        if curve is not None:
            epochs, values = finite(curve)
            if len(values):
                score = DevScore(
                    quantity, curve.name, curve.split, epochs, values, curve.per, curve.read_from
                )
                return _in_points(score, run) if run is not None else score
    raise Unavailable(
        f"no WER, accuracy, BLEU or recall on dev or test in {history.read_from}",
        "log the dev score of every epoch, for example a column val_wer or val_acc",
    )


def _in_points(score: DevScore, run: TrainingRun) -> DevScore:
    """A BLEU that was logged as a share of 1, in points, where the stored predictions score as much.

    Without them it is left: in points, a BLEU that never exceeds 1 is that of a decoder that fails.
    """
    if score.quantity not in TEXT_SCORES or score.best > 1:
        return score
    ends = (score.best, score.last)
    for file in run.predictions:
        if file.split in (score.split, "") and len(file.ids) >= FEWEST_TEXTS and any(file.references):
            texts = (
                [" ".join(tokens) for tokens in side] for side in (file.hypotheses, file.references)
            )
            points = TEXT_SCORES[score.quantity](*texts)
            if min(abs(100 * v - points) for v in ends) < min(abs(v - points) for v in ends):
                return dataclasses.replace(score, values=100 * score.values)
    return score
