"""Damaged and hostile files of every format that has a reader: only Unreadable gets out."""

from __future__ import annotations

import contextlib
import gzip
import os
import pickle
import random
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.clip_places import WHOLE, Entry, Place, TableRow, Way, member
from slrdoctor.artifacts.content import Arrays, Content, Reader, Unreadable
from slrdoctor.artifacts.formats import read, reader_of, readers
from slrdoctor.artifacts.kinds.features.clips import opened_clips
from slrdoctor.artifacts.kinds.history import recognise_history
from slrdoctor.artifacts.run import Clip
from slrdoctor.artifacts.storage.lfs_pointer import LFS_POINTER
from slrdoctor.extras import PackageMissing
from tests.artifacts.tracker_files import write_mlflow_db, write_mlruns, write_wandb

CLIP = np.random.default_rng(0).normal(size=(5, 4)).astype("f4")
CURVES = {"train_loss": [3.0, 2.5, 2.0], "val_loss": [3.1, 2.9, 2.8], "epoch": [1.0, 2.0, 3.0]}
SAMPLES = [{"name": "a", "gloss": "X Y", "sign": CLIP}, {"name": "b", "gloss": "", "sign": CLIP[:2]}]
MUTATIONS = int(os.environ.get("SLRDOCTOR_MUTATIONS", "150"))  # a file; raise it for a longer look


def torch_save(value: Any, path: Path, is_zip: bool) -> None:
    torch = pytest.importorskip("torch")
    torch.save(value, path, _use_new_zipfile_serialization=is_zip)


def example_of(reader: Reader, folder: Path) -> Path:
    """The reader's own example, where what writes it is installed."""
    try:
        return reader.example(folder)
    except PackageMissing as missing:
        pytest.skip(str(missing))


def variant(name: str, write: Callable[[Path], Any]) -> Callable[[Path], Path]:
    def written(folder: Path) -> Path:
        write(folder / name)
        return folder / name

    return written


# what a reader must also take: other protocols, and other contents than its example has
VARIANTS: dict[str, Callable[[Path], Any]] = {
    "objects.npy": lambda path: np.save(path, np.array({"a": [1, "x"], "b": CLIP}, object)),
    "strings.npy": lambda path: np.save(path, np.array(["a", "bc"])),
    "stored.npz": lambda path: np.savez(path, x=CLIP, i=np.array(["a"]), o=np.array([None, 1], object)),
    "packed.npz": lambda path: np.savez_compressed(path, x=CLIP, y=np.arange(5)),
    "old.pkl": lambda path: path.write_bytes(pickle.dumps(SAMPLES, 0)),
    "wrapped.pkl": lambda path: path.write_bytes(gzip.compress(pickle.dumps(SAMPLES))),
    "legacy.pt": lambda path: torch_save({"a": SAMPLES}, path, False),
    "x.wandb": lambda path: write_wandb(path, CURVES, {"lr": 0.1, "deep": {"a": [1]}}),
    "mlflow.db": lambda path: write_mlflow_db(path, {"a": CURVES, "b": CURVES}, {"lr": 0.1}),
}  # fmt: skip
MAKERS: dict[str, Callable[[Path], Path]] = {
    **{f"example of {reader.name}": partial(example_of, reader) for reader in readers()},
    **{name: variant(name, write) for name, write in VARIANTS.items()},
}
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
    path = MAKERS[name](tmp_path)
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
    path = MAKERS[name](tmp_path)
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
    path = MAKERS[name](tmp_path)
    found = reader_of(path)
    assert found is not None
    path.write_bytes(data)
    for attempt in (read, found.read):
        with pytest.raises(Unreadable) as caught:
            attempt(path)
        assert caught.value.fault == fault


@EVERY_FORMAT
def test_a_file_that_is_gone_is_unreadable(name: str, tmp_path: Path) -> None:
    path = MAKERS[name](tmp_path)
    found = reader_of(path)
    assert found is not None
    path.unlink()
    with pytest.raises(Unreadable):
        found.read(path)


@EVERY_FORMAT
def test_a_sound_file_is_read_and_its_values_with_it(name: str, tmp_path: Path) -> None:
    content = read(MAKERS[name](tmp_path))
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


@pytest.mark.parametrize("reader", readers(), ids=lambda reader: reader.name)
def test_the_example_of_a_reader_is_read_by_it(reader: Reader, tmp_path: Path) -> None:
    assert reader_of(example_of(reader, tmp_path)) is reader


@pytest.mark.parametrize("reader", readers(), ids=lambda reader: reader.name)
def test_the_suffixes_of_clips_are_suffixes_of_the_format(reader: Reader) -> None:
    assert set(reader.clip_suffixes) <= set(reader.suffixes)
    assert not (reader.is_frame or reader.one_array or reader.nan_is_missing) or reader.clip_suffixes
