"""The axes of clips are read alike, whatever file they lie in."""

from __future__ import annotations

import io
import json
import pickle
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import h5py
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.io import savemat
from torch import nn

from slrdoctor import scan
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.kinds.features.clips import open_clip
from slrdoctor.artifacts.run import FeatureSet

Array = NDArray[np.float32]
Clips = dict[str, Array]
Write = Callable[[Path, Clips], object]

LENGTHS = {"train": (20, 31, 26, 44), "dev": (37, 24, 29)}
POINTS = 42
SHAPES: dict[str, Callable[[Array], Array]] = {
    "[T, K, C]": lambda points: points,
    "[1, T, K, C]": lambda points: points[None],
    "[1, T, D]": lambda points: points.reshape(1, len(points), -1),
    "[T, 1, K, C]": lambda points: points[:, None],
    "[C, T, K]": lambda points: points.transpose(2, 0, 1),
    "[C, T, K, 1]": lambda points: points.transpose(2, 0, 1)[..., None],
    "[1, C, T, K, 1]": lambda points: points.transpose(2, 0, 1)[None, ..., None],
    "[K, C, T]": lambda points: points.transpose(1, 2, 0),
    "[D, T]": lambda points: points.reshape(len(points), -1).T,
}


def each(suffix: str, save: Callable[[Path, Array], object]) -> Write:
    """A file a clip."""

    def write(folder: Path, clips: Clips) -> None:
        folder.mkdir(parents=True)
        for name, values in clips.items():
            save(folder / f"{name}{suffix}", values)

    return write


def all_in_one(suffix: str, save: Callable[[Path, Clips], object]) -> Write:
    """A file a split."""

    def write(folder: Path, clips: Clips) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        save(folder.with_name(f"{folder.name}{suffix}"), clips)

    return write


def npy(values: Array) -> bytes:
    content = io.BytesIO()
    np.save(content, values)
    return content.getvalue()


def archive_zip(path: Path, clips: Clips) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, values in clips.items():
            archive.writestr(f"{name}.npy", npy(values))


def archive_tar(path: Path, clips: Clips) -> None:
    with tarfile.open(path, "w") as archive:
        for name, values in clips.items():
            member = tarfile.TarInfo(f"{name}.npy")
            member.size = len(npy(values))
            archive.addfile(member, io.BytesIO(npy(values)))


def datasets(path: Path, clips: Clips) -> None:
    with h5py.File(path, "w") as file:
        for name, values in clips.items():
            file.create_dataset(name, data=values)


def groups(path: Path, clips: Clips) -> None:
    with h5py.File(path, "w") as file:
        for name, values in clips.items():
            file.create_dataset(f"{name}/keypoints", data=values)
            file.create_dataset(f"{name}/fps", data=25.0)


def dump(path: Path, value: Any) -> None:
    path.write_bytes(pickle.dumps(value))


def tensor(values: Array) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(values))


CONTAINERS: dict[str, Write] = {
    "npy": each(".npy", np.save),
    "npz": each(".npz", lambda path, values: np.savez(path, keypoints=values, fps=25.0)),
    "pt": each(".pt", lambda path, values: torch.save(tensor(values), path)),
    "pkl": each(".pkl", dump),
    "dict": each(".pkl", lambda path, values: dump(path, {"keypoints": values, "fps": 25.0})),
    "object": each(".npy", lambda p, v: np.save(p, np.array({"features": v, "fps": 25}, dtype=object))),
    "json": each(".json", lambda p, v: p.write_text(json.dumps({"fps": 25, "data": v.tolist()}))),
    "mat": each(".mat", lambda path, values: savemat(path, {"skel": values})),
    "npz of all": all_in_one(".npz", lambda path, clips: np.savez(path, **cast("Any", clips))),
    "pt of all": all_in_one(
        ".pt", lambda path, clips: torch.save({name: tensor(v) for name, v in clips.items()}, path)
    ),
    "records": all_in_one(
        ".pkl", lambda p, clips: dump(p, [{"name": n, "keypoint": v} for n, v in clips.items()])
    ),
    "zip": all_in_one(".zip", archive_zip),
    "tar": all_in_one(".tar", archive_tar),
    "h5": all_in_one(".h5", datasets),
    "h5 groups": all_in_one(".h5", groups),
}


def clips_of(split: str, points: int = POINTS) -> Clips:
    """Moving landmarks [T, K, 3] by name."""
    first = 10 if split == "train" else 60
    return {
        f"v{first + i}": np.cumsum(
            np.random.default_rng(first + i).normal(0, 0.01, (length, points, 3)), axis=0
        ).astype(np.float32)
        for i, length in enumerate(LENGTHS[split])
    }


def write_run(root: Path, container: str, shape: str, takes: int = POINTS * 3) -> None:
    for split in LENGTHS:
        stored = {name: SHAPES[shape](points) for name, points in clips_of(split).items()}
        CONTAINERS[container](root / "features" / split, stored)
        lines = [f"{name},{'AB'[i % 2]}" for i, name in enumerate(stored)]
        (root / f"{split}.csv").write_text("\n".join(["id,gloss", *lines]))
    model = nn.ModuleDict({"proj": nn.Linear(takes, 16), "head": nn.Linear(16, 2)})
    torch.save(model.state_dict(), root / "best.ckpt")


def features_in(root: Path) -> tuple[FeatureSet, ...]:
    [(data, _)] = discover(root).cases
    return data.features


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("container", CONTAINERS)
def test_clips_are_read_frames_first(tmp_path: Path, container: str, shape: str) -> None:
    write_run(tmp_path, container, shape)

    found = {clip.key: open_clip(clip) for one in features_in(tmp_path) for clip in one.clips}

    expected = clips_of("train") | clips_of("dev")
    assert set(found) == set(expected)
    for name, points in expected.items():
        frames = found[name].reshape(len(found[name]), -1)
        np.testing.assert_allclose(frames, points.reshape(len(points), -1), atol=1e-6)


@pytest.mark.parametrize(
    ("container", "shape"),
    [("zip", "[C, T, K]"), ("records", "[1, T, D]"), ("h5 groups", "[D, T]"), ("object", "[K, C, T]")],
)
def test_a_model_of_another_size_is_found_and_no_shape_accused(
    tmp_path: Path, container: str, shape: str
) -> None:
    write_run(tmp_path, container, shape, takes=225)

    graver = {f["code"] for f in scan(tmp_path).findings if f["severity"] in ("blocks", "misleads")}

    assert "MDL604" in graver
    assert not graver & {"FEA109", "FEA116", "CTC401"}


def in_keys(folder: Path, name: str, parts: Clips) -> None:
    np.savez(folder / f"{name}.npz", **cast("Any", parts))


def in_a_dict(folder: Path, name: str, parts: Clips) -> None:
    dump(folder / f"{name}.pkl", {**parts, "fps": 25.0})


def in_files(folder: Path, name: str, parts: Clips) -> None:
    for part, values in parts.items():
        (folder / name).mkdir(exist_ok=True)
        np.save(folder / name / f"{part}.npy", values)


def in_file_names(folder: Path, name: str, parts: Clips) -> None:
    for part, values in parts.items():
        np.save(folder / f"{name}_{part}.npy", values)


def in_folders(folder: Path, name: str, parts: Clips) -> None:
    for part, values in parts.items():
        inner = folder.parent / part / folder.name
        inner.mkdir(parents=True, exist_ok=True)
        np.save(inner / f"{name}.npy", values)


@pytest.mark.parametrize("shape", ["[T, K, C]", "[1, T, K, C]", "[C, T, K]", "[D, T]"])
@pytest.mark.parametrize("store", [in_keys, in_a_dict, in_files, in_file_names, in_folders])
def test_parts_of_differing_width_are_read_frames_first(
    tmp_path: Path, store: Callable[[Path, str, Clips], None], shape: str
) -> None:
    expected = {}
    for split in LENGTHS:
        pose, hand = clips_of(split, 33), clips_of(split, 21)
        (tmp_path / "features" / split).mkdir(parents=True)
        for name in pose:
            parts = {"pose": SHAPES[shape](pose[name]), "left_hand": SHAPES[shape](hand[name])}
            store(tmp_path / "features" / split, name, parts)
            expected[name] = np.concatenate([pose[name], hand[name]], axis=1)
        lines = [f"{name},{'AB'[i % 2]}" for i, name in enumerate(pose)]
        (tmp_path / f"{split}.csv").write_text("\n".join(["id,gloss", *lines]))
    model = nn.ModuleDict({"proj": nn.Linear(54 * 3, 16), "head": nn.Linear(16, 2)})
    torch.save(model.state_dict(), tmp_path / "best.ckpt")

    found = {clip.key: open_clip(clip) for one in features_in(tmp_path) for clip in one.clips}

    assert set(found) == set(expected)
    for name, points in expected.items():
        frames = found[name].reshape(len(found[name]), -1)
        np.testing.assert_allclose(frames, points.reshape(len(points), -1), atol=1e-6)


@pytest.mark.parametrize("content", [lambda v: v.tolist(), lambda v: {"fps": 25, "data": v.tolist()}])
@pytest.mark.parametrize("suffix", ["_keypoints.json", "_pose.json", "_landmarks.json"])
def test_a_json_a_clip_is_a_clip_whatever_stands_behind_its_name(
    tmp_path: Path, suffix: str, content: Callable[[Array], Any]
) -> None:
    for split in LENGTHS:
        (tmp_path / "features" / split).mkdir(parents=True)
        for name, points in clips_of(split).items():
            path = tmp_path / "features" / split / f"{name}{suffix}"
            path.write_text(json.dumps(content(points.reshape(len(points), -1))))

    found = {clip.key: open_clip(clip) for one in features_in(tmp_path) for clip in one.clips}

    lengths = {name: len(points) for split in LENGTHS for name, points in clips_of(split).items()}
    assert {name.partition("_")[0]: len(frames) for name, frames in found.items()} == lengths
    assert {frames.shape[1] for frames in found.values()} == {POINTS * 3}
