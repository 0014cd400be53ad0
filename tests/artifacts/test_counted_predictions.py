"""Predictions that were counted: confusion matrices in every form, and reports of classifiers."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from slrdoctor import scan
from slrdoctor.artifacts.directory.discovery import discover

Counts = NDArray[np.int64]
NAMES = [f"sign{i:02d}" for i in range(12)]


def sound() -> Counts:
    return np.diag([9] * 12) + np.roll(np.diag([1] * 12), 1, axis=1)


def collapsed() -> Counts:
    """Everything is taken for the first class."""
    counts = np.zeros((12, 12), np.int64)
    counts[:, 0] = 10
    return counts


def with_names(folder: Path, counts: Counts) -> None:
    with (folder / "confusion_matrix.csv").open("w", newline="") as file:
        rows = [[name, *row] for name, row in zip(NAMES, counts.tolist(), strict=True)]
        csv.writer(file).writerows([["", *NAMES], *rows])


def with_a_header(folder: Path, counts: Counts) -> None:
    with (folder / "test_confusion.csv").open("w", newline="") as file:
        csv.writer(file).writerows([NAMES, *counts.tolist()])


def as_npy(folder: Path, counts: Counts) -> None:
    np.save(folder / "conf_mat.npy", counts)


def in_json(folder: Path, counts: Counts) -> None:
    record = {"accuracy": 0.5, "confusion_matrix": counts.tolist(), "classes": NAMES}
    (folder / "results.json").write_text(json.dumps(record))


FORMS: dict[str, Callable[[Path, Counts], None]] = {
    form.__name__: form for form in (with_names, with_a_header, as_npy, in_json)
}
EVERY_FORM = pytest.mark.parametrize("form", FORMS)


@EVERY_FORM
def test_a_classifier_that_says_one_class_is_found(form: str, tmp_path: Path) -> None:
    FORMS[form](tmp_path, collapsed())
    report = scan(tmp_path, select=("EVL905",))
    assert [finding["code"] for finding in report.findings] == ["EVL905"]
    assert "over 120 samples" in report.findings[0]["message"]


@EVERY_FORM
def test_a_classifier_that_is_right_has_no_finding(form: str, tmp_path: Path) -> None:
    FORMS[form](tmp_path, sound())
    assert not scan(tmp_path).findings
    [(_, [run])] = discover(tmp_path).cases
    [found] = run.predictions
    assert len(found.ids) == 120
    assert sum(h == r for h, r in zip(found.hypotheses, found.references, strict=True)) == 108


@pytest.mark.parametrize(
    "matrix",
    [sound() / 10, sound()[:, :-1], -sound(), np.eye(12, dtype=int)],
    ids=["shares", "not square", "negative", "a sample each"],
)
def test_other_matrices_are_no_predictions(matrix: Counts, tmp_path: Path) -> None:
    np.save(tmp_path / "confusion_matrix.npy", matrix)
    (tmp_path / "vocab.json").write_text(json.dumps({name: i for i, name in enumerate(NAMES)}))
    assert not [run for _, runs in discover(tmp_path).cases for run in runs if run.predictions]


def test_counts_of_a_test_set_are_not_held_against_the_log_of_dev(tmp_path: Path) -> None:
    with_names(tmp_path, sound())
    rows = [
        {"epoch": e, "train_loss": 2.4 * 0.7**e, "val_accuracy": 1 - 0.9 * 0.5**e} for e in range(12)
    ]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert not scan(tmp_path, select=("EVL906", "EVL905")).findings


def report(precision: float, recall: float) -> str:
    rows = [("sign00", precision, recall), *((name, 0.0, 0.0) for name in NAMES[1:])]
    lines = [f"{name:>12}       {p:.2f}      {r:.2f}      {p:.2f}        10" for name, p, r in rows]
    averages = [
        f"{name:>12}       0.01      0.08      0.01       120" for name in ("macro avg", "weighted avg")
    ]
    head = "              precision    recall  f1-score   support\n\n"
    accuracy = "\n\n    accuracy                           0.08       120\n"
    return head + "\n".join(lines) + accuracy + "\n".join(averages) + "\n"


def test_a_report_in_which_one_class_is_predicted_tells_every_prediction(tmp_path: Path) -> None:
    (tmp_path / "classification_report.txt").write_text(report(0.08, 1.0))
    [(_, [run])] = discover(tmp_path).cases
    assert set(run.predictions[0].hypotheses) == {("sign00",)} and len(run.predictions[0].ids) == 120
    assert [finding["code"] for finding in scan(tmp_path, select=("EVL905",)).findings] == ["EVL905"]


@pytest.mark.parametrize(("precision", "recall"), [(0.5, 1.0), (0.08, 0.9)])
def test_another_report_does_not_tell_what_the_wrong_ones_were_taken_for(
    precision: float, recall: float, tmp_path: Path
) -> None:
    (tmp_path / "classification_report.txt").write_text(report(precision, recall))
    (tmp_path / "vocab.json").write_text(json.dumps({name: i for i, name in enumerate(NAMES)}))
    assert not [run for _, runs in discover(tmp_path).cases for run in runs if run.predictions]
