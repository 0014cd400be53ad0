"""Opening one clip, wherever its values lie."""

from __future__ import annotations

import gzip
import json
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.clip_places import WHOLE, Entry, Member, Place, TableRow, Way
from slrdoctor.artifacts.content import Reader, Table, Unreadable
from slrdoctor.artifacts.kinds.features import clips
from slrdoctor.artifacts.kinds.features.clips import open_clip, opened_clips
from slrdoctor.artifacts.run import Clip
from slrdoctor.artifacts.storage.lfs_pointer import LFS_POINTER

CLIP = np.random.default_rng(0).normal(size=(7, 6)).astype("f4")


def clip(path: Path, reader: str, place: Place = WHOLE, **more: Any) -> Clip:
    return Clip("key", path, reader, place, **more)


def fault(opened: Clip) -> str:
    with pytest.raises(Unreadable) as caught:
        open_clip(opened)
    return caught.value.fault


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a reader named "table" in place that gives the table it is called with."""

    def put(table: Table) -> None:
        reader = Reader("table", (".table",), lambda path: table, lambda folder: folder)
        monkeypatch.setattr(clips, "reader_named", lambda name: reader)

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
    assert np.array_equal(open_clip(clip(tmp_path / "x.npz", "npz", Member("other"))), CLIP)
    assert np.array_equal(open_clip(clip(tmp_path / "x.npz", "npz", Entry(Member("X"), 1))), CLIP + 1)
    assert np.array_equal(
        open_clip(clip(tmp_path / "x.npz", "npz", Entry(Member("X"), 1), rows=(0, 3))), CLIP[:3] + 1
    )
    assert np.array_equal(open_clip(clip(tmp_path / "x.npz", "npz", Member("odd[1]"))), CLIP + 2)
    assert np.array_equal(open_clip(clip(tmp_path / "one.npz", "npz", WHOLE)), batch)
    assert np.array_equal(open_clip(clip(tmp_path / "one.npz", "npz", Entry(WHOLE, 1))), CLIP + 1)
    assert np.array_equal(open_clip(clip(tmp_path / "X.npy", "npy", Entry(WHOLE, 0))), CLIP)
    assert fault(clip(tmp_path / "x.npz", "npz", Entry(Member("X"), 2))) == "shape"
    assert fault(clip(tmp_path / "x.npz", "npz", Member("Y"))) == "shape"
    assert fault(clip(tmp_path / "x.npz", "npz", WHOLE)) == "unsupported"
    assert fault(clip(tmp_path / "X.npy", "npy", rows=(1, 3))) == "shape"


def test_rows_and_entries_of_h5_are_read_without_the_rest(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["dev/clip"] = CLIP
        file.create_dataset("all", (1 << 36, 6), "f4", chunks=(100, 6))  # 1.6 TB, none of it written
        file["all"][1000:1007] = CLIP
    path = tmp_path / "x.h5"
    assert np.array_equal(open_clip(clip(path, "h5", Member("dev/clip"))), CLIP)
    assert np.array_equal(open_clip(clip(path, "h5", Member("all"), rows=(1000, 1007))), CLIP)
    assert np.array_equal(open_clip(clip(path, "h5", Entry(Member("all"), 1003))), CLIP[3])
    assert fault(clip(path, "h5", Member("all"))) == "unsupported"
    assert fault(clip(path, "h5", Member("dev/clip"), rows=(3, 9))) == "shape"


def test_the_way_through_pickled_containers_is_followed(tmp_path: Path) -> None:
    samples = [{"name": "a", "sign": CLIP}, {"name": "b", "sign": CLIP + 1}]
    (tmp_path / "x.train").write_bytes(gzip.compress(pickle.dumps(samples)))
    assert np.array_equal(
        open_clip(
            clip(
                tmp_path / "x.train",
                "pickle",
                Way(("1", "sign")),
            )
        ),
        CLIP + 1,
    )
    by_name: dict[Any, Any] = {
        "train/11August": {"keypoint": CLIP},
        "train": {"11August": {"other": CLIP + 1}},
        7: [CLIP + 2, [[1, 2], [3, 4]]],
        "batch": np.stack([CLIP, CLIP + 3]),
        "bad": {"text": "x", "ragged": [[1], [1, 2]], "one": 5.0, "names": ["a"]},
    }
    path = tmp_path / "x.pkl"
    path.write_bytes(pickle.dumps(by_name))
    assert np.array_equal(open_clip(clip(path, "pickle", Way(("train/11August", "keypoint")))), CLIP)
    assert np.array_equal(
        open_clip(
            clip(
                path,
                "pickle",
                Way(("train", "11August", "other")),
            )
        ),
        CLIP + 1,
    )
    assert np.array_equal(
        open_clip(
            clip(
                path,
                "pickle",
                Way(("7", "0")),
            )
        ),
        CLIP + 2,
    )
    assert np.array_equal(
        open_clip(
            clip(
                path,
                "pickle",
                Way(("7", "0")),
                rows=(1, 2),
            )
        ),
        CLIP[1:2] + 2,
    )
    assert open_clip(
        clip(
            path,
            "pickle",
            Way(("7", "1")),
        )
    ).tolist() == [[1, 2], [3, 4]]
    assert np.array_equal(open_clip(clip(path, "pickle", Entry(Way(("batch",)), 1))), CLIP + 3)
    assert np.array_equal(
        open_clip(
            clip(
                path,
                "pickle",
                Way(("batch", "1")),
            )
        ),
        CLIP + 3,
    )
    assert fault(clip(path, "pickle", Way(("train", "nobody", "keypoint")))) == "shape"
    assert fault(clip(path, "pickle", Way(("7", "5")))) == "shape"
    assert fault(clip(path, "pickle", Entry(Way(("batch",)), 2))) == "shape"
    assert fault(clip(path, "pickle", Way(("bad", "ragged")))) == "shape"
    assert fault(clip(path, "pickle", Way(("bad", "text")))) == "unsupported"
    assert fault(clip(path, "pickle", Way(("bad", "one")))) == "unsupported"
    assert fault(clip(path, "pickle", Way(("bad", "names")))) == "shape"
    assert fault(clip(path, "pickle", WHOLE)) == "unsupported"


def test_an_array_inside_an_object_that_is_not_built_is_found(tmp_path: Path) -> None:
    path = tmp_path / "x.pkl"
    path.write_bytes(b"\x80\x04cmy\nSample\n)\x81}\x8c\x04sign" + pickle.dumps(CLIP, 4)[2:-1] + b"sb.")
    assert np.array_equal(open_clip(clip(path, "pickle", Way(("sign",)))), CLIP)
    path.write_bytes(b"\x80\x04}\x8c\x04signcmy\nSample\n)\x81s.")
    assert fault(clip(path, "pickle", Way(("sign",)))) == "refused"


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
    values = open_clip(clip(some_file, "table", TableRow(0)))
    assert values.shape == (3, 2, 2)
    assert values[1].tolist() == [[0.2, 8], [2, 5]] and np.isnan(values[0, 0, 1])
    assert open_clip(clip(some_file, "table", TableRow(0), rows=(1, 3))).shape == (2, 2, 2)
    assert open_clip(clip(some_file, "table", TableRow(1))).shape == (3, 2, 2)
    assert fault(clip(some_file, "table", TableRow(2))) == "shape"
    assert fault(clip(some_file, "table", TableRow(3))) == "corrupt"
    assert fault(clip(some_file, "table", TableRow(4))) == "shape"
    give(Table(("a", "b"), [["1", "2"]]))
    assert fault(clip(some_file, "table", TableRow(0))) == "unsupported"


def test_the_container_that_was_opened_last_is_kept_for_the_next_clip_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    own = clips._read

    def counted(path: Path, name: str) -> Any:
        read.append(path.name)
        return own(path, name)

    for name in ("a.npz", "b.npz"):
        np.savez(tmp_path / name, X=np.stack([CLIP, CLIP + 1]), Y=CLIP)
    monkeypatch.setattr(clips, "_read", counted)
    wanted = [("a", 0), ("a", 1), ("b", 0), ("a", 1)]

    with opened_clips() as opened:
        for name, index in wanted:
            found = opened(clip(tmp_path / f"{name}.npz", "npz", Entry(Member("X"), index)))
            assert np.array_equal(found, CLIP + index)

    assert read == ["a.npz", "b.npz", "a.npz"]


def test_a_container_that_has_changed_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, X=CLIP)
    with opened_clips() as opened:
        opened(clip(path, "npz", Member("X")))
        np.savez(path, X=CLIP[:3] + 1)
        os.utime(path, (1, 1))

        assert np.array_equal(opened(clip(path, "npz", Member("X"))), CLIP[:3] + 1)
