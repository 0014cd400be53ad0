"""Folds of a cross-validation: a sample of train in one fold and of dev in another is no leak."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.examination.scan import scan
from slrdoctor.words.folds import fold_of_name
from tests.folders import write

SIGNS = ("hello", "no", "thanks")
Rows = list[tuple[str, str]]
Splits = dict[str, Rows]
Writer = Callable[[Path, int, Splits], None]


def csv_at(place: str) -> Writer:
    """A table a split, at a place with the number of the fold and the word of the split."""

    def put(root: Path, fold: int, splits: Splits) -> None:
        for split, rows in splits.items():
            table = "".join(f"{name},{label}\n" for name, label in rows)
            write(root / place.format(fold=fold, split=split), "id,label\n" + table)

    return put


def one_json(root: Path, fold: int, splits: Splits) -> None:
    records = {s: [{"id": name, "label": label} for name, label in rows] for s, rows in splits.items()}
    write(root / f"split_{fold}.json", json.dumps(records))


LAYOUTS = {
    "a folder a fold": csv_at("fold_{fold}/{split}.csv"),
    "the fold before the split": csv_at("fold{fold}_{split}.csv"),
    "the split before the number": csv_at("splits/{split}_{fold}.csv"),
    "a signer left out": csv_at("data/loso_p{fold}/{split}.csv"),
    "a json a fold": one_json,
}


def folds(count: int = 4) -> list[Splits]:
    rows = [(f"p{s}_{sign}_{i}", sign) for s in range(count) for sign in SIGNS for i in range(5)]
    return [
        {
            "train": [r for r in rows if not r[0].startswith(f"p{k}")],
            "val": [r for r in rows if r[0].startswith(f"p{k}")],
        }
        for k in range(count)
    ]


def features(root: Path, names: set[str]) -> None:
    """An array a sample: with ids that hold the label and a count, only these show what is shared."""
    for i, name in enumerate(sorted(names)):
        write(root / f"keypoints/{name}.npy", "")
        clip = np.random.default_rng(i).normal(size=(12, 10)).astype(np.float32)
        np.save(root / f"keypoints/{name}.npy", clip)


def written(root: Path, layout: Writer, all_folds: list[Splits]) -> None:
    for k, splits in enumerate(all_folds):
        layout(root, k, splits)
    features(root, {name for splits in all_folds for rows in splits.values() for name, _ in rows})


def found(root: Path) -> set[str]:
    return {finding["code"] for finding in scan(root).findings}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("count", [2, 5])
def test_a_sample_of_two_folds_is_not_in_two_splits(tmp_path: Path, layout: str, count: int) -> None:
    written(tmp_path, LAYOUTS[layout], folds(count))

    assert "SPL301" not in found(tmp_path)
    directory = discover(tmp_path)
    [choice] = [c for c in directory.choices if c.kind == "annotations"]
    assert f"fold {'p' if 'left out' in layout else ''}0 of {count}" in choice.why
    [(data, _)] = directory.cases
    assert sum(len(f.rows) for f in data.annotations) == 15 * count


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("leaking", [0, 1, 3])
def test_a_sample_of_two_splits_of_one_fold_is_found_in_whichever_fold(
    tmp_path: Path, layout: str, leaking: int
) -> None:
    broken = folds()
    broken[leaking]["train"] += broken[leaking]["val"][:4]
    written(tmp_path, LAYOUTS[layout], broken)

    report = scan(tmp_path)

    [finding] = [f for f in report.findings if f["code"] == "SPL301"]
    assert len(finding["samples"]) == 4


@pytest.mark.parametrize(
    "place", ["part{fold}_{split}.csv", "{split}_{fold}.csv", "parts/{split}-{fold}.csv"]
)
def test_parts_of_one_set_are_no_folds(tmp_path: Path, place: str) -> None:
    """A set that was written in parts has other samples in each: a leak between parts is one."""
    parts: list[Splits] = []
    for k in range(3):
        rows = [(f"p{k}_{sign}_{i}", sign) for sign in SIGNS for i in range(5)]
        before = [(f"p{(k + 1) % 3}_{sign}_0", sign) for sign in SIGNS]
        parts.append({"train": rows, "val": before})
    written(tmp_path, csv_at(place), parts)

    assert "SPL301" in found(tmp_path)


def test_a_test_set_that_all_folds_share_is_compared_with_the_fold(tmp_path: Path) -> None:
    written(tmp_path, LAYOUTS["the split before the number"], folds())
    write(tmp_path / "splits/test.csv", "id,label\nquiz,hello\nexam,no\np2_no_1,no\n")

    [finding] = [f for f in scan(tmp_path).findings if f["code"] == "SPL301"]
    assert finding["samples"] == ["p2_no_1"]


@pytest.mark.parametrize(
    ("where", "fold"),
    [
        ("data/fold_0/train.csv", ("data", "0")),
        ("cv3/val.csv", ("", "3")),
        ("splits/train_12.csv", ("splits", "12")),
        ("loso_p2/dev.json", ("", "p2")),
        ("split-b/dev.json", ("", "b")),
        ("splits/train.csv", ("", "")),
        ("runs/train.csv", ("", "")),
        ("phoenix2014/train.csv", ("", "")),
    ],
)
def test_names_of_folds(where: str, fold: tuple[str, str]) -> None:
    assert fold_of_name(where) == fold
