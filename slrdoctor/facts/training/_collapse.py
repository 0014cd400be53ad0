"""A training loss that had fallen, and at the end of the run stands at its beginning again."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from slrdoctor.arithmetic.guessing_loss import classes_of_loss
from slrdoctor.facts.training._blocks import block_medians, level_tolerance
from slrdoctor.facts.training.dev_score import Floats, finite
from slrdoctor.facts.training.history import Curve

LOST = 0.5  # of what was gained, in every value to the end
SHARE_OF_RUN, FEWEST = 0.05, 5  # values: a shorter stretch may be a spike that still comes back
FIRST = 3  # values: the first one alone may be that of a model before it is scaled
UNSTEADY = 0.25  # of the level: a stretch that moves by more is on its way somewhere


@dataclass(frozen=True)
class Collapse:
    """Where the loss was lowest, from where on it was lost, and what it ends at."""

    best: float
    best_at: float
    since: float  # the first epoch or step of the last stretch
    level: float  # median of that stretch
    points: int  # values in it
    classes: int | None  # K where the level is ln K
    accuracy_before: float  # nan where none is logged
    accuracy_after: float


def find_collapse(steps: Floats, smooth: Floats, accuracy: Curve | None) -> Collapse | None:
    """The collapse that a run ends in, where the accuracy was lost too, or the level names a guess.

    A loss alone does not tell: a stage that adds terms to it raises it as well.
    """
    if len(smooth) < 4 * FEWEST:
        return None
    at = int(np.argmin(smooth))
    start, best = float(np.median(smooth[:FIRST])), float(smooth[at])
    learned = np.flatnonzero(smooth < best + LOST * (start - best))
    since = int(learned[-1]) + 1 if len(learned) else 0
    stretch = smooth[since:]
    if (
        at < FIRST
        or best >= LOST * start
        or len(stretch) < max(FEWEST, SHARE_OF_RUN * len(smooth))
        or since <= at
    ):
        return None
    settled = stretch[len(stretch) // 2 :]
    level = float(np.median(settled))
    if float(np.ptp(settled)) > UNSTEADY * abs(level):
        return None
    before, after = _accuracies(accuracy, float(steps[since]))
    classes = classes_of_loss(level, level_tolerance(settled, block_medians(settled)))
    if (math.isnan(after) and classes is None) or after > before * (1 - LOST):
        return None
    return Collapse(
        best, float(steps[at]), float(steps[since]), level, len(stretch), classes, before, after
    )


def _accuracies(curve: Curve | None, since: float) -> tuple[float, float]:
    """The best accuracy before, and the median from then on."""
    if curve is None:
        return math.nan, math.nan
    epochs, values = finite(curve)
    before, after = values[epochs < since], values[epochs >= since]
    if not len(before) or not len(after):
        return math.nan, math.nan
    return float(before.max()), float(np.median(after))
