"""A training loss that does not move from the first value to the last, whatever it should be."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from slrdoctor.arithmetic.guessing_loss import classes_of_loss
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.training._blocks import block_medians, level_tolerance, most_moved
from slrdoctor.facts.training.dev_score import finite
from slrdoctor.facts.training.history import Curve, History
from slrdoctor.words.grammar import counted, number

FEWEST_EPOCHS = 20  # values, of which each is the mean of an epoch
FEWEST_STEPS = 200


@dataclass(frozen=True)
class Standstill:
    """The level of the training loss, and by how much it can have moved over the whole run."""

    level: float  # median, in the log's own unit
    moved: float  # at most, as a share of the level
    points: int
    per: str  # epoch | step
    epochs: int  # that the values reach over
    classes: int | None  # K where the level is ln K, to the digits of the log
    accuracy: float  # of the training, else of dev: median; nan where none is logged
    accuracy_moved: float  # the largest less the smallest median of a twentieth of the run
    read_from: str

    @property
    def sentence(self) -> str:
        return (
            f"the training loss is {number(self.level, 4)} over {counted(self.points, self.per)}, and "
            f"moved by at most {self.moved:.2%}"
        )


@measure
def standstill(history: History) -> Standstill:
    curve = _finest(history)
    if curve is None:
        raise Unavailable(
            f"no training loss of {FEWEST_EPOCHS} epochs or {FEWEST_STEPS} steps in {history.read_from}",
            "log the training loss of every step, for example as train_loss",
        )
    steps, values = finite(curve)
    medians = block_medians(values)
    accuracy = history.curve("train", "accuracy") or history.curve("dev", "accuracy")
    scores = finite(accuracy)[1] if accuracy is not None else np.empty(0)
    by_block = block_medians(scores) if len(scores) else np.array([math.nan])
    level = float(np.median(values))
    return Standstill(
        level=level,
        moved=most_moved(medians),
        points=len(values),
        per=curve.per,
        epochs=len(np.unique(np.floor(steps))) if curve.per == "epoch" else _epochs(history),
        classes=classes_of_loss(level, level_tolerance(values, medians)),
        accuracy=float(np.median(scores)) if len(scores) else math.nan,
        accuracy_moved=float(np.ptp(by_block)),
        read_from=curve.read_from,
    )


def _finest(history: History) -> Curve | None:
    """The epoch curve where it has enough values, else that of the steps."""
    for curve in sorted(history.curves, key=lambda curve: curve.per != "epoch"):
        if (curve.split, curve.quantity) == ("train", "loss"):
            fewest = FEWEST_EPOCHS if curve.per == "epoch" else FEWEST_STEPS
            if len(finite(curve)[1]) >= fewest:
                return curve
    return None


def _epochs(history: History) -> int:
    return max((len(c.values) for c in history.curves if c.per == "epoch"), default=0)
