"""FEA106: a part of the body that signs are made of is absent."""

from __future__ import annotations

from slrdoctor.facts.features.landmarks import Landmarks
from slrdoctor.facts.features.missing_landmarks import MissingLandmarks
from slrdoctor.testing import findings

HOLISTIC = Landmarks(
    "pose and hands",
    225,
    (("pose", 0, 99), ("left_hand", 99, 162), ("right_hand", 162, 225)),
    3,
    True,
    "f",
)
POSE = Landmarks("MediaPipe pose: pose 33 x 3", 99, (("pose", 0, 99),), 3, True, "f")


def missing(**shares: float) -> MissingLandmarks:
    return MissingLandmarks(shares, 0.0, 1000, "layout", "features")


def test_fea106_fires_when_a_block_is_missing_in_nearly_all_frames() -> None:
    [finding] = findings("FEA106", missing(pose=0.0, left_hand=0.951, right_hand=0.4), HOLISTIC)
    assert "left_hand" in finding.message and "95.1%" in finding.message


def test_fea106_is_quiet_at_exactly_95_percent() -> None:
    assert not findings("FEA106", missing(pose=0.0, left_hand=0.95, right_hand=0.4), HOLISTIC)


def test_fea106_fires_on_pose_alone() -> None:
    [finding] = findings("FEA106", missing(pose=0.0), POSE)
    assert "99 values per frame are pose" in finding.message


def test_fea106_is_quiet_on_hands_alone() -> None:
    hands = Landmarks("two hands", 126, (("left_hand", 0, 63), ("right_hand", 63, 126)), 3, True, "f")
    assert not findings("FEA106", missing(left_hand=0.4, right_hand=0.4), hands)
