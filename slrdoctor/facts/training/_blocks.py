"""A curve cut into blocks, whose medians do not depend on one another as neighbouring values do."""

from __future__ import annotations

import math

import numpy as np

from slrdoctor.facts.training.dev_score import Floats

BLOCKS = 20
SURE = 2.1  # standard errors: 95% with the 18 degrees of freedom of a line through 20 blocks


def block_medians(values: Floats) -> Floats:
    """The medians [20] of as many stretches of the values, in their order."""
    return np.array([np.median(part) for part in np.array_split(values, min(BLOCKS, len(values)))])


def most_moved(medians: Floats) -> float:
    """By how much the curve can have fallen or risen, for all its noise, as a share of its level.

    The far end of the 95% interval of a straight line's change over the whole run: below 1% only
    where the curve is known to stand still, and not where it is merely too noisy to tell.
    """
    places = np.arange(len(medians)) - (len(medians) - 1) / 2
    slope = float(places @ medians / (places @ places))
    residuals = medians - medians.mean() - slope * places
    error = math.sqrt(float(residuals @ residuals) / (len(medians) - 2) / float(places @ places))
    level = abs(float(np.median(medians)))
    return (abs(slope) + SURE * error) * (len(medians) - 1) / level if level else math.nan


def level_tolerance(values: Floats, medians: Floats) -> float:
    """How well a level is known: half a unit of the last digit written, or three standard errors."""
    decimals = max(len(repr(value).partition(".")[2]) for value in values[:50].tolist())
    spread = float(np.std(medians, ddof=1)) / math.sqrt(len(medians)) if len(medians) > 1 else 0.0
    return max(0.5 * 10.0**-decimals, 3 * spread)
