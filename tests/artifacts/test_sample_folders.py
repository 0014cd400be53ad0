"""Folders whose files are samples of one frame, tables with gaps, and clips that are written as json."""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor import scan
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.formats import json_file
from slrdoctor.artifacts.kinds.features.clips import open_clip
from slrdoctor.artifacts.run import FeatureSet

RNG = np.random.default_rng(0)
Array = np.ndarray[Any, Any]


def codes_of(root: Path) -> set[str]:
    return {finding["code"] for finding in scan(root).findings}


def only_set(root: Path) -> FeatureSet:
    [(data, _)] = discover(root).cases
    [found] = data.features
    return found


def save(path: Path, array: Array) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, array)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def as_vectors(root: Path, label: str, i: int, x: Array) -> None:
    save(root / "landmarks" / label / f"{label}_{i}.npy", x)


def as_plain_numbers(root: Path, label: str, i: int, x: Array) -> None:
    save(root / label / f"{i:04d}.npy", x)


def as_landmarks(root: Path, label: str, i: int, x: Array) -> None:
    save(root / "veri" / label / f"el_{i}.npy", x.reshape(21, 3))


def as_split_folders(root: Path, label: str, i: int, x: Array) -> None:
    save(root / "train" / label / f"img{i}.npy", x)


def as_tables(root: Path, label: str, i: int, x: Array) -> None:
    write(root / "data" / label / f"{label}{i}.csv", ",".join(f"{v:.6f}" for v in x) + "\n")


def as_tables_with_a_header(root: Path, label: str, i: int, x: Array) -> None:
    head = ",".join(f"{axis}{k}" for k in range(21) for axis in "xyz")
    write(root / "csv" / label / f"{i}.csv", f"{head}\n" + ",".join(f"{v:.6f}" for v in x) + "\n")


Write = Callable[[Path, str, int, Array], None]
FRAMES: dict[str, Write] = {
    one.__name__: one
    for one in (
        as_vectors, as_plain_numbers, as_landmarks, as_split_folders, as_tables,
        as_tables_with_a_header,
    )
}  # fmt: skip
NAMES = {
    "letters": ("A", "B", "C"),
    "words": ("merhaba", "evet", "hayır"),
    "signs": ("你好", "谢谢", "是"),
}


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("form", FRAMES)
def test_files_of_one_frame_in_class_folders_are_samples(tmp_path: Path, form: str, names: str) -> None:
    for label in NAMES[names]:
        for i in range(6):
            FRAMES[form](tmp_path, label, i, RNG.uniform(size=63))

    found = only_set(tmp_path)

    assert len(found.clips) == 18 and {c.label for c in found.clips} == set(NAMES[names])
    frames = {open_clip(clip).shape for clip in found.clips}
    assert len(frames) == 1 and frames <= {(63,), (1, 63), (1, 21, 3)}


@pytest.mark.parametrize("form", FRAMES)
def test_a_sample_of_zeros_and_one_that_is_not_finite_are_found(tmp_path: Path, form: str) -> None:
    for label in "ABC":
        for i in range(8):
            x = RNG.uniform(size=63)
            x[...] = 0 if i == 2 else x
            x[7] = np.nan if i == 3 else x[7]
            FRAMES[form](tmp_path, label, i, x)

    assert {"FEA104", "FEA105"} <= codes_of(tmp_path)


def test_numbered_folders_and_annotated_ones_stay_clips(tmp_path: Path) -> None:
    for clip in ("clip_01", "clip_02", "clip_03"):
        for i in range(6):
            save(tmp_path / "numbered" / "features" / clip / f"{clip}_{i}.npy", RNG.uniform(size=63))
    for clip in ("anna", "berta", "carl"):
        for i in range(6):
            save(tmp_path / "annotated" / "features" / clip / f"{i}.npy", RNG.uniform(size=63))
    write(tmp_path / "annotated" / "all.csv", "video,gloss\nanna,A B\nberta,C\ncarl,A\n")

    for name in ("numbered", "annotated"):
        found = only_set(tmp_path / name)
        assert found.layout == "folder of frames per sample" and len(found.clips) == 3


def test_a_table_whose_first_frames_have_no_hand_is_a_clip(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    for i in range(5):
        x = RNG.uniform(size=(20, 63))
        x[: 7 + i, 21:42] = np.nan
        frame = pandas.DataFrame(x, columns=[f"f{k}" for k in range(63)])
        (tmp_path / "parquet").mkdir(exist_ok=True)
        (tmp_path / "csv").mkdir(exist_ok=True)
        frame.to_parquet(tmp_path / "parquet" / f"a{i}.parquet")
        frame.to_csv(tmp_path / "csv" / f"a{i}.csv", index=False)

    for name in ("parquet", "csv"):
        found = only_set(tmp_path / name)
        assert len(found.clips) == 5
        assert np.isnan(open_clip(found.clips[0])[:7, 21:42]).all()


def test_tables_of_texts_in_a_folder_are_no_clips(tmp_path: Path) -> None:
    for i in range(5):
        write(tmp_path / "features" / f"a{i}.csv", "when,what\n" + "12:00,a note\n" * 5)
    save(tmp_path / "keypoints" / "x.npy", RNG.uniform(size=(9, 63)))

    assert only_set(tmp_path).where == "keypoints"


def nested(x: Array) -> Any:
    return x.round(5).tolist()


CLIPS: dict[str, Callable[[Array], Any]] = {
    "data": lambda x: {"data": nested(x)},
    "a list": nested,
    "flat frames": lambda x: {"fps": 25, "pose": nested(x.reshape(len(x), -1))},
    "another name": lambda x: {"signer": "s1", "coords": nested(x), "size": [1280, 720]},
    "a record a frame": lambda x: [{"frame": t, "landmarks": nested(f)} for t, f in enumerate(x)],
    "records under a name": lambda x: {
        "video": "a.mp4",
        "frames": [{"t": t / 25, "keypoints": nested(f)} for t, f in enumerate(x)],
    },
}


@pytest.mark.parametrize("names", ["01 02 03", "hallo danke ja"])
@pytest.mark.parametrize("form", CLIPS)
def test_a_json_file_is_a_clip_and_its_folder_the_class(tmp_path: Path, form: str, names: str) -> None:
    stored = {}
    for label in names.split():
        for i in range(4):
            x = RNG.uniform(size=(10 + i, 42, 2))
            x[:, 21:] = 0
            stored[f"{label}/kp_{label}_{i}"] = x
            write(tmp_path / "clips" / label / f"kp_{label}_{i}.json", json.dumps(CLIPS[form](x)))

    found = only_set(tmp_path)

    assert {clip.key for clip in found.clips} == set(stored)
    assert {clip.label for clip in found.clips} == set(names.split())
    for clip in found.clips:
        x = stored[clip.key]
        assert np.allclose(open_clip(clip).reshape(len(x), -1), x.reshape(len(x), -1), atol=1e-5)
    assert "FEA106" in codes_of(tmp_path)


def test_a_frame_without_anybody_is_zeros_and_ragged_frames_are_told(tmp_path: Path) -> None:
    x = nested(RNG.uniform(size=(9, 21, 3)))
    records = [{"landmarks": frame} for frame in x]
    records[4] = {"landmarks": []}
    for i in range(4):
        write(tmp_path / "clips" / f"a{i}.json", json.dumps(records))
    write(tmp_path / "clips" / "b.json", json.dumps([*records, {"landmarks": x[0][:7]}]))

    found = {clip.key: clip for clip in only_set(tmp_path).clips}

    assert not open_clip(found["a1"])[4].any() and open_clip(found["a1"])[5].any()
    assert "FEA103" in codes_of(tmp_path)


def test_json_of_other_things_is_no_clip(tmp_path: Path) -> None:
    for i in range(4):
        matrix = {"iou": [[0.5, 0.25], [0.1, 0.9]], "names": ["a", "b"], "steps": [1, 2, 3]}
        write(
            tmp_path / "runs" / f"settings_{i}.json",
            json.dumps({"anchors": [[1, 2], [3, 4]], "lr": 0.1}),
        )
        write(
            tmp_path / "lists" / f"part{i}.json", json.dumps({f"clip{k}": ["A", "B"] for k in range(5)})
        )
        write(
            tmp_path / "logs" / f"h{i}.json",
            json.dumps({"loss": [3.0, 2.5], "acc": [0.1, 0.2], "m": matrix}),
        )

    [(data, _)] = discover(tmp_path).cases

    assert not data.features


def test_one_json_file_of_many_clips_is_a_set_of_them(tmp_path: Path) -> None:
    clips = {f"v{i}": nested(RNG.uniform(size=(8 + i, 6))) for i in range(5)}
    write(tmp_path / "features.json", json.dumps(clips))
    write(tmp_path / "train.csv", "id,gloss\n" + "".join(f"v{i},A B\n" for i in range(5)))

    found = only_set(tmp_path)

    assert {c.key: open_clip(c).shape for c in found.clips} == {f"v{i}": (8 + i, 6) for i in range(5)}


def test_json_is_read_by_orjson_where_it_is_there_and_by_python_where_it_refuses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def loads(text: str) -> Any:
        asked.append(text)
        if "NaN" in text:
            raise ValueError("not a number")
        return json.loads(text)

    monkeypatch.setitem(sys.modules, "orjson", types.SimpleNamespace(loads=loads))
    json_file._orjson.cache_clear()
    try:
        assert json_file.parse("[[0.5, 1]]") == [[0.5, 1]] and np.isnan(json_file.parse("[NaN]")[0])
        assert asked == ["[[0.5, 1]]", "[NaN]"]
    finally:
        json_file._orjson.cache_clear()


def test_json_is_read_without_orjson(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "orjson", None)  # as if it were not installed
    json_file._orjson.cache_clear()
    try:
        assert json_file.parse('{"a": [[0.5]]}') == {"a": [[0.5]]}
    finally:
        json_file._orjson.cache_clear()


@pytest.mark.parametrize(("text", "depth"), [("[]", 1), ('{"a": [1, [2]]}', 3), ("3", 0), ("[[[", 3)])
def test_the_depth_of_brackets_is_told_from_the_text(text: str, depth: int) -> None:
    assert json_file.deepest(text) == depth
