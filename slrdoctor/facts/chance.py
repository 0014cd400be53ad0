"""Accuracy against guessing: binomial bounds, and how many samples an accuracy was taken over."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction


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
    the values are rounded, too few to tell, or fit no number up to `most`.
    """
    distinct = {round(share, 10) for share in shares if 0 < share < 1}
    if len(distinct) < 2 or all(abs(s * 1e5 - round(s * 1e5)) < 1e-5 for s in distinct):
        return None
    samples = 1
    for share in distinct:
        fraction = _simplest(share, most)
        if fraction is None:
            return None
        samples = math.lcm(samples, fraction.denominator)
        if samples > most:
            return None
    return samples


def _simplest(share: float, most: int) -> Fraction | None:
    """A fraction with a small denominator that equals `share` as far as float32 tells."""
    for limit in (10, 30, 100, 300, 1_000, 3_000, 10_000, most):
        fraction = Fraction(share).limit_denominator(limit)
        if abs(float(fraction) - share) <= 2e-7 * share:
            return fraction
    return None
