from __future__ import annotations

import math

import numpy as np
import pytest

from slrdoctor.arithmetic.chance import most_by_chance, samples_behind, tail


def slow_tail(count: int, samples: int, share: float) -> float:
    """P(X >= count), term by term."""
    terms = (math.comb(samples, k) * share**k * (1 - share) ** (samples - k) for k in range(samples + 1))
    return math.fsum(list(terms)[count:])


@pytest.mark.parametrize("samples", [1, 2, 7, 93, 200])
@pytest.mark.parametrize("share", [0.001, 1 / 97, 0.25, 0.5, 0.9])
def test_the_tail_is_the_sum_of_its_terms(samples: int, share: float) -> None:
    for count in {0, 1, 2, samples // 2, samples}:
        assert tail(count, samples, share) == pytest.approx(slow_tail(count, samples, share), rel=1e-9)


def test_the_tail_of_many_samples_agrees_with_scipy() -> None:
    binom = pytest.importorskip("scipy.stats").binom
    rng = np.random.default_rng(0)
    for _ in range(50):
        samples, share = int(rng.integers(1000, 100_000)), float(rng.uniform(0.001, 0.999))
        count = int(samples * share + rng.normal() * math.sqrt(samples))
        assert tail(count, samples, share) == pytest.approx(
            float(binom.sf(count - 1, samples, share)), abs=1e-8
        )


def test_the_tail_has_sound_ends() -> None:
    assert tail(0, 10, 0.3) == 1 and tail(11, 10, 0.3) == 0
    assert tail(3, 10, 0.0) == 0 and tail(3, 10, 1.0) == 1


@pytest.mark.parametrize(
    ("samples", "share", "alpha"), [(93, 1 / 97, 1e-3), (50, 0.5, 0.01), (1, 0.1, 0.5)]
)
def test_the_bound_is_the_last_count_that_is_likelier_than_alpha(
    samples: int, share: float, alpha: float
) -> None:
    bound = most_by_chance(samples, share, alpha)
    assert slow_tail(bound + 1, samples, share) <= alpha
    assert bound == 0 or slow_tail(bound, samples, share) > alpha


@pytest.mark.parametrize("samples", [7, 46, 93, 377, 977, 1077])
def test_samples_are_told_by_the_steps_of_accuracies(samples: int) -> None:
    counts = (1, 2, samples // 2, samples // 2 + 1)
    assert samples_behind(c / samples for c in counts) == samples
    assert samples_behind(float(np.float32(c / samples)) for c in counts) == samples


@pytest.mark.parametrize("values", [[0.14, 0.247, 0.335], [0.5, 0.5], [], [0.0, 1.0], [1 / 93]])
def test_rounded_or_single_accuracies_tell_no_samples(values: list[float]) -> None:
    assert samples_behind(values) is None


def test_accuracies_that_fit_no_number_tell_no_samples() -> None:
    assert samples_behind(np.random.default_rng(1).uniform(size=6).tolist()) is None


@pytest.mark.parametrize(("samples", "digits"), [(167, 4), (167, 6), (93, 4), (600, 6)])
def test_rounded_accuracies_tell_their_samples_if_there_are_enough(samples: int, digits: int) -> None:
    counts = np.random.default_rng(samples).choice(samples, 12, replace=False)
    assert samples_behind(round(c / samples, digits) for c in counts.tolist()) == samples
    assert samples_behind(round(c / samples, 2) for c in counts.tolist()) is None
