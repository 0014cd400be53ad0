"""Features as widely used extractors write them."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.kinds.features.clips import open_clip
from slrdoctor.artifacts.run import DataSet

RNG = np.random.default_rng(3)


def data_of(root: Path) -> DataSet:
    [(data, _)] = discover(root).cases
    return data


def shapes(data: DataSet) -> dict[str, tuple[int, ...]]:
    return {clip.key: open_clip(clip).shape for one in data.features for clip in one.clips}


@pytest.mark.parametrize("points", [133, 75])
def test_a_pickle_of_frames_in_a_list_is_a_clip(tmp_path: Path, points: int) -> None:
    """Uni-Sign: keypoints [1, K, 2] and scores [1, K] of every frame, and where the clip begins."""
    for i in range(4):
        frames = 20 + i
        record = {
            "keypoints": [RNG.random((1, points, 2)).astype(np.float32) for _ in range(frames)],
            "scores": [RNG.random((1, points)).astype(np.float32) for _ in range(frames)],
            "start": 0,
            "end": frames,
        }
        (tmp_path / "pose_format").mkdir(exist_ok=True)
        (tmp_path / "pose_format" / f"clip{i}.pkl").write_bytes(pickle.dumps(record))

    assert shapes(data_of(tmp_path)) == {f"clip{i}": (20 + i, 1, points, 2) for i in range(4)}


def recorded(people: int, score: bool) -> list[dict[str, Any]]:
    records = []
    for i in range(6):
        frames = 30 + i
        record: dict[str, Any] = {
            "frame_dir": f"S001C{i:03d}",
            "label": i % 2,
            "img_shape": (1080, 1920),
            "original_shape": (1080, 1920),
            "total_frames": frames,
            "keypoint": RNG.random((people, frames, 17, 2)).astype(np.float16),
        }
        if score:
            record["keypoint_score"] = RNG.random((people, frames, 17)).astype(np.float16)
        records.append(record)
    return records


@pytest.mark.parametrize(("people", "score"), [(1, True), (2, True), (1, False)])
def test_the_annotations_of_skeletons_are_clips_with_labels_and_splits(
    tmp_path: Path, people: int, score: bool
) -> None:
    """MMAction2: one pickle with the people's keypoints [M, T, V, C] of all clips."""
    records = recorded(people, score)
    names = [record["frame_dir"] for record in records]
    written = {"split": {"train": names[:4], "val": names[4:]}, "annotations": records}
    (tmp_path / "custom_hrnet.pkl").write_bytes(pickle.dumps(written))

    data = data_of(tmp_path)

    assert shapes(data) == {name: (30 + i, people, 17, 2) for i, name in enumerate(names)}
    rows = {row.id: (row.split, row.glosses) for file in data.annotations for row in file.rows}
    assert rows == {name: ("train" if i < 4 else "dev", (str(i % 2),)) for i, name in enumerate(names)}


def test_skeletons_in_a_list_alone_are_clips(tmp_path: Path) -> None:
    (tmp_path / "train.pkl").write_bytes(pickle.dumps(recorded(1, True)))

    data = data_of(tmp_path)

    assert set(shapes(data).values()) == {(30 + i, 1, 17, 2) for i in range(6)}
    assert sum(len(file.rows) for file in data.annotations) == 6


@pytest.mark.parametrize("lead", ["", "train/"])
def test_a_group_a_clip_is_its_keypoints_and_not_its_scores(tmp_path: Path, lead: str) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "poses.h5", "w") as file:
        for i in range(5):
            file[f"{lead}clip{i}/keypoints"] = RNG.random((20 + i, 75, 3))
            file[f"{lead}clip{i}/scores"] = RNG.random((20 + i, 75))
            file[f"{lead}clip{i}/fps"] = 25.0

    assert shapes(data_of(tmp_path)) == {f"clip{i}": (20 + i, 75, 3) for i in range(5)}


@pytest.mark.parametrize(
    ("key", "beside"), [("keypoints", "scores"), ("data/pose", "data/conf"), ("features", "times")]
)
def test_a_h5_a_clip_is_a_clip(tmp_path: Path, key: str, beside: str) -> None:
    h5py = pytest.importorskip("h5py")
    (tmp_path / "features").mkdir()
    for i in range(4):
        with h5py.File(tmp_path / "features" / f"clip{i}.h5", "w") as file:
            file[key] = RNG.random((20 + i, 75, 3))
            file[beside] = RNG.random((20 + i, 75))

    assert shapes(data_of(tmp_path)) == {f"clip{i}": (20 + i, 75, 3) for i in range(4)}
