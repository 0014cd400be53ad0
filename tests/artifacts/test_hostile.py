"""Damaged and hostile files of every binary format: only Unreadable gets out."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import pickle
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.clip_places import WHOLE, Entry, Place, TableRow, Way, member
from slrdoctor.artifacts.content import Arrays, Content, Unreadable
from slrdoctor.artifacts.formats import LFS_POINTER, read, reader_of
from slrdoctor.artifacts.kinds.features.clips import opened_clips
from slrdoctor.artifacts.kinds.history import recognise_history
from slrdoctor.artifacts.run import Clip
from tests.artifacts.tracker_files import write_mlflow_db, write_mlruns, write_wandb

CLIP = np.random.default_rng(0).normal(size=(5, 4)).astype("f4")
CURVES = {"train_loss": [3.0, 2.5, 2.0], "val_loss": [3.1, 2.9, 2.8], "epoch": [1.0, 2.0, 3.0]}
SAMPLES = [{"name": "a", "gloss": "X Y", "sign": CLIP}, {"name": "b", "gloss": "", "sign": CLIP[:2]}]
MUTATIONS = int(os.environ.get("SLRDOCTOR_MUTATIONS", "150"))  # a file; raise it for a longer look


def torch_save(value: Any, path: Path, is_zip: bool) -> None:
    torch = pytest.importorskip("torch")
    torch.save(value, path, _use_new_zipfile_serialization=is_zip)


def write_h5(path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(path, "w") as file:
        file["dev/a"] = CLIP
        file.create_dataset("packed", data=CLIP, chunks=(2, 2), compression="gzip")
        file["names"] = np.array([b"a", b"bc"])
        file.attrs["fps"] = 25


def write_parquet(path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    columns = {"frame": [0, 0, 1], "type": ["face", "pose", "face"], "landmark_index": [0, 1, 2]}
    pq.write_table(pa.table({**columns, **{axis: [0.1, None, 0.3] for axis in "xyz"}}), path)


def write_pose(path: Path) -> None:
    pose_format = pytest.importorskip("pose_format")
    from pose_format.numpy import NumPyPoseBody
    from pose_format.pose_header import PoseHeader, PoseHeaderComponent, PoseHeaderDimensions

    component = PoseHeaderComponent("HAND", ["p", "q"], [(0, 1)], [(255, 0, 0)], "XYC")
    body = NumPyPoseBody(25.0, np.zeros((3, 1, 2, 2), "f4"), np.ones((3, 1, 2), "f4"))
    with path.open("wb") as file:
        pose_format.Pose(PoseHeader(0.2, PoseHeaderDimensions(9, 9, 9), [component]), body).write(file)


def write_safetensors(path: Path) -> None:
    header = json.dumps({"x": {"dtype": "F32", "shape": [5, 4], "data_offsets": [0, 80]}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + CLIP.tobytes())


def write_openpose(path: Path) -> None:
    path.write_text(
        json.dumps({"people": [{"pose_keypoints_2d": [1.5, 2.5, 0.5] * 25}]}), encoding="utf-8"
    )


def write_notebook(path: Path) -> None:
    lines = [f"Epoch {epoch}/9 - loss: {3 / epoch:.3f} - val_loss: 1.0\n" for epoch in range(1, 10)]
    cell = {
        "cell_type": "code",
        "source": ["fit()"],
        "outputs": [{"output_type": "stream", "text": lines}],
    }
    path.write_text(json.dumps({"cells": [cell, cell], "nbformat": 4}), encoding="utf-8")


MAKERS: dict[str, Callable[[Path], Any]] = {
    "plain.npy": lambda path: np.save(path, CLIP),
    "objects.npy": lambda path: np.save(path, np.array({"a": [1, "x"], "b": CLIP}, object)),
    "strings.npy": lambda path: np.save(path, np.array(["a", "bc"])),
    "stored.npz": lambda path: np.savez(path, x=CLIP, i=np.array(["a"]), o=np.array([None, 1], object)),
    "packed.npz": lambda path: np.savez_compressed(path, x=CLIP, y=np.arange(5)),
    "old.pkl": lambda path: path.write_bytes(pickle.dumps(SAMPLES, 0)),
    "new.pkl": lambda path: path.write_bytes(pickle.dumps(SAMPLES, 5)),
    "wrapped.pkl": lambda path: path.write_bytes(gzip.compress(pickle.dumps(SAMPLES))),
    "zip.pt": lambda path: torch_save({"a": SAMPLES}, path, True),
    "legacy.pt": lambda path: torch_save({"a": SAMPLES}, path, False),
    "x.h5": write_h5,
    "x.parquet": write_parquet,
    "x.pose": write_pose,
    "x.safetensors": write_safetensors,
    "x_keypoints.json": write_openpose,
    "x.ipynb": write_notebook,
    "x.wandb": lambda path: write_wandb(path, CURVES, {"lr": 0.1, "deep": {"a": [1]}}),
    "mlflow.db": lambda path: write_mlflow_db(path, {"a": CURVES, "b": CURVES}, {"lr": 0.1}),
}  # fmt: skip
EVERY_FORMAT = pytest.mark.parametrize("name", MAKERS)


def look_at(path: Path, reader: str) -> None:
    """Everything a scan does with a file: read it, load it, open clips of it."""
    content: Content | None = None
    with contextlib.suppress(Unreadable):
        content = read(path)
        recognise_history(path.name, reader, content)
    places: list[Place] = [WHOLE, Way(("0", "sign")), Entry(Way(("x",)), 1), TableRow(0)]
    if isinstance(content, Arrays):
        for name in content.members:
            with contextlib.suppress(Unreadable):
                content.load(name)
            places += [member(name), Entry(member(name), 0)]
    with opened_clips() as open_clip:
        for place in places:
            with contextlib.suppress(Unreadable):
                open_clip(Clip("key", path, reader, place, rows=(0, 2)))


@EVERY_FORMAT
def test_bytes_changed_at_random_raise_nothing_but_unreadable(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    MAKERS[name](path)
    found = reader_of(path)
    assert found is not None
    data, chance = path.read_bytes(), random.Random(name)
    for _ in range(MUTATIONS):
        damaged = bytearray(data)
        reach = len(data) if chance.random() < 0.5 else min(len(data), 400)  # headers are where it hurts
        for _ in range(chance.choice((1, 1, 2, 5, 20))):
            damaged[chance.randrange(reach)] = chance.choice((0, 255, chance.randrange(256)))
        path.write_bytes(damaged[: chance.choice((len(data), len(data), chance.randrange(len(data))))])
        look_at(path, found.name)


@EVERY_FORMAT
def test_bytes_put_in_or_taken_out_raise_nothing_but_unreadable(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    MAKERS[name](path)
    found = reader_of(path)
    assert found is not None
    data, chance = path.read_bytes(), random.Random(name)
    for _ in range(MUTATIONS // 3):
        damaged = bytearray(data)
        at, size = chance.randrange(len(data)), chance.randrange(1, 30)
        damaged[at : at + chance.choice((0, size))] = chance.randbytes(chance.choice((0, size)))
        path.write_bytes(damaged)
        look_at(path, found.name)


@EVERY_FORMAT
@pytest.mark.parametrize(
    ("data", "fault"),
    [(b"", "empty"), (LFS_POINTER + b".github.com/spec/v1\noid sha256:0\nsize 9\n", "lfs-pointer")],
)
def test_an_empty_file_and_an_lfs_pointer_are_told_apart(
    name: str, data: bytes, fault: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    MAKERS[name](path)
    found = reader_of(path)
    assert found is not None
    path.write_bytes(data)
    for attempt in (read, found.read):
        with pytest.raises(Unreadable) as caught:
            attempt(path)
        assert caught.value.fault == fault


@EVERY_FORMAT
def test_a_file_that_is_gone_is_unreadable(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    MAKERS[name](path)
    found = reader_of(path)
    assert found is not None
    path.unlink()
    with pytest.raises(Unreadable):
        found.read(path)


@EVERY_FORMAT
def test_a_sound_file_is_read_and_its_values_with_it(name: str, tmp_path: Path) -> None:
    MAKERS[name](tmp_path / name)
    content = read(tmp_path / name)
    if isinstance(content, Arrays):
        for member, info in content.members.items():
            values = content.load(member)
            assert values.shape == info.shape and values.dtype == np.dtype(info.dtype)


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="cannot be made unreadable here"
)
def test_a_file_without_permission_says_so(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", CLIP)
    (tmp_path / "x.npy").chmod(0)
    with pytest.raises(Unreadable) as caught:
        read(tmp_path / "x.npy")
    assert caught.value.fault == "permission"


def test_a_run_of_a_file_store_with_bytes_changed_raises_nothing_but_unreadable(tmp_path: Path) -> None:
    run, chance = tmp_path / "mlruns" / "0" / "aa", random.Random(3)
    first = write_mlruns(run, CURVES, {"lr": 0.1})
    found = reader_of(first)
    assert found is not None and found.name == "mlflow"
    files = [path for path in run.rglob("*") if path.is_file()]
    for _ in range(MUTATIONS):
        damaged = chance.choice(files)
        data = bytearray(damaged.read_bytes() or b"x")
        data[chance.randrange(len(data))] = chance.randrange(256)
        damaged.write_bytes(data[: chance.randrange(len(data) + 1)] if chance.random() < 0.2 else data)
        look_at(first, found.name)
