"""Clips in forms that hold other things as well: rows of a table, lines of a text, named tensors."""

from __future__ import annotations

import csv
import json
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from slrdoctor import scan
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.kinds.features.clips import open_clip
from slrdoctor.artifacts.run import FeatureSet

Clips = Mapping[str, NDArray[np.float32]]
DIMS = 42
SIGNS = ("REGEN", "WIND", "SONNE")


def clips(named: str = "v{:03d}", count: int = 24) -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(5)
    return {
        named.format(i * 7 % count): rng.normal(size=(6 + i % 5, DIMS)).astype("f4")
        for i in range(count)
    }


def label(key: str) -> str:
    return SIGNS[sum(map(ord, key)) % 3]


def table(path: Path, head: list[str], rows: list[list[object]], delimiter: str = ",") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows([head, *rows])


def frames(data: Clips) -> list[tuple[str, int, list[object]]]:
    return [(k, t, [f"{v:.6f}" for v in frame]) for k, x in data.items() for t, frame in enumerate(x)]


NUMBERED = [f"f{i}" for i in range(DIMS)]
POINTS = [f"{axis}{i}" for i in range(DIMS // 2) for axis in "xy"]


def counted_frames(folder: Path, data: Clips) -> None:
    rows = [[k, t, *values] for k, t, values in frames(data)]
    table(folder / "train.csv", ["name", "frame", *NUMBERED], rows)


def frames_without_a_counter(folder: Path, data: Clips) -> None:
    table(folder / "train.tsv", [*POINTS, "Clip ID"], [[*v, k] for k, _, v in frames(data)], "\t")


def frames_of_files(folder: Path, data: Clips) -> None:
    rows = [[t * 0.04, f"{k}.mp4", *values] for k, t, values in frames(data)]
    table(folder / "train.csv", ["timestamp", "filename", *POINTS], rows)


def parquet_of_frames(folder: Path, data: Clips) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    folder.mkdir(parents=True)
    columns: dict[str, Any] = {"video": [k for k, x in data.items() for _ in x]}
    columns["frame_idx"] = [t for x in data.values() for t in range(len(x))]
    whole = np.concatenate(list(data.values()))
    columns |= {name: whole[:, i] for i, name in enumerate(POINTS)}
    pytest.importorskip("pyarrow.parquet").write_table(pyarrow.table(columns), folder / "train.parquet")


def texts(folder: Path, data: Clips) -> None:
    (folder / "train").mkdir(parents=True)
    for key, x in data.items():
        np.savetxt(folder / "train" / f"{key}.txt", x)


def texts_with_commas(folder: Path, data: Clips) -> None:
    (folder / "train").mkdir(parents=True)
    for key, x in data.items():
        np.savetxt(folder / "train" / f"{key}.txt", x, fmt="%.6f", delimiter=", ", header="x0 y0 ...")


def safetensors(path: Path, tensors: Clips) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    header: dict[str, object] = {}
    at = 0
    for name, x in tensors.items():
        header[name] = {"dtype": "F32", "shape": x.shape, "data_offsets": [at, at + x.nbytes]}
        at += x.nbytes
    raw = json.dumps(header).encode()
    body = b"".join(x.tobytes() for x in tensors.values())
    path.write_bytes(struct.pack("<Q", len(raw)) + raw + body)


def tensors_of_all(folder: Path, data: Clips) -> None:
    safetensors(folder / "train.safetensors", data)


def a_tensor_file_each(folder: Path, data: Clips) -> None:
    for key, x in data.items():
        safetensors(folder / "train" / f"{key}.safetensors", {"keypoints": x})


FORMS: dict[str, Callable[[Path, Clips], None]] = {
    form.__name__: form
    for form in (
        counted_frames,
        frames_without_a_counter,
        frames_of_files,
        parquet_of_frames,
        texts,
        texts_with_commas,
        tensors_of_all,
        a_tensor_file_each,
    )
}
EVERY_FORM = pytest.mark.parametrize("form", FORMS)


def run_of(folder: Path, form: str, data: Clips) -> Path:
    FORMS[form](folder / "features", data)
    rows: list[list[object]] = [[key, label(key)] for key in sorted(data)]
    table(folder / "train.csv", ["id", "gloss"], rows)
    return folder


def features_of(folder: Path) -> list[FeatureSet]:
    return [one for data, _ in discover(folder).cases for one in data.features]


@EVERY_FORM
def test_every_clip_is_read_with_its_own_frames(form: str, tmp_path: Path) -> None:
    data = clips()
    [found] = features_of(run_of(tmp_path, form, data))
    assert found.split == "train"
    read = {clip.key.removesuffix(".mp4"): open_clip(clip) for clip in found.clips}
    assert set(read) == set(data)
    for key, x in data.items():
        np.testing.assert_allclose(read[key], x, atol=1e-5)


@EVERY_FORM
def test_the_labels_are_those_of_the_annotations(form: str, tmp_path: Path) -> None:
    report = scan(run_of(tmp_path, form, clips()), select=("FEA101", "FEA102", "FEA104", "LAB206"))
    assert {"FEA101", "FEA102", "FEA104"} <= {entry.code for entry in report.passed}
    assert not report.findings


@EVERY_FORM
def test_values_that_are_not_finite_are_found(form: str, tmp_path: Path) -> None:
    data = clips()
    for x in list(data.values())[::3]:
        x[2, 5] = np.nan
    report = scan(run_of(tmp_path, form, data), select=("FEA104",))
    assert [finding["code"] for finding in report.findings] == ["FEA104"]
    assert "8 of 24" in report.findings[0]["message"]


def test_numbers_may_name_the_clips_of_a_table(tmp_path: Path) -> None:
    data = clips("{:d}")
    [found] = features_of(run_of(tmp_path, "counted_frames", data))
    assert {clip.key for clip in found.clips} == set(data)


def test_rows_in_the_order_of_their_classes_are_samples_and_no_frames(tmp_path: Path) -> None:
    rows = sorted(([label(k), *values] for k, _, values in frames(clips())), key=lambda row: str(row[0]))
    table(tmp_path / "keypoints.csv", ["name", *NUMBERED], rows)
    [found] = features_of(tmp_path)
    assert len(found.clips) == len(rows)


def test_a_table_of_frames_with_labels_keeps_them(tmp_path: Path) -> None:
    rows = [[k, t, label(k), *values] for k, t, values in frames(clips())]
    table(tmp_path / "train.csv", ["video", "frame", "label", *NUMBERED], rows)
    [(data, _)] = discover(tmp_path).cases
    assert [len(one.clips) for one in data.features] == [24]
    assert {row.glosses for file in data.annotations for row in file.rows} == {(s,) for s in SIGNS}


def test_boxes_and_token_numbers_in_texts_are_no_clips(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    for number in range(12):
        boxes = [f"{number % 3} " + " ".join(f"{v:.4f}" for v in rng.random(4)) for _ in range(3)]
        tokens = [" ".join(map(str, rng.integers(0, 90, 14))) for _ in range(3)]
        for kind, lines in (("labels", boxes), ("tokens", tokens)):
            path = tmp_path / kind / f"clip_{number}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    table(tmp_path / "train.csv", ["id", "gloss"], [[f"clip_{i}", SIGNS[i % 3]] for i in range(12)])
    assert not features_of(tmp_path)


def test_a_text_with_a_word_in_it_is_damaged(tmp_path: Path) -> None:
    run = run_of(tmp_path, "texts", clips())
    path = run / "features" / "train" / "v001.txt"
    path.write_text(path.read_text().replace("e-01", "e-O1", 1))
    report = scan(run, select=("FEA103",))
    assert [finding["code"] for finding in report.findings] == ["FEA103"]


def test_files_of_parameters_are_checkpoints_whatever_they_are_called(tmp_path: Path) -> None:
    for part in ("encoder", "decoder", "head", "joint"):
        safetensors(
            tmp_path / "features" / f"{part}.safetensors",
            {f"{part}.weight": np.ones((4, DIMS), "f4"), f"{part}.bias": np.ones(4, "f4")},
        )
    table(tmp_path / "train.csv", ["id", "gloss"], [[f"clip_{i}", SIGNS[i % 3]] for i in range(12)])
    assert not features_of(tmp_path)
    [(_, [run])] = discover(tmp_path).cases
    assert len(run.checkpoints) >= 1
