"""FEA108: some dimensions are constant over the whole data set."""

from __future__ import annotations

import numpy as np

from slrdoctor.facts.features.features import DimensionStats, Floats, Moments
from slrdoctor.facts.features.landmarks import Landmarks
from slrdoctor.testing import findings, not_judged


def stats(train: Floats, dev: Floats) -> DimensionStats:
    return DimensionStats(
        {"train": Moments.of(train), "dev": Moments.of(dev)}, train.shape[1], "features"
    )


FRAMES = np.random.default_rng(0).normal(size=(20, 12))
LAYOUT = Landmarks("two", 12, (("pose", 0, 6), ("hand", 6, 12)), 3, True, "features")


def test_fea108_fires_on_one_constant_dimension_and_names_its_block() -> None:
    dead = FRAMES.copy()
    dead[:, 7] = 0.25
    [finding] = findings("FEA108", stats(dead, dead), LAYOUT)
    assert (
        "1 of 12 feature dimensions never changes in any frame: 1 of 6 in the group 'hand'"
        in finding.message
    )


def test_fea108_fires_on_a_dimension_without_a_finite_value() -> None:
    dead = FRAMES.copy()
    dead[:, 3:5] = np.nan
    [finding] = findings("FEA108", stats(dead, dead))
    assert finding.evidence[1].value == "3-4"


def test_fea108_is_quiet_when_a_dimension_differs_between_splits_alone() -> None:
    train, dev = FRAMES.copy(), FRAMES.copy()
    train[:, 7], dev[:, 7] = 0.25, 0.26
    assert not findings("FEA108", stats(train, dev), LAYOUT)


def test_fea108_is_quiet_on_a_single_frame() -> None:
    assert not findings("FEA108", DimensionStats({"": Moments.of(FRAMES[:1])}, 12, "features"))


def test_fea108_is_not_judged_on_a_single_frame() -> None:
    one = not_judged("FEA108", DimensionStats({"": Moments.of(FRAMES[:1])}, 12, "features"))

    assert "too few" in one.reason
