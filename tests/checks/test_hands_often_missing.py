"""FEA107: hands were not found in many frames."""

from __future__ import annotations

import pytest

from slrdoctor.facts.features.missing_landmarks import HandUse, MissingLandmarks
from slrdoctor.testing import findings, not_judged
from tests.making import clip_table


def missing(both: float, left: float, right: float) -> MissingLandmarks:
    return MissingLandmarks(
        {"pose": 0.0, "left_hand": left, "right_hand": right}, both, 1000, "layout", "f"
    )


@pytest.mark.parametrize("shares", [(0.301, 0.5, 0.5), (0.1, 0.601, 0.1), (0.1, 0.1, 0.601)])
def test_fea107_fires_just_over_a_limit(shares: tuple[float, float, float]) -> None:
    [finding] = findings("FEA107", missing(*shares), clip_table(5))
    assert finding.evidence[0].limit is not None


def test_fea107_fires_with_one_finding_for_both_limits() -> None:
    [finding] = findings("FEA107", missing(0.4, 0.7, 0.45), clip_table(1, 1, hands_missing=0.9))
    assert len(finding.evidence) == 2 and finding.samples[0] == "s0"


def test_fea107_is_quiet_at_exactly_the_limits() -> None:
    assert not findings("FEA107", missing(0.30, 0.60, 0.60), clip_table(5))


def test_fea107_is_quiet_when_one_hand_rests() -> None:
    assert not findings("FEA107", missing(0.075, 0.39, 0.37), clip_table(5))


def one_handed(other_only: float, within: float) -> MissingLandmarks:
    use = {"left_hand": HandUse(other_only, within), "right_hand": HandUse(0.0, 0.2)}
    shares = {"left_hand": 0.7, "right_hand": 0.2}
    return MissingLandmarks(shares, 0.1, 1000, "layout", "f", use)


def test_fea107_is_quiet_when_half_of_the_signs_are_one_handed() -> None:
    assert not findings("FEA107", one_handed(0.5, 0.4), clip_table(5))
    assert not findings("FEA107", one_handed(0.6, 0.6), clip_table(5))


@pytest.mark.parametrize(("other_only", "within"), [(0.601, 0.2), (0.1, 0.601)])
def test_fea107_fires_when_clips_or_frames_alone_lack_a_hand(other_only: float, within: float) -> None:
    assert findings("FEA107", one_handed(other_only, within), clip_table(5))


def test_fea107_is_quiet_on_a_layout_without_hands() -> None:
    assert not findings(
        "FEA107", MissingLandmarks({"face": 0.9}, float("nan"), 9, "face", "f"), clip_table(5)
    )


def test_fea107_is_not_judged_on_a_layout_without_hands() -> None:
    one = not_judged(
        "FEA107", MissingLandmarks({"face": 0.9}, float("nan"), 9, "face", "f"), clip_table(5)
    )

    assert "hands" in one.reason
