"""The parquet reader: tables, and the landmarks of the two Kaggle competitions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.content import Arrays, Table, Tree, Unreadable
from slrdoctor.artifacts.formats import read, reader_of

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

TYPES = {"face": 468, "left_hand": 21, "pose": 33, "right_hand": 21}


def long_columns(frames: list[int]) -> dict[str, list[Any]]:
    """The rows of asl-signs, x counting up over them and z missing for the left hand."""
    columns: dict[str, list[Any]] = {
        name: [] for name in ("frame", "row_id", "type", "landmark_index", "x", "y", "z")
    }
    for frame in frames:
        for kind, count in TYPES.items():
            for i in range(count):
                number = float(len(columns["x"]))
                row = (
                    frame,
                    f"{frame}-{kind}-{i}",
                    kind,
                    i,
                    number,
                    -number,
                    None if kind == "left_hand" else 0.5,
                )
                for name, value in zip(columns, row):
                    columns[name].append(value)
    return columns


def test_asl_signs_is_one_clip_in_the_order_of_its_file(tmp_path: Path) -> None:
    pq.write_table(pa.table(long_columns([20, 21, 25])), tmp_path / "1000035562.parquet")
    reader = reader_of(tmp_path / "1000035562.parquet")
    assert reader is not None and reader.name == "parquet"
    content = read(tmp_path / "1000035562.parquet")
    assert isinstance(content, Arrays) and content.members[""].shape == (3, 543, 3)
    clip = content.load("")
    assert clip.dtype == np.float32
    assert np.array_equal(clip[:, :, 0], np.arange(3 * 543).reshape(3, 543))
    assert np.isnan(clip[:, 468:489, 2]).all() and (clip[:, 489:, 2] == 0.5).all()


def test_asl_signs_rows_find_their_place_whatever_their_order(tmp_path: Path) -> None:
    columns = long_columns([0, 1])
    order = np.random.default_rng(0).permutation(len(columns["x"]))[:-5]
    shuffled = {name: [values[i] for i in order] for name, values in columns.items()}
    shuffled["type"] = pa.array(shuffled["type"]).dictionary_encode()
    pq.write_table(pa.table(shuffled), tmp_path / "a.parquet")
    content = read(tmp_path / "a.parquet")
    assert isinstance(content, Arrays)
    clip = content.load("")
    expected = np.arange(2 * 543).reshape(2, 543)
    there = np.isfinite(clip[:, :, 0])
    assert there.sum() == 2 * 543 - 5 and np.array_equal(clip[:, :, 0][there], expected[there])


@pytest.mark.parametrize("group", [2, 100])
def test_asl_fingerspelling_is_a_clip_for_every_sequence(group: int, tmp_path: Path) -> None:
    points = ["face_0", "face_1", "left_hand_0", "pose_0", "right_hand_20"]
    columns: dict[str, Any] = {"sequence_id": [7, 7, 7, 9, 9], "frame": [0, 1, 2, 0, 1]}
    for a, axis in enumerate("xyz"):
        for p, point in enumerate(points):
            columns[f"{axis}_{point}"] = np.arange(5, dtype="f4") * 100 + 10 * a + p
    pq.write_table(pa.table(columns), tmp_path / "a.parquet", row_group_size=group)
    content = read(tmp_path / "a.parquet")
    assert isinstance(content, Arrays)
    assert {name: info.shape for name, info in content.members.items()} == {
        "7": (3, 5, 3),
        "9": (2, 5, 3),
    }
    assert content.load("9")[1, 4].tolist() == [404, 414, 424]
    assert content.load("7")[2, 0].tolist() == [200, 210, 220]


def test_any_other_file_is_a_table_of_typed_columns(tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"id": ["a", "b"], "frames": [3, None], "x": [[5, 1], []]}), tmp_path / "a.parquet"
    )
    assert read(tmp_path / "a.parquet") == Table(
        ("id", "frames", "x"), [("a", 3, [5, 1]), ("b", None, [])]
    )


def test_a_table_without_rows_is_a_table(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": pa.array([], pa.string())}), tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet") == Table(("id",), [])


@pytest.mark.parametrize(
    ("column", "value"), [("type", "foot"), ("landmark_index", 600), ("landmark_index", -1)]
)
def test_landmarks_that_do_not_exist_are_unreadable(column: str, value: Any, tmp_path: Path) -> None:
    columns = long_columns([0])
    columns[column][3] = value
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    content = read(tmp_path / "a.parquet")
    assert isinstance(content, Arrays)
    with pytest.raises(Unreadable):
        content.load("")


def test_a_file_cut_anywhere_is_unreadable(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1.0, 2.0]}), tmp_path / "a.parquet")
    data = (tmp_path / "a.parquet").read_bytes()
    for end in range(1, len(data), 11):
        (tmp_path / "b.parquet").write_bytes(data[:end])
        with pytest.raises(Unreadable):
            read(tmp_path / "b.parquet")


@pytest.mark.parametrize("kind", ["parquet", "arrow", "stream", "feather"])
def test_columns_whose_cells_are_arrays_are_columns_of_arrays(tmp_path: Path, kind: str) -> None:
    clips = [np.arange(3 * n * 2, dtype=np.float32).reshape(n, 3, 2) for n in (4, 2)]
    ragged = [[[0.5], [1.0, 2.0]], [[0.25]]]
    table = pa.table(
        {
            "id": ["a", "b"],
            "pose": pa.array([c.tolist() for c in clips], pa.list_(pa.list_(pa.list_(pa.float32())))),
            "fixed": pa.array([c[:, 0].tolist() for c in clips], pa.list_(pa.list_(pa.float64(), 2))),
            "ragged": ragged,
        }
    )
    path = tmp_path / f"a.{'arrow' if kind == 'stream' else kind}"
    if kind == "parquet":
        pq.write_table(table, path)
    else:
        new = pa.ipc.new_stream if kind == "stream" else pa.ipc.new_file
        with pa.OSFile(str(path), "wb") as file, new(file, table.schema) as writer:
            writer.write_table(table)

    content = read(path)

    assert isinstance(content, Tree) and content.value["id"] == ["a", "b"]
    for found, clip in zip(content.value["pose"], clips, strict=True):
        assert np.array_equal(found, clip) and found.dtype == np.float32
    assert np.array_equal(content.value["fixed"][1], clips[1][:, 0])
    assert content.value["ragged"][0] == ragged[0]
