"""FEA117: stored frames disagree with the annotation's frame counts."""

from __future__ import annotations

import numpy as np

from slrdoctor.facts.features.features import Ints
from slrdoctor.facts.features.frame_counts import FrameCounts
from slrdoctor.testing import findings, not_judged

ANNOTATED = np.random.default_rng(0).integers(80, 200, 50)


def counts(stored: Ints, annotated: Ints = ANNOTATED) -> FrameCounts:
    return FrameCounts(tuple(f"c{i}" for i in range(len(stored))), stored, annotated, "train.csv")


def changed(samples: int, factor: float) -> Ints:
    stored = ANNOTATED.copy()
    stored[:samples] = (stored[:samples] * factor).astype(int)
    return stored


def test_fea117_fires_when_over_a_tenth_of_the_samples_disagree() -> None:
    [finding] = findings("FEA117", counts(changed(6, 0.6)))
    assert "6 of 50 samples" in finding.message and "c0" in finding.samples


def test_fea117_is_quiet_at_exactly_a_tenth() -> None:
    assert not findings("FEA117", counts(changed(5, 0.6)))


def test_fea117_is_quiet_on_a_few_frames_at_the_ends() -> None:
    assert not findings("FEA117", counts(ANNOTATED - 3))


def test_fea117_is_quiet_on_features_at_every_fourth_frame() -> None:
    assert not findings("FEA117", counts(-(-ANNOTATED // 4)))


def test_fea117_fires_on_other_clips_than_annotated_also_at_every_fourth_frame() -> None:
    assert findings("FEA117", counts(np.random.default_rng(1).permutation(ANNOTATED) // 4))


def test_fea117_is_quiet_on_clips_brought_to_one_length_or_cut_at_one() -> None:
    assert not findings("FEA117", counts(np.full(50, 64)))
    assert not findings("FEA117", counts(np.minimum(ANNOTATED, 120)))


def test_fea117_is_not_judged_on_clips_cut_at_one_length() -> None:
    assert "0 samples" in not_judged("FEA117", counts(np.full(50, 64))).reason


def test_fea117_is_not_judged_on_clips_padded_to_one_length() -> None:
    assert "one length" in not_judged("FEA117", counts(np.full(50, ANNOTATED.max() + 1))).reason
