"""OpenPose frames: one JSON file each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.content import Arrays, Tree, Unreadable
from slrdoctor.artifacts.formats import read, reader_of


def person(
    confidence: float, start: float = 0.0, parts: tuple[int, ...] = (25, 70, 21, 21)
) -> dict[str, Any]:
    names = (
        "pose_keypoints_2d",
        "face_keypoints_2d",
        "hand_left_keypoints_2d",
        "hand_right_keypoints_2d",
    )
    return {
        name: [value for i in range(points) for value in (start + i, 2.0 * i, confidence)]
        for name, points in zip(names, parts)
    }


def write(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def test_a_frame_is_all_key_points_of_its_most_confident_person(tmp_path: Path) -> None:
    path = write(
        tmp_path / "v_000000000001_keypoints.json",
        {"version": 1.3, "people": [person(0.2), person(0.9, 100.0), person(0.5)]},
    )
    reader = reader_of(path)
    assert reader is not None and reader.name == "openpose"
    content = read(path)
    assert isinstance(content, Arrays) and content.members[""].shape == (137, 3)
    points = content.load("")
    assert points[0].tolist() == [100, 0, 0.9]  # pose first
    assert points[25 + 70 + 1].tolist() == [101, 2, 0.9]  # then the face, then the left hand
    assert content.extras["people"] == 3


def test_a_frame_without_a_person_is_zeros_and_says_so(tmp_path: Path) -> None:
    content = read(write(tmp_path / "a_keypoints.json", {"people": []}))
    assert isinstance(content, Arrays)
    assert content.load("").shape == (137, 3) and not content.load("").any()
    assert content.extras["people"] == 0


def test_a_pose_without_hands_and_the_names_of_version_1_0_are_read(tmp_path: Path) -> None:
    content = read(
        write(tmp_path / "a_keypoints.json", {"people": [{"pose_keypoints": [1, 2, 0.5] * 18}]})
    )
    assert isinstance(content, Arrays) and content.members[""].shape == (18, 3)


def test_other_json_of_that_name_is_a_tree(tmp_path: Path) -> None:
    value = {"images": [{"id": 1}], "annotations": []}
    assert read(write(tmp_path / "person_keypoints.json", value)) == Tree(value)


@pytest.mark.parametrize(
    "value",
    [
        {"people": [3]},
        {"people": [{"pose_keypoints_2d": "abc"}]},
        {"people": [{"pose_keypoints_2d": [1, 2]}]},
        {"people": [{"pose_keypoints_2d": [1, 2, [3]]}]},
        {"people": [{"pose_keypoints_2d": 7}]},
    ],
    ids=range(5),
)
def test_unsound_people_are_unreadable(value: Any, tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        read(write(tmp_path / "a_keypoints.json", value))


@pytest.mark.parametrize("data", [b"{", b"[" * 100_000, b"\xff\xfe\xfa", b"nonsense", b"\xef\xbb\xbf"])
def test_what_is_no_json_is_unreadable(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a_keypoints.json").write_bytes(data)
    with pytest.raises(Unreadable):
        read(tmp_path / "a_keypoints.json")


def test_numbers_of_any_size_and_nan_raise_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a_keypoints.json").write_text(
        '{"people": [{"pose_keypoints_2d": [NaN, 1e999, 0.5]}]}', encoding="utf-8"
    )
    content = read(tmp_path / "a_keypoints.json")
    assert isinstance(content, Arrays) and np.isnan(content.load("")[0, 0])
    (tmp_path / "a_keypoints.json").write_text(
        '{"people": [{"pose_keypoints_2d": [' + "9" * 4000 + ", 1, 0.5]}]}", encoding="utf-8"
    )
    with pytest.raises(Unreadable):
        read(tmp_path / "a_keypoints.json")
