"""FEA112: splits of another location or scale, and what signers may differ by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from slrdoctor.facts.features.split_shift import Difference, Shift, SplitShift
from tests.making import Judge

FAR = np.inf


def difference(sizes: list[float], errors: float = FAR, deviations: float = FAR) -> Difference:
    size = np.array(sizes)
    return Difference(size, np.full(len(size), errors), np.full(len(size), deviations))


def shift(**changes: Any) -> Shift:
    told: dict[str, Any] = {
        "split": "dev", "clips": 50, "train_clips": 200, "dims": np.arange(10),
        "location": difference([0.1] * 10), "scale": difference([1.1] * 10), "median_ratio": 1.1,
        "same_signers": False, "negative": (0.5, 0.4),
    }  # fmt: skip
    return Shift(**(told | changes))


judged = Judge("FEA112", lambda *shifts: SplitShift(shifts, "features"))


def test_fea112_fires_on_dev_in_other_units() -> None:
    (finding,) = judged(shift(scale=difference([640.0] * 10), median_ratio=640.0))
    assert "dev differs from train in all 10 dimensions: all in spread" in finding.message
    assert "by a median factor of 640" in finding.message


def test_fea112_fires_on_a_block_that_lies_elsewhere_and_names_it() -> None:
    blocks = (("pose", 0, 5), ("left_hand", 5, 10))
    (finding,) = judged(shift(location=difference([0.1] * 6 + [4.0] * 4), blocks=blocks))
    assert "left_hand" in finding.message and "by a median of 4 standard deviations" in finding.message


@pytest.mark.parametrize(("moved", "fires"), [(2, False), (3, True)])
def test_fea112_fires_beyond_a_fifth_of_the_dimensions(moved: int, fires: bool) -> None:
    assert bool(judged(shift(location=difference([5.0] * moved + [0.0] * (10 - moved))))) is fires


@pytest.mark.parametrize(("size", "same", "fires"), [(2.0, False, False), (2.1, False, True),
                                                     (1.0, True, False), (1.1, True, True)])  # fmt: skip
def test_fea112_allows_other_signers_two_deviations_and_the_same_ones_one(
    size: float, same: bool, fires: bool
) -> None:
    assert bool(judged(shift(location=difference([size] * 10), same_signers=same))) is fires


@pytest.mark.parametrize(
    ("ratio", "same", "fires"),
    [(3.0, False, False), (3.1, False, True), (2.0, True, False), (2.1, True, True)],
)
def test_fea112_allows_other_signers_a_factor_of_three_and_the_same_ones_two(
    ratio: float, same: bool, fires: bool
) -> None:
    assert bool(judged(shift(scale=difference([ratio] * 10), same_signers=same))) is fires


@pytest.mark.parametrize(("errors", "deviations", "fires"), [(5.0, 9.0, False), (9.0, 1.5, False),
                                                             (5.1, 1.6, True)])  # fmt: skip
def test_fea112_is_quiet_within_what_clips_differ_by(
    errors: float, deviations: float, fires: bool
) -> None:
    assert bool(judged(shift(scale=difference([9.0] * 10, errors, deviations)))) is fires


@pytest.mark.parametrize(("negative", "fires"), [((1.0, 0.2), False), ((1.0, 0.1), True),
                                                 ((0.0, 0.9), True)])  # fmt: skip
def test_fea112_fires_where_one_split_only_goes_below_zero(
    negative: tuple[float, float], fires: bool
) -> None:
    assert bool(judged(shift(negative=negative))) is fires


def test_fea112_tells_of_the_split_that_differs_most() -> None:
    small, large = (difference([9.0] * n + [1.0] * (10 - n)) for n in (4, 9))
    (finding,) = judged(shift(scale=small), shift(split="test", scale=large))
    assert "test differs from train in 9 of 10 dimensions" in finding.message


def test_fea112_is_quiet_without_a_dimension_that_varies() -> None:
    nothing = difference([])
    assert not judged(shift(dims=np.arange(0), location=nothing, scale=nothing))


def test_fea112_is_not_judged_without_a_dimension_that_varies() -> None:
    nothing = difference([])
    assert "varies" in judged.abstained(shift(dims=np.arange(0), location=nothing, scale=nothing)).reason
