"""The .pose reader, on files of its library and on real ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from slrdoctor.artifacts.content import Arrays, Unreadable
from slrdoctor.artifacts.formats import read

pose_format = pytest.importorskip("pose_format")


def write(path: Path, frames: int = 4, people: int = 1, points: int = 3) -> NDArray[np.float32]:
    from pose_format.numpy import NumPyPoseBody
    from pose_format.pose_header import PoseHeader, PoseHeaderComponent, PoseHeaderDimensions

    component = PoseHeaderComponent(
        "HAND", [f"p{i}" for i in range(points)], [(0, 1)], [(255, 0, 0)], "XYZC"
    )
    header = PoseHeader(0.2, PoseHeaderDimensions(100, 100, 100), [component])
    data = np.arange(frames * people * points * 3, dtype=np.float32).reshape(frames, people, points, 3)
    confidence = np.ones((frames, people, points), dtype=np.float32)
    confidence[1:2, 0:1, 2] = 0
    with path.open("wb") as file:
        pose_format.Pose(header, NumPyPoseBody(25.0, data, confidence)).write(file)
    return data


def test_the_first_person_comes_back_with_nan_where_nothing_was_found(tmp_path: Path) -> None:
    data = write(tmp_path / "a.pose", people=2)
    content = read(tmp_path / "a.pose")
    assert isinstance(content, Arrays) and content.members[""].shape == (4, 3, 3)
    points = content.load("")
    assert np.isnan(points[1, 2]).all() and np.isnan(points).sum() == 3
    assert np.array_equal(points[0], data[0, 0]) and points.dtype == np.float32
    assert content.extras == {
        "fps": 25.0,
        "components": {"HAND": 3},
        "points": ("HAND.p0", "HAND.p1", "HAND.p2"),
        "people": 2,
        "version": 0.2,
    }


def test_a_file_in_which_nobody_is_is_empty(tmp_path: Path) -> None:
    write(tmp_path / "a.pose", people=0)
    with pytest.raises(Unreadable) as caught:
        read(tmp_path / "a.pose")
    assert caught.value.fault == "empty"


def test_a_file_cut_anywhere_is_unreadable(tmp_path: Path) -> None:
    write(tmp_path / "a.pose")
    data = (tmp_path / "a.pose").read_bytes()
    for end in range(1, len(data)):
        (tmp_path / "b.pose").write_bytes(data[:end])
        with pytest.raises(Unreadable):
            read(tmp_path / "b.pose")


@pytest.mark.parametrize(
    ("name", "version", "shape", "fps"),
    [
        ("src/python/tests/data/openpose.pose", 0.0, (93, 137, 2), 24),
        ("src/python/tests/data/mediapipe.pose", 0.1, (170, 178, 3), 24),
        ("src/python/tests/data/mediapipe_hand_normalized.pose", 0.1, (170, 21, 3), 24),
        (
            "src/python/tests/data/hand_estimation/7731febd6afbbe90f806a4434c282016.pose",
            0.2,
            (18, 586, 3),
            25,
        ),
        ("src/js/pose_viewer/src/sample-data/example.pose", 0.2, (97, 576, 3), 25),
    ],
)
def test_real_files_of_every_version_are_read(
    name: str, version: float, shape: tuple[int, ...], fps: float, shared_data: Path
) -> None:
    path = shared_data / "sign-language-processing__pose" / name
    content = read(path)
    assert isinstance(content, Arrays)
    assert content.members[""].shape == shape == content.load("").shape
    assert content.extras["version"] == version and content.extras["fps"] == fps
    assert sum(content.extras["components"].values()) == shape[1] == len(content.extras["points"])
    assert 0 < np.isfinite(content.load("")).mean() <= 1


@pytest.mark.parametrize("version", ["mediapipe", "openpose"])
def test_a_real_file_of_an_older_version_that_is_cut_is_truncated(
    version: str, shared_data: Path, tmp_path: Path
) -> None:
    folder = shared_data / "sign-language-processing__pose" / "src/python/tests/data"
    data = (folder / f"{version}.pose").read_bytes()
    for end in (len(data) - 1, len(data) - 178 * 16, len(data) * 3 // 4, len(data) // 2):
        (tmp_path / "a.pose").write_bytes(data[:end])
        with pytest.raises(Unreadable) as caught:
            read(tmp_path / "a.pose")
        assert caught.value.fault == "truncated"
