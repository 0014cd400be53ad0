"""Accuracy against guessing: binomial bounds, and how many samples an accuracy was taken over."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def tail(count: int, samples: int, share: float) -> float:
    """P(X >= count) for X of Binomial(samples, share), summed exactly."""
    if count <= 0:
        return 1.0
    if count > samples or share <= 0:
        return 0.0
    if share >= 1:
        return 1.0
    log_odds = math.log(share) - math.log1p(-share)
    log_term = (
        math.lgamma(samples + 1)
        - math.lgamma(count + 1)
        - math.lgamma(samples - count + 1)
        + count * math.log(share)
        + (samples - count) * math.log1p(-share)
    )
    total = 0.0
    for k in range(count, samples + 1):
        term = math.exp(log_term)
        total += term
        if k > samples * share and term < total * 1e-12:
            break
        log_term += math.log(samples - k) - math.log(k + 1) + log_odds if k < samples else 0.0
    return min(1.0, total)


def most_by_chance(samples: int, share: float, alpha: float) -> int:
    """The largest count that guessing still reaches with a probability over `alpha`."""
    low, high = -1, samples + 1  # tail(low + 1) > alpha is known, tail(high) <= alpha
    while high - low > 1:
        middle = (low + high) // 2
        if tail(middle, samples, share) > alpha:
            low = middle
        else:
            high = middle
    return max(low, 0)


def samples_behind(shares: Iterable[float], most: int = 20_000) -> int | None:
    """The number of samples that all these accuracies are whole multiples of one over.

    It is the smallest such number, so the true one may be a multiple of it. None where
    the values are too few or rounded too much to tell, or fit no number up to `most`.
    """
    distinct = np.unique(np.round([share for share in shares if 0 < share < 1], 10))
    if len(distinct) < 2:
        return None
    samples = np.arange(1, most + 1)
    slack = _rounding(distinct)  # [V]
    counts = samples[:, None] * distinct  # [most, V]
    fits = np.all(np.abs(counts - np.round(counts)) <= samples[:, None] * slack + 1e-9, axis=1)
    if not fits.any():
        return None
    smallest = int(samples[np.argmax(fits)])
    # how many numbers up to this one would fit values that are no shares of anything
    by_chance = smallest * float(np.prod(np.minimum(1.0, 2 * slack * smallest)))
    return smallest if by_chance < 1e-3 else None


def _rounding(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each value may lie from the true share: half of its last digit, or float32's part."""
    for digits in range(1, 8):
        if np.all(np.abs(values * 10**digits - np.round(values * 10**digits)) < 1e-6):
            return np.full(len(values), 0.5 * 10.0**-digits)
    return 2e-7 * values
