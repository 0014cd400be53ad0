"""LMDB files: every way in which people keep a clip under its id."""

from __future__ import annotations

import csv
import io
import json
import pickle
import struct
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from slrdoctor import scan
from slrdoctor.artifacts.content import Tree, Unreadable
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.formats import read
from slrdoctor.artifacts.kinds.features.clips import open_clip
from tests.artifacts.lmdb_bytes import SIZE, lmdb_bytes, write_lmdb

Clips = Mapping[str, NDArray[np.float32]]
SIGNS = ("REGEN", "WIND", "SONNE")


def clips(count: int = 24) -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(3)
    return {f"v{i:03d}": rng.normal(size=(6 + i % 5, 42)).astype("f4") for i in range(count)}


def npy(x: NDArray[np.float32]) -> bytes:
    out = io.BytesIO()
    np.save(out, x)
    return out.getvalue()


def pickled(folder: Path, data: Clips) -> None:
    values = {key: pickle.dumps(x) for key, x in data.items()} | {"__len__": b"24"}
    write_lmdb(folder / "train" / "data.mdb", values)
    (folder / "train" / "lock.mdb").write_bytes(bytes(8192))


def as_npy(folder: Path, data: Clips) -> None:
    write_lmdb(folder / "train.lmdb", {key: npy(x) for key, x in data.items()}, in_a_leaf=3)


def records(folder: Path, data: Clips) -> None:
    values = {key: pickle.dumps({"keypoints": x, "fps": 25.0}) for key, x in data.items()}
    keys = {"__keys__": pickle.dumps([key.encode() for key in data])}
    write_lmdb(folder / "train_lmdb" / "data.mdb", values | keys, in_a_leaf=7)


def as_json(folder: Path, data: Clips) -> None:
    values = {key: json.dumps({"data": x.tolist()}).encode() for key, x in data.items()}
    write_lmdb(folder / "train" / "data.mdb", values)


FORMS: dict[str, Callable[[Path, Clips], None]] = {
    form.__name__: form for form in (pickled, as_npy, records, as_json)
}
EVERY_FORM = pytest.mark.parametrize("form", FORMS)


def run_of(folder: Path, form: str, data: Clips) -> Path:
    folder.mkdir(exist_ok=True)
    FORMS[form](folder / "features", data)
    with (folder / "train.csv").open("w", newline="") as file:
        rows = [[key, SIGNS[i % 3]] for i, key in enumerate(data)]
        csv.writer(file).writerows([["id", "gloss"], *rows])
    return folder


@EVERY_FORM
def test_every_clip_is_read_with_its_own_frames(form: str, tmp_path: Path) -> None:
    data = clips()
    [(found, _)] = discover(run_of(tmp_path, form, data)).cases
    read_clips = {clip.key: open_clip(clip) for one in found.features for clip in one.clips}
    assert set(read_clips) == set(data)
    for key, x in data.items():
        np.testing.assert_allclose(read_clips[key], x)


@EVERY_FORM
def test_a_healthy_run_has_no_finding_and_values_that_are_not_finite_are_found(
    form: str, tmp_path: Path
) -> None:
    data = clips()
    select = ("FEA101", "FEA102", "FEA103", "FEA104", "RUN101")
    sound = scan(run_of(tmp_path / "sound", form, data), select=select)
    assert not sound.findings and {entry.code for entry in sound.passed} >= {"FEA101", "FEA104"}
    for x in list(data.values())[::3]:
        x[2, 5] = np.nan
    broken = scan(run_of(tmp_path / "broken", form, data), select=select)
    assert [finding["code"] for finding in broken.findings] == ["FEA104"]


def test_the_later_of_two_states_counts(tmp_path: Path) -> None:
    raw = bytearray(lmdb_bytes({"a": b"one"}))
    raw[SIZE + 144 : SIZE + 152] = struct.pack("<Q", 0)
    raw[144:152] = struct.pack("<Q", 7)  # of the first page, whose tree is empty
    path = tmp_path / "x.lmdb"
    path.write_bytes(raw)
    with pytest.raises(Unreadable, match="0 images"):
        read(path)


def test_images_are_left_out_and_a_file_of_nothing_else_is_named(tmp_path: Path) -> None:
    image = b"\xff\xd8\xff\xe0" + bytes(3000)
    write_lmdb(tmp_path / "frames" / "data.mdb", {f"v1/{i:04d}": image for i in range(30)})
    with (tmp_path / "train.csv").open("w") as file:
        file.write("id,gloss\nv1,A\nv2,B\n")
    report = scan(tmp_path, select=("RUN101",))
    assert "LMDB" in report.findings[0]["message"]
    write_lmdb(tmp_path / "some.lmdb", {"image": image, "label": b"12", "x": pickle.dumps([1, 2])})
    content = read(tmp_path / "some.lmdb")
    assert isinstance(content, Tree) and content.value == {"label": "12", "x": [1, 2]}


def cut(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def to_itself(raw: bytes) -> bytes:
    """A branch whose first child is the branch."""
    root = len(raw) // SIZE - 1
    at = root * SIZE + struct.unpack_from("<H", raw, root * SIZE + 16)[0]
    return raw[:at] + struct.pack("<H", root) + raw[at + 2 :]


def without_keys(raw: bytes) -> bytes:
    root = len(raw) // SIZE - 1
    return raw[: root * SIZE + 10] + b"\x40\0" + raw[root * SIZE + 12 :]


@pytest.mark.parametrize("damage", [cut, to_itself, without_keys])
def test_a_damaged_file_is_said_to_be_damaged(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    run = run_of(tmp_path, "as_npy", clips())
    path = run / "features" / "train.lmdb"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(Unreadable) as caught:
        read(path)
    assert caught.value.fault in ("truncated", "corrupt")


def test_a_file_that_the_library_wrote_is_read(tmp_path: Path) -> None:
    lmdb = pytest.importorskip("lmdb")
    data = clips(300)
    with lmdb.open(str(tmp_path / "features"), map_size=1 << 26, max_dbs=2) as file:
        named = file.open_db(b"clips")
        with file.begin(write=True) as transaction:
            for key, x in data.items():
                transaction.put(key.encode(), pickle.dumps(x), db=named)
    content = read(tmp_path / "features" / "data.mdb")
    assert isinstance(content, Tree) and set(content.value) == set(data)
