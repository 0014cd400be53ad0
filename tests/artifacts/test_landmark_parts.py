"""Clips stored in parts: wherever a pose and its hands lie, they are joined to what the model takes."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.kinds.features.clips import open_clip
from slrdoctor.artifacts.kinds.features.joining import frames_first, joined
from slrdoctor.artifacts.run import FeatureSet
from slrdoctor.words.landmark_parts import by_part, part_of

Array = NDArray[np.float32]
Parts = dict[str, Array]
Write = Callable[[Path, str, str, Parts], object]

POINTS = {"pose": 33, "left_hand": 21, "right_hand": 21}
SAMPLES = {"train": 6, "dev": 4}


def parts_of(split: str, number: int, points: dict[str, int] = POINTS) -> Parts:
    values = np.random.default_rng([len(split), number])
    frames = 20 + 3 * number
    return {part: values.random((frames, count, 3), np.float32) for part, count in points.items()}


def save(path: Path, arrays: dict[str, Any]) -> None:
    np.savez(at(path), **cast("Any", arrays))


def at(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def keys(root: Path, split: str, name: str, parts: Parts) -> None:
    save(
        root / split / f"{name}.npz", {**parts, "fps": np.float32(25), "raw_length": len(parts["pose"])}
    )


def other_keys(root: Path, split: str, name: str, parts: Parts) -> None:
    pose, left, right = (parts[p].reshape(len(parts[p]), -1) for p in POINTS)
    held = {
        "RH": right,
        "LH": left,
        "body_keypoints": pose,
        "pose_scores": pose[:, :33],
        "fps": np.array([25]),
    }
    save(root / split / f"{name}.npz", held)


def files(root: Path, split: str, name: str, parts: Parts) -> None:
    for part, values in parts.items():
        np.save(at(root / split / name / f"{part}.npy"), values)


def suffixes(root: Path, split: str, name: str, parts: Parts) -> None:
    for part, values in parts.items():
        np.save(at(root / split / f"{name}_{part}.npy"), values)


def prefixes(root: Path, split: str, name: str, parts: Parts) -> None:
    for part, values in zip(("body", "lh", "rh"), parts.values(), strict=True):
        np.save(at(root / split / f"{part}-{name}.npy"), values)


def folders(root: Path, split: str, name: str, parts: Parts) -> None:
    for part, values in parts.items():
        np.save(at(root / part / split / f"{name}.npy"), values)


def folders_in_splits(root: Path, split: str, name: str, parts: Parts) -> None:
    for part, values in parts.items():
        np.save(at(root / split / f"{part}_landmarks" / f"{name}.npy"), values)


def pickles(root: Path, split: str, name: str, parts: Parts) -> None:
    record = {"landmarks": {f"{part}_landmarks": values for part, values in parts.items()}, "start": 0}
    at(root / split / f"{name}.pkl").write_bytes(pickle.dumps(record))


def h5_a_clip(root: Path, split: str, name: str, parts: Parts) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(at(root / split / f"{name}.h5"), "w") as file:
        for part, values in parts.items():
            file[f"keypoint/{part}"] = values
        file.attrs["fps"] = 25


def h5_of_groups(root: Path, split: str, name: str, parts: Parts) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(at(root / f"{split}.h5"), "a") as file:
        for part, values in parts.items():
            file[f"{name}/{part}"] = values
        file[f"{name}/scores"] = np.ones((len(parts["pose"]), 75), np.float32)


def h5_of_parts(root: Path, split: str, name: str, parts: Parts) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(at(root / f"{split}.hdf5"), "a") as file:
        for part, values in parts.items():
            file[f"{part}/{name}"] = values


def h5_a_part(root: Path, split: str, name: str, parts: Parts) -> None:
    h5py = pytest.importorskip("h5py")
    for part, values in parts.items():
        with h5py.File(at(root / f"{split}_{part}.h5"), "a") as file:
            file[name] = values


LAYOUTS = [
    keys, other_keys, files, suffixes, prefixes, folders, folders_in_splits, pickles, h5_a_clip,
    h5_of_groups, h5_of_parts, h5_a_part,
]  # fmt: skip


def write(root: Path, layout: Write, points: dict[str, int] = POINTS) -> None:
    for split, count in SAMPLES.items():
        for number in range(count):
            layout(root / "features", split, f"clip{number:02d}", parts_of(split, number, points))


def sets_in(root: Path) -> list[FeatureSet]:
    [(data, _)] = discover(root).cases
    return list(data.features)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_clip_in_parts_is_all_of_them_side_by_side(tmp_path: Path, layout: Write) -> None:
    write(tmp_path, layout)

    found = {one.split: one for one in sets_in(tmp_path)}

    assert {split: len(one.clips) for split, one in found.items()} == SAMPLES
    for split, one in found.items():
        assert one.parts == tuple(POINTS)
        for clip in one.clips:
            number = int(clip.key.rpartition("/")[2].removeprefix("clip"))
            whole = np.concatenate(
                [p.reshape(len(p), -1) for p in parts_of(split, number).values()], axis=1
            )
            values = open_clip(clip)
            np.testing.assert_array_equal(values.reshape(len(values), -1), whole)


@pytest.mark.parametrize("layout", [files, suffixes, folders, folders_in_splits, h5_a_part])
def test_a_clip_that_lacks_a_part_is_told_as_such(tmp_path: Path, layout: Write) -> None:
    write(tmp_path, layout)
    layout(tmp_path / "features", "train", "clip90", {"pose": parts_of("train", 1)["pose"]})

    [train] = (one for one in sets_in(tmp_path) if one.split == "train")

    assert len(train.clips) == SAMPLES["train"]
    [(where, fault, why)] = train.broken
    assert (where.rpartition("/")[2], fault) == ("clip90", "missing-part")
    assert "left_hand and right_hand" in why


@pytest.mark.parametrize("layout", [keys, h5_of_groups, h5_of_parts, h5_a_clip])
def test_a_clip_that_lacks_a_key_cannot_be_read(tmp_path: Path, layout: Write) -> None:
    write(tmp_path, layout)
    whole = parts_of("train", 1)
    layout(
        tmp_path / "features",
        "train",
        "clip03a",
        {"pose": whole["pose"], "left_hand": whole["left_hand"]},
    )

    [train] = (one for one in sets_in(tmp_path) if one.split == "train")
    [lacking] = (clip for clip in train.clips if "clip03a" in clip.key)

    with pytest.raises(Unreadable, match=r"right_hand: holds no array .*right_hand"):
        open_clip(lacking)


@pytest.mark.parametrize("layout", [keys, files, h5_of_groups, pickles])
def test_parts_of_differing_frames_cannot_be_joined(tmp_path: Path, layout: Write) -> None:
    write(tmp_path, layout)
    cut = {**parts_of("train", 1), "left_hand": parts_of("train", 1)["left_hand"][:-5]}
    layout(tmp_path / "features", "train", "clip03a", cut)

    [train] = (one for one in sets_in(tmp_path) if one.split == "train")
    [bad] = (clip for clip in train.clips if "clip03a" in clip.key)

    with pytest.raises(Unreadable, match="differ in their frames: pose 23, left_hand 18") as caught:
        open_clip(bad)
    assert caught.value.fault == "shape"


@pytest.mark.parametrize("classes", [("FACE", "HAND", "HELLO", "MOTHER", "YES"), ("LEFT", "RIGHT")])
def test_classes_that_are_called_as_parts_stay_classes(tmp_path: Path, classes: tuple[str, ...]) -> None:
    for name in classes:
        for number in range(4):
            clip = parts_of(name, number)["pose"]
            np.save(at(tmp_path / "data" / name / f"{number}.npy"), clip)

    [found] = sets_in(tmp_path)

    assert {clip.label for clip in found.clips} == set(classes)
    assert not found.parts


@pytest.mark.parametrize(
    "names",
    [
        ("view_left", "view_right"),  # of two cameras
        ("hello_left", "hello_right"),  # a clip and its mirror image
        ("keypoints", "pose", "left_hand"),  # the whole beside two of its parts
    ],
)
def test_arrays_that_are_no_parts_are_not_joined(tmp_path: Path, names: tuple[str, ...]) -> None:
    for number in range(4):
        values = parts_of("train", number)["pose"]
        save(tmp_path / "features" / f"clip{number}.npz", dict.fromkeys(names, values))

    [found] = sets_in(tmp_path)

    assert not found.parts


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("pose", "pose"),
        ("body_keypoints_2d", "pose"),
        ("poseLandmarks", "pose"),
        ("pose_world_landmarks", "world_pose"),
        ("LH", "left_hand"),
        ("hand_left_keypoints_2d", "left_hand"),
        ("r_hand", "right_hand"),
        ("right", "right_hand"),
        ("lips", "lips"),
        ("left_hand_score", ""),
        ("face_blendshapes", ""),
        ("left_face", ""),
        ("pose_face", ""),
        ("keypoints", ""),
        ("clip_left", ""),
        ("handsome", ""),
    ],
)
def test_a_name_is_a_part_s_where_it_says_nothing_else(name: str, part: str) -> None:
    assert part_of(name) == part


def test_names_of_one_part_twice_are_not_put_together() -> None:
    assert by_part(["s1/pose", "s1/body", "s2/pose", "s2/body"]) == []
    assert [one.name for one in by_part(["pose/s1", "lh/s1", "pose/s2", "lh/s2", "fps"])] == ["s1", "s2"]


def test_frames_come_first_and_coordinates_last() -> None:
    values = np.arange(2 * 5 * 4 * 1).reshape(2, 5, 4, 1)

    assert frames_first(values, "CTKM").shape == (5, 1, 4, 2)
    np.testing.assert_array_equal(frames_first(values[..., 0], "CTK")[3, 2], values[:, 3, 2, 0])
    assert frames_first(np.zeros((1, 40, 225)), "1TK").shape == (40, 225)
    with pytest.raises(Unreadable, match=r"shape \[2, 40, 225\]"):
        frames_first(np.zeros((2, 40, 225)), "1TK")


def test_landmarks_of_differing_values_are_joined_flat() -> None:
    pose, hand = np.zeros((9, 33, 4), np.float32), np.ones((9, 21, 3), np.float32)

    assert joined([("pose", pose), ("hand", hand)]).shape == (9, 33 * 4 + 63)
    assert joined([("left_hand", hand), ("right_hand", hand)]).shape == (9, 42, 3)
    assert joined([("pose", pose[..., 0]), ("face", pose[..., 0])]).shape == (9, 66)
