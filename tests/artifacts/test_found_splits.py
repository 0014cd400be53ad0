"""Splits that are told beside the annotations: by folders, and by lists of ids."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.directory.discovery import discover
from tests.folders import write


def table(first: int, count: int) -> str:
    return "id,label\n" + "".join(f"v{i:04},sign{i % 3}\n" for i in range(first, first + count))


def splits_of(root: Path) -> Counter[str]:
    [(data, _)] = discover(root).cases
    return Counter(row.split for file in data.annotations for row in file.rows)


@pytest.mark.parametrize("home", ["", "set_split/", "a/data_split/b/"])
@pytest.mark.parametrize("name", ["train.csv", "train_labels.csv", "test.csv"])
@pytest.mark.parametrize("folders", [("train", "val", "test"), ("training", "dev", "eval")])
def test_folders_tell_the_split_of_files_with_one_name(
    tmp_path: Path, home: str, name: str, folders: tuple[str, ...]
) -> None:
    for i, folder in enumerate(folders):
        write(tmp_path / f"{home}{folder}/{name}", table(100 * i, 10 * (3 - i)))

    assert splits_of(tmp_path) == {"train": 30, "dev": 20, "test": 10}


@pytest.mark.parametrize("folder", ["train", "annotations", "test_bench"])
def test_names_tell_the_split_of_files_in_one_folder(tmp_path: Path, folder: str) -> None:
    for i, name in enumerate(("train", "dev", "test")):
        write(tmp_path / folder / f"{name}.csv", table(100 * i, 10 * (3 - i)))

    assert splits_of(tmp_path) == {"train": 30, "dev": 20, "test": 10}


def test_a_column_of_splits_is_heard_before_the_folders(tmp_path: Path) -> None:
    rows = "id,label,split\n" + "".join(f"w{i},a{i % 2},dev\n" for i in range(6))
    write(tmp_path / "test/train.csv", rows)
    write(tmp_path / "train/train.csv", table(0, 9))

    assert splits_of(tmp_path) == {"train": 9, "dev": 6}


@pytest.mark.parametrize(
    "of_rows", ["v{:04}.mp4", "v{:04}", "v{:04}.npy", "videos/v{:04}.mp4", "D:\\data\\v{:04}.avi"]
)
@pytest.mark.parametrize("of_lists", ["v{:04}", "v{:04}.mp4", "train/v{:04}.avi", "features/v{:04}.npy"])
def test_lists_of_ids_and_file_names_are_held_against_each_other(
    tmp_path: Path, of_rows: str, of_lists: str
) -> None:
    rows = "".join(f"{of_rows.format(i)},A B C\n" for i in range(20))
    write(tmp_path / "annotations.csv", "id,gloss\n" + rows)
    write(tmp_path / "splits/train.txt", "".join(of_lists.format(i) + "\n" for i in range(15)))
    dev = of_lists.replace("train/", "dev/")
    write(tmp_path / "splits/dev.txt", "".join(dev.format(i) + "\n" for i in range(15, 20)))

    assert splits_of(tmp_path) == {"train": 15, "dev": 5}


def test_ids_that_two_lists_share_but_for_their_folders_get_no_split(tmp_path: Path) -> None:
    write(tmp_path / "annotations.csv", "id,gloss\n" + "".join(f"v{i}.mp4,A B\n" for i in range(4)))
    for split in ("train", "dev"):
        write(tmp_path / f"splits/{split}.txt", "".join(f"{split}/v{i}\n" for i in range(4)))

    assert splits_of(tmp_path) == {"": 4}


def clips(home: Path, names: list[str]) -> None:
    for i, name in enumerate(names):
        path = home / f"{name}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, np.random.default_rng(i).normal(size=(12 + i, 42)).astype(np.float32))


@pytest.mark.parametrize("of_rows", ["v{:04}", "v{:04}.mp4", "v{:04}.npy"])
@pytest.mark.parametrize(
    "folders",
    [
        ("features/train", "features/dev", "features/test"),
        ("poses/Training/s{}", "poses/Validation/s{}", "poses/Testing/s{}"),
        ("treino/keypoints", "validação/keypoints", "teste/keypoints"),
    ],
)
def test_the_folder_of_its_features_tells_the_split_of_a_sample(
    tmp_path: Path, folders: tuple[str, ...], of_rows: str
) -> None:
    rows = "".join(f"{of_rows.format(i)},sign{i % 3}\n" for i in range(24))
    write(tmp_path / "annotations.csv", f"id,label\n{rows}")
    for folder, part in zip(folders, (range(14), range(14, 20), range(20, 24)), strict=True):
        for i in part:
            clips(tmp_path / folder.format(i % 2), [f"v{i:04}"])

    assert splits_of(tmp_path) == {"train": 14, "dev": 6, "test": 4}


def test_the_file_of_its_features_tells_the_split_of_a_sample(tmp_path: Path) -> None:
    write(tmp_path / "labels.csv", table(0, 20))
    for name, part in (("train", range(12)), ("val", range(12, 20))):
        arrays: dict[str, Any] = {f"v{i:04}": np.ones((9 + i, 30)) for i in part}
        np.savez(tmp_path / f"{name}.npz", **arrays)

    assert splits_of(tmp_path) == {"train": 12, "dev": 8}


@pytest.mark.parametrize(
    ("of_rows", "of_files"),
    [
        ("videos/v{:04}.mp4", "v{:04}"),
        ("D:\\data\\v{:04}.avi", "v{:04}"),
        ("{}", "{:05}"),
        ("v{:04}", "feat_v{:04}"),
        ("v{:04}", "v{:04}_keypoints"),
        ("v{:04}", "Signer0{s}_v{:04}"),
    ],
)
@pytest.mark.parametrize("are_listed", [False, True])
def test_names_that_differ_as_those_of_features_may_tell_the_split(
    tmp_path: Path, of_rows: str, of_files: str, are_listed: bool
) -> None:
    rows = "".join(f"{of_rows.format(i)},sign{i % 3}\n" for i in range(101, 121))
    write(tmp_path / "annotations.csv", f"id,label\n{rows}")
    for split, part in (("train", range(101, 113)), ("dev", range(113, 121))):
        names = [of_files.format(i, s=i % 4) for i in part]
        clips(tmp_path / "features" / ("" if are_listed else split), names)
        if are_listed:
            write(tmp_path / f"{split}_list.txt", "".join(f"{name}.npy\n" for name in names))

    assert splits_of(tmp_path) == {"train": 12, "dev": 8}


def test_a_sample_without_features_or_with_features_in_two_splits_has_none(tmp_path: Path) -> None:
    write(tmp_path / "annotations.csv", table(0, 42))
    clips(tmp_path / "features/train", [f"v{i:04}" for i in range(30)])
    clips(tmp_path / "features/dev", [f"v{i:04}" for i in range(28, 40)])

    assert splits_of(tmp_path) == {"train": 28, "dev": 10, "": 4}


def test_names_that_begin_anew_in_every_folder_tell_no_split(tmp_path: Path) -> None:
    write(tmp_path / "annotations.csv", table(0, 20))
    clips(tmp_path / "features/train", [f"v{i:04}" for i in range(20)])
    clips(tmp_path / "features/dev", [f"v{i:04}" for i in range(10)])

    assert splits_of(tmp_path) == {"": 20}


@pytest.mark.parametrize("folder", ["features/test", "test/features", "features/train"])
def test_one_folder_alone_tells_no_split(tmp_path: Path, folder: str) -> None:
    write(tmp_path / "annotations.csv", table(0, 20))
    clips(tmp_path / folder, [f"v{i:04}" for i in range(20)])

    assert splits_of(tmp_path) == {"": 20}


def test_a_column_of_splits_is_heard_before_the_folders_of_features(tmp_path: Path) -> None:
    rows = "".join(f"v{i:04},sign{i % 3},{'dev' if i % 2 else 'train'}\n" for i in range(20))
    write(tmp_path / "annotations.csv", f"id,label,split\n{rows}")
    clips(tmp_path / "features/train", [f"v{i:04}" for i in range(15)])
    clips(tmp_path / "features/dev", [f"v{i:04}" for i in range(15, 20)])

    assert splits_of(tmp_path) == {"train": 10, "dev": 10}


@pytest.mark.parametrize("of_rows", ["{}/{}.mp4", "clips/{}/{}"])
@pytest.mark.parametrize("of_lists", ["{}/{}", "features/{}/{}.npy"])
def test_names_that_several_folders_have_are_not_taken_for_each_other(
    tmp_path: Path, of_rows: str, of_lists: str
) -> None:
    rows = "".join(f"{of_rows.format('Ben', f'v{i:03}')},A B C\n" for i in range(10))
    write(tmp_path / "annotations.csv", "id,gloss\n" + rows)
    for split, who in (("train", "Anna"), ("dev", "Cem")):
        mine = (of_lists.format(who, f"v{i:03}") + "\n" for i in range(10))
        write(tmp_path / f"splits/{split}.txt", "".join(mine))

    assert splits_of(tmp_path) == {"": 10}
