"""Opening one clip, wherever its values lie."""

from __future__ import annotations

import gzip
import json
import os
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.content import Reader, Table, Unreadable
from slrdoctor.artifacts.formats import LFS_POINTER
from slrdoctor.artifacts.kinds.features import clips
from slrdoctor.artifacts.kinds.features.clips import close_containers, open_clip
from slrdoctor.artifacts.run import Clip

CLIP = np.random.default_rng(0).normal(size=(7, 6)).astype("f4")


def clip(path: Path, reader: str, member: str = "", **more: Any) -> Clip:
    return Clip("key", path, reader, member, **more)


def fault(opened: Clip) -> str:
    with pytest.raises(Unreadable) as caught:
        open_clip(opened)
    return caught.value.fault


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a reader named "table" in place that gives the table it is called with."""

    def put(table: Table) -> None:
        close_containers()
        reader = Reader("table", (".table",), lambda path: table)
        monkeypatch.setattr(clips, "readers", lambda: (reader,))

    return put


@pytest.fixture
def some_file(tmp_path: Path) -> Path:
    (tmp_path / "x.table").write_bytes(b"x")
    return tmp_path / "x.table"


def test_a_file_of_one_array_is_the_clip(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", CLIP)
    assert np.array_equal(open_clip(clip(tmp_path / "x.npy", "npy")), CLIP)
    assert np.array_equal(open_clip(clip(tmp_path / "x.npy", "npy", rows=(2, 5))), CLIP[2:5])
    (tmp_path / "x.pkl").write_bytes(pickle.dumps(CLIP))
    assert np.array_equal(open_clip(clip(tmp_path / "x.pkl", "pickle")), CLIP)
    (tmp_path / "list.pkl").write_bytes(pickle.dumps(CLIP.tolist()))
    assert np.allclose(open_clip(clip(tmp_path / "list.pkl", "pickle")), CLIP)


def test_a_reader_that_does_not_exist_is_found_by_the_first_bytes(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", CLIP)
    assert np.array_equal(open_clip(clip(tmp_path / "x.npy", "no such")), CLIP)


def test_members_and_their_entries_are_found_by_name(tmp_path: Path) -> None:
    batch = np.stack([CLIP, CLIP + 1])
    named: dict[str, Any] = {"X": batch, "other": CLIP, "odd[1]": CLIP + 2}
    np.savez(tmp_path / "x.npz", **named)
    np.savez(tmp_path / "one.npz", X=batch)
    np.save(tmp_path / "X.npy", batch)
    assert np.array_equal(open_clip(clip(tmp_path / "x.npz", "npz", "other")), CLIP)
    assert np.array_equal(open_clip(clip(tmp_path / "x.npz", "npz", "X[1]")), CLIP + 1)
    assert np.array_equal(open_clip(clip(tmp_path / "x.npz", "npz", "X[1]", rows=(0, 3))), CLIP[:3] + 1)
    assert np.array_equal(open_clip(clip(tmp_path / "x.npz", "npz", "odd[1]")), CLIP + 2)
    assert np.array_equal(open_clip(clip(tmp_path / "one.npz", "npz", "")), batch)
    assert np.array_equal(open_clip(clip(tmp_path / "one.npz", "npz", "[1]")), CLIP + 1)
    assert np.array_equal(open_clip(clip(tmp_path / "X.npy", "npy", "[0]")), CLIP)
    assert fault(clip(tmp_path / "x.npz", "npz", "X[2]")) == "shape"
    assert fault(clip(tmp_path / "x.npz", "npz", "Y")) == "shape"
    assert fault(clip(tmp_path / "x.npz", "npz", "")) == "unsupported"
    assert fault(clip(tmp_path / "X.npy", "npy", rows=(1, 3))) == "shape"


def test_rows_and_entries_of_h5_are_read_without_the_rest(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["dev/clip"] = CLIP
        file.create_dataset("all", (1 << 36, 6), "f4", chunks=(100, 6))  # 1.6 TB, none of it written
        file["all"][1000:1007] = CLIP
    path = tmp_path / "x.h5"
    assert np.array_equal(open_clip(clip(path, "h5", "dev/clip")), CLIP)
    assert np.array_equal(open_clip(clip(path, "h5", "all", rows=(1000, 1007))), CLIP)
    assert np.array_equal(open_clip(clip(path, "h5", "all[1003]")), CLIP[3])
    assert fault(clip(path, "h5", "all")) == "unsupported"
    assert fault(clip(path, "h5", "dev/clip", rows=(3, 9))) == "shape"


def test_the_way_through_pickled_containers_is_followed(tmp_path: Path) -> None:
    samples = [{"name": "a", "sign": CLIP}, {"name": "b", "sign": CLIP + 1}]
    (tmp_path / "x.train").write_bytes(gzip.compress(pickle.dumps(samples)))
    assert np.array_equal(open_clip(clip(tmp_path / "x.train", "pickle", "1/sign")), CLIP + 1)
    by_name: dict[Any, Any] = {
        "train/11August": {"keypoint": CLIP},
        "train": {"11August": {"other": CLIP + 1}},
        7: [CLIP + 2, [[1, 2], [3, 4]]],
        "batch": np.stack([CLIP, CLIP + 3]),
        "bad": {"text": "x", "ragged": [[1], [1, 2]], "one": 5.0, "names": ["a"]},
    }
    path = tmp_path / "x.pkl"
    path.write_bytes(pickle.dumps(by_name))
    assert np.array_equal(open_clip(clip(path, "pickle", "train/11August/keypoint")), CLIP)
    assert np.array_equal(open_clip(clip(path, "pickle", "train/11August/other")), CLIP + 1)
    assert np.array_equal(open_clip(clip(path, "pickle", "7/0")), CLIP + 2)
    assert np.array_equal(open_clip(clip(path, "pickle", "7/0", rows=(1, 2))), CLIP[1:2] + 2)
    assert open_clip(clip(path, "pickle", "7/1")).tolist() == [[1, 2], [3, 4]]
    assert np.array_equal(open_clip(clip(path, "pickle", "batch[1]")), CLIP + 3)
    assert np.array_equal(open_clip(clip(path, "pickle", "batch/1")), CLIP + 3)
    assert fault(clip(path, "pickle", "train/nobody/keypoint")) == "shape"
    assert fault(clip(path, "pickle", "7/5")) == "shape"
    assert fault(clip(path, "pickle", "batch[2]")) == "shape"
    assert fault(clip(path, "pickle", "bad/ragged")) == "shape"
    assert fault(clip(path, "pickle", "bad/text")) == "unsupported"
    assert fault(clip(path, "pickle", "bad/one")) == "unsupported"
    assert fault(clip(path, "pickle", "bad/names")) == "shape"
    assert fault(clip(path, "pickle", "")) == "unsupported"


def test_an_array_inside_an_object_that_is_not_built_is_found(tmp_path: Path) -> None:
    path = tmp_path / "x.pkl"
    path.write_bytes(b"\x80\x04cmy\nSample\n)\x81}\x8c\x04sign" + pickle.dumps(CLIP, 4)[2:-1] + b"sb.")
    assert np.array_equal(open_clip(clip(path, "pickle", "sign")), CLIP)
    path.write_bytes(b"\x80\x04}\x8c\x04signcmy\nSample\n)\x81s.")
    close_containers()
    assert fault(clip(path, "pickle", "sign")) == "refused"


def test_a_folder_of_frames_is_stacked_in_its_order(tmp_path: Path) -> None:
    for i, frame in enumerate(CLIP):
        np.save(tmp_path / f"{i}.npy", frame)
    frames = tuple(tmp_path / f"{i}.npy" for i in (2, 0, 1))
    opened = clip(tmp_path, "npy", frames=frames)
    assert np.array_equal(open_clip(opened), CLIP[[2, 0, 1]])
    assert np.array_equal(open_clip(clip(tmp_path, "npy", frames=frames, rows=(1, 3))), CLIP[[0, 1]])
    np.save(tmp_path / "1.npy", CLIP[1][:3])
    with pytest.raises(Unreadable, match=r"2\.npy has shape \(6,\), 1\.npy has \(3,\)") as caught:
        open_clip(opened)
    assert caught.value.fault == "shape"
    (tmp_path / "1.npy").write_bytes(LFS_POINTER + b".github.com/spec/v1\n")
    with pytest.raises(Unreadable, match=r"frame 1\.npy: a Git LFS pointer") as caught:
        open_clip(opened)
    assert caught.value.fault == "lfs-pointer"
    np.save(tmp_path / "1.npy", {"a": 1}, allow_pickle=True)  # type: ignore[arg-type]
    assert fault(opened) == "unsupported"


def test_a_frame_without_a_person_takes_the_shape_of_the_others(tmp_path: Path) -> None:
    people: list[list[Any]] = [[], [{"pose_keypoints_2d": [1.0, 2.0, 0.5] * 25}], []]
    frames = tuple(tmp_path / f"v_{i:012}_keypoints.json" for i in range(3))
    for path, found in zip(frames, people):
        path.write_text(json.dumps({"people": found}), encoding="utf-8")
    values = open_clip(clip(tmp_path, "openpose", frames=frames))
    assert values.shape == (3, 25, 3)
    assert not values[0].any() and values[1, 3].tolist() == [1, 2, 0.5]
    assert open_clip(clip(tmp_path, "openpose", frames=frames[:1])).shape == (1, 137, 3)


def test_a_table_of_numbers_is_a_row_a_frame(give: Any, some_file: Path) -> None:
    opened = clip(some_file, "table")
    give(Table(("x", "y"), [["1", "2"], ["3", ""], [" 5 ", "nan"]]))
    np.testing.assert_array_equal(open_clip(opened), [[1, 2], [3, np.nan], [5, np.nan]])
    give(Table(("", "0", "1"), [["0", "1", "2"], ["1", "3", "4"]]))
    assert open_clip(opened).tolist() == [[1, 2], [3, 4]]
    give(Table(("frame", "x"), [[10, 1.5], [11, 2.5]]))
    assert open_clip(opened).tolist() == [[1.5], [2.5]]
    give(Table(("x", "frame"), [[10, 5], [11, 5]]))  # does not count: a feature of that name
    assert open_clip(opened).tolist() == [[10, 5], [11, 5]]
    give(Table(None, [["0", "1.5"], ["1", "2.5"], ["2", "3.5"]]))
    assert open_clip(opened).tolist() == [[1.5], [2.5], [3.5]]
    give(Table(None, [["x", "y"], ["1.5", "2"], ["2.5", "3"]]))
    assert open_clip(opened).tolist() == [[1.5, 2], [2.5, 3]]
    give(Table(("0.12", "0.34"), [["1", "2"]]))  # a first frame taken for a header
    assert open_clip(opened).tolist() == [[0.12, 0.34], [1, 2]]
    give(Table(("0", "1"), [["5", "6"]]))
    assert open_clip(opened).tolist() == [[5, 6]]
    give(Table(("video", "x"), [["a", "1"], ["a", "2"]]))
    assert open_clip(opened).tolist() == [[1], [2]]
    assert open_clip(clip(some_file, "table", rows=(1, 2))).tolist() == [[2]]


@pytest.mark.parametrize(
    ("table", "word"),
    [
        (Table(("x", "y"), []), "empty"),
        (Table(("x", "y"), [["1", "2"], ["3"]]), "shape"),
        (Table(("x", "y"), [["1", "2"], ["3", "oops"]]), "corrupt"),
        (Table(("x",), [["a"], ["b"]]), "unsupported"),
    ],
)
def test_a_table_that_is_no_clip_is_unreadable(
    table: Table, word: str, give: Any, some_file: Path
) -> None:
    give(table)
    assert fault(clip(some_file, "table")) == word


def test_a_row_of_lists_over_the_frames_is_landmarks(give: Any, some_file: Path) -> None:
    columns = ("leftEye_X", "nose_X", "nose_Y", "leftEye_Y", "labels", "odd_X")
    row = ["[0.1, 0.2, 0.3]", "[1, 2, 3]", "[4, 5, 6]", "[nan, 8, 9]", "12", "[0]"]
    give(Table(columns, [row, row[:4], ["[0.1]", "[0.1]", "[1, 2]", "[1]", "1", ""], ["x"] * 6]))
    values = open_clip(clip(some_file, "table", "row:0"))
    assert values.shape == (3, 2, 2)
    assert values[1].tolist() == [[0.2, 8], [2, 5]] and np.isnan(values[0, 0, 1])
    assert open_clip(clip(some_file, "table", "row:0", rows=(1, 3))).shape == (2, 2, 2)
    assert open_clip(clip(some_file, "table", "row:0/nose_X")).tolist() == [1, 2, 3]
    assert open_clip(clip(some_file, "table", "row:1")).shape == (3, 2, 2)
    assert fault(clip(some_file, "table", "row:2")) == "shape"
    assert fault(clip(some_file, "table", "row:3")) == "corrupt"
    assert fault(clip(some_file, "table", "row:4")) == "shape"
    assert fault(clip(some_file, "table", "row:0/nobody")) == "shape"
    give(Table(("a", "b"), [["1", "2"]]))
    assert fault(clip(some_file, "table", "row:0")) == "unsupported"


def test_a_column_of_nested_lists_is_a_clip_a_row(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.table({"id": ["a"], "pose": [CLIP.tolist()]}), tmp_path / "x.parquet")
    assert np.allclose(open_clip(clip(tmp_path / "x.parquet", "parquet", "row:0/pose")), CLIP)


def test_values_that_are_no_features_are_unreadable(tmp_path: Path) -> None:
    for name, value in (
        ("c", np.array([1j])),
        ("n", np.array(5.0)),
        ("t", np.array(["a"])),
        ("d", np.array(["2020"], "M8[D]")),
    ):
        np.save(tmp_path / f"{name}.npy", value)
    assert fault(clip(tmp_path / "c.npy", "npy")) == "unsupported"
    assert fault(clip(tmp_path / "n.npy", "npy")) == "shape"
    assert fault(clip(tmp_path / "t.npy", "npy")) == "shape"
    assert fault(clip(tmp_path / "d.npy", "npy")) == "unsupported"


def test_files_that_are_broken_say_how(tmp_path: Path) -> None:
    (tmp_path / "empty.npy").write_bytes(b"")
    (tmp_path / "lfs.npy").write_bytes(LFS_POINTER + b".github.com/spec/v1\n")
    np.save(tmp_path / "x.npy", CLIP)
    (tmp_path / "cut.npy").write_bytes((tmp_path / "x.npy").read_bytes()[:-5])
    assert fault(clip(tmp_path / "empty.npy", "npy")) == "empty"
    assert fault(clip(tmp_path / "lfs.npy", "npy")) == "lfs-pointer"
    assert fault(clip(tmp_path / "cut.npy", "npy")) == "truncated"
    assert fault(clip(tmp_path / "gone.npy", "npy")) == "corrupt"
    assert fault(clip(tmp_path, "npy")) in ("corrupt", "permission")


def test_a_container_is_opened_once_for_its_clips_and_let_go_for_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def read(path: Path) -> Table:
        opened.append(path.name)
        return Table(("x",), [[1.0]])

    reader = Reader("counted", (), read)
    monkeypatch.setattr(clips, "readers", lambda: (reader,))
    close_containers()
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"x")
    for name in ("a", "a", "a", "b", "a"):
        open_clip(clip(tmp_path / name, "counted"))
    assert opened == ["a", "b", "a"]
    os.utime(tmp_path / "a", (1, 1))
    open_clip(clip(tmp_path / "a", "counted"))
    assert opened == ["a", "b", "a", "a"]


def test_a_packed_npz_is_unpacked_once_for_all_its_entries(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "x.npz", X=np.stack([CLIP] * 5))
    close_containers()
    one = open_clip(clip(tmp_path / "x.npz", "npz", "X[1]"))
    other = open_clip(clip(tmp_path / "x.npz", "npz", "X[2]"))
    whole = one.base
    while whole is not None and isinstance(whole.base, np.ndarray):
        whole = whole.base
    assert whole is not None and np.may_share_memory(whole, other)


@pytest.mark.skipif(sys.platform == "win32", reason="files are not sparse by themselves there")
def test_a_sparse_clip_of_ten_gigabytes_is_taken_block_by_block(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((1, 1662), "f4"))
    data = (tmp_path / "x.npy").read_bytes()
    with (tmp_path / "x.npy").open("wb") as file:
        file.write(data[:128].replace(b"(1, 1662), }      ", b"(1600000, 1662), }"))
        file.truncate(128 + 1600000 * 1662 * 4)
    values = open_clip(clip(tmp_path / "x.npy", "npy"))
    assert values.shape == (1600000, 1662) and values.nbytes > 10e9
    assert not values[1_000_000:1_000_100].any()
    close_containers()


def test_the_syntax_of_members_is_what_the_docstring_says() -> None:
    for form in ('"17/sign"', '"X[12]", "[12]"', '"row:12"', '"row:12/pose"', '"test/01/keypoints"'):
        assert form in (clips.__doc__ or "")
