"""TFRecord files: every way in which people keep the frames of a clip in an Example."""

from __future__ import annotations

import csv
import gzip
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
from tests.artifacts.tf_records import (
    example,
    records,
    sequence_example,
    tensor,
    unpacked,
    write_records,
)

Clips = Mapping[str, NDArray[np.float32]]
DIMS = 42
SIGNS = ("REGEN", "WIND", "SONNE")


def clips(count: int = 24) -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(3)
    return {f"v{i:03d}": rng.normal(size=(6 + i % 5, DIMS)).astype("f4") for i in range(count)}


def label(key: str) -> str:
    return SIGNS[int(key[1:]) % 3]


def with_a_shape(folder: Path, data: Clips) -> None:
    path = folder / "train.tfrecord"
    write_records(path, [example({"id": k, "pose": x, "pose_shape": x.shape}) for k, x in data.items()])


def with_a_frame_count(folder: Path, data: Clips) -> None:
    write_records(
        folder / "train.tfrecords",
        [example({"video_id": k, "landmarks": x, "num_frames": len(x)}) for k, x in data.items()],
    )


def without_a_shape(folder: Path, data: Clips) -> None:
    write_records(folder / "train.tfrec", [example({"name": k, "feats": x}) for k, x in data.items()])


def in_lists(folder: Path, data: Clips) -> None:
    messages = [sequence_example({"id": k}, {"keypoints": x}) for k, x in data.items()]
    write_records(folder / "train-00000-of-00001.tfrecord", messages)


def serialized(folder: Path, data: Clips) -> None:
    messages = [example({"clip/id": k, "clip/pose": tensor(x)}) for k, x in data.items()]
    write_records(folder / "train.tfrecord-00000-of-00001", messages)


def as_bytes(folder: Path, data: Clips) -> None:
    messages = [example({"id": k, "pose": x.tobytes(), "shape": x.shape}) for k, x in data.items()]
    path = folder / "train.tfrecord.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(records(messages)))


def in_columns(folder: Path, data: Clips) -> None:
    messages = [
        example({"id": k, **{f"x_hand_{i}": np.ascontiguousarray(x[:, i]) for i in range(DIMS)}})
        for k, x in data.items()
    ]
    write_records(folder / "train.tfrecord", messages)


def a_number_each(folder: Path, data: Clips) -> None:
    messages = [
        example({"id": k, "pose_shape": x.shape}, {"pose": unpacked(x)}) for k, x in data.items()
    ]
    write_records(folder / "train.tfrecord", messages)


def in_shards(folder: Path, data: Clips) -> None:
    keys = list(data)
    for shard, mine in enumerate((keys[::2], keys[1::2])):
        messages = [example({"id": k, "pose": data[k], "pose_shape": data[k].shape}) for k in mine]
        write_records(folder / f"train-0000{shard}-of-00002.tfrecord", messages)


FORMS: dict[str, Callable[[Path, Clips], None]] = {
    form.__name__: form
    for form in (
        with_a_shape,
        with_a_frame_count,
        without_a_shape,
        in_lists,
        serialized,
        as_bytes,
        in_columns,
        a_number_each,
        in_shards,
    )
}
EVERY_FORM = pytest.mark.parametrize("form", FORMS)


def run_of(folder: Path, form: str, data: Clips) -> Path:
    FORMS[form](folder / "features", data)
    with (folder / "train.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["id", "gloss"], *([key, label(key)] for key in data)])
    return folder


@EVERY_FORM
def test_every_clip_is_read_with_its_own_frames(form: str, tmp_path: Path) -> None:
    data = clips()
    [(found, _)] = discover(run_of(tmp_path, form, data)).cases
    assert {one.split for one in found.features} == {"train"}
    read_clips = {clip.key: open_clip(clip) for one in found.features for clip in one.clips}
    assert set(read_clips) == set(data)
    for key, x in data.items():
        np.testing.assert_array_equal(read_clips[key], x)


@EVERY_FORM
def test_a_healthy_run_has_no_finding_and_values_that_are_not_finite_are_found(
    form: str, tmp_path: Path
) -> None:
    data = clips()
    select = ("FEA101", "FEA102", "FEA103", "FEA104", "FEA109")
    (tmp_path / "sound").mkdir()
    sound = scan(run_of(tmp_path / "sound", form, data), select=select)
    assert not sound.findings and {entry.code for entry in sound.passed} >= {"FEA101", "FEA104"}
    for x in list(data.values())[::3]:
        x[2, 5] = np.nan
    (tmp_path / "broken").mkdir()
    broken = scan(run_of(tmp_path / "broken", form, data), select=select)
    assert [finding["code"] for finding in broken.findings] == ["FEA104"]


def test_labels_in_the_records_are_those_of_their_clips(tmp_path: Path) -> None:
    data = clips()
    for split, keys in (("train", list(data)[:18]), ("val", list(data)[18:])):
        messages = [
            example({"pose": data[k], "num_frames": len(data[k]), "label": int(k[1:]) % 3}) for k in keys
        ]
        write_records(tmp_path / f"{split}.tfrecord", messages)
    report = scan(tmp_path, select=("FEA101", "FEA102", "LAB206", "FEA104"))
    assert not report.findings
    [(found, _)] = discover(tmp_path).cases
    assert sum(len(file.rows) for file in found.annotations) == 24
    assert {row.split for file in found.annotations for row in file.rows} == {"train", "dev"}


def test_texts_numbers_and_images_come_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "x.tfrecord"
    image = b"\xff\xd8\xff\xe0" + bytes(200)
    write_records(
        path, [example({"id": "a", "text": "guten Tag", "image": image, "fps": 25.0, "n": -3})]
    )
    content = read(path)
    assert isinstance(content, Tree)
    assert content.value == [{"id": "a", "text": "guten Tag", "fps": 25.0, "n": -3}]


def damaged(raw: bytes, kind: str) -> bytes:
    if kind == "cut":
        return raw[:-40]
    if kind == "length":
        return raw[:3] + b"\x07" + raw[4:]
    return raw[:12] + b"\x0f" + raw[13:]


@pytest.mark.parametrize("kind", ["cut", "length", "message"])
def test_a_damaged_file_is_said_to_be_damaged(kind: str, tmp_path: Path) -> None:
    data = clips()
    run = run_of(tmp_path, "with_a_shape", data)
    path = run / "features" / "train.tfrecord"
    path.write_bytes(damaged(path.read_bytes(), kind))
    with pytest.raises(Unreadable):
        read(path)
    report = scan(run, select=("FEA103",))
    assert [finding["code"] for finding in report.findings] == ["FEA103"]


def test_lists_of_many_lengths_without_a_common_size_are_no_features(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    path = tmp_path / "x.tfrecord"
    write_records(path, [example({"id": f"v{i}", "x": rng.random(7 + i)}) for i in range(9)])
    content = read(path)
    assert isinstance(content, Tree) and all(set(record) == {"id"} for record in content.value)
