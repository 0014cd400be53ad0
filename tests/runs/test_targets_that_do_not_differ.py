"""Runs with one class, and runs beside the labels of another set, scanned as folders."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import slrdoctor
from slrdoctor.core.report import Report


def codes(report: Report) -> list[str]:
    return [finding["code"] for finding in report.findings if finding["root_cause"]]


def keras(folder: Path, loss: float, accuracy: float) -> None:
    rows = "".join(f"{e},{accuracy},{loss},{accuracy},{loss}\n" for e in range(30))
    (folder / "training.log").write_text("epoch,accuracy,loss,val_accuracy,val_loss\n" + rows)


def train_only(folder: Path, loss: float, accuracy: float) -> None:
    rows = "".join(f"{e},{loss:.4f},{accuracy:.4f}\n" for e in range(1, 31))
    (folder / "history.csv").write_text("epoch,train_loss,train_acc\n" + rows)


def as_json(folder: Path, loss: float, accuracy: float) -> None:
    curves = {"loss": [loss] * 30, "accuracy": [accuracy] * 30, "val_accuracy": [accuracy] * 30}
    (folder / "history.json").write_text(json.dumps(curves))


def printed(folder: Path, loss: float, accuracy: float) -> None:
    lines = [f"Epoch {e}/30: train_loss: {loss:.4f} val_acc: {accuracy:.4f}" for e in range(1, 31)]
    (folder / "train.log").write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize("write", [keras, train_only, as_json, printed])
def test_a_loss_of_0_and_an_accuracy_of_100_from_the_start_are_those_of_one_class(
    write: Callable[[Path, float, float], None], tmp_path: Path
) -> None:
    write(tmp_path, 0.0, 1.0)

    report = slrdoctor.scan(tmp_path)

    assert codes(report) == ["EVL905"]
    assert "as with a single class" in report.findings[0]["message"]


@pytest.mark.parametrize("write", [keras, train_only, as_json, printed])
def test_a_run_that_was_good_from_the_start_is_not_one_of_one_class(
    write: Callable[[Path, float, float], None], tmp_path: Path
) -> None:
    write(tmp_path, 0.0021, 1.0)

    assert "EVL905" not in codes(slrdoctor.scan(tmp_path))


def test_a_run_that_goes_on_after_it_had_learned_is_not_one_of_one_class(tmp_path: Path) -> None:
    rows = "".join(f"{e},1.0,0.0\n" for e in range(40, 60))
    (tmp_path / "training.log").write_text("epoch,accuracy,loss\n" + rows)

    assert "EVL905" not in codes(slrdoctor.scan(tmp_path))


@pytest.mark.parametrize(("classes", "others"), [(100, 1000), (20, 300), (400, 2000)])
def test_a_loss_that_stands_at_guessing_is_found_beside_the_labels_of_a_larger_set(
    classes: int, others: int, tmp_path: Path
) -> None:
    stood_still(tmp_path, classes, others, 1 / classes)

    assert "TRN502" in codes(slrdoctor.scan(tmp_path))


def test_a_model_that_knows_more_than_guessing_is_not_accused_for_a_flat_loss(tmp_path: Path) -> None:
    stood_still(tmp_path, 100, 1000, 0.35)

    assert "TRN502" not in codes(slrdoctor.scan(tmp_path))


def stood_still(folder: Path, classes: int, others: int, accuracy: float) -> None:
    chance = np.random.default_rng(classes)
    signs = [
        {
            "gloss": f"sign{i}",
            "instances": [
                {"video_id": f"{i}_{k}", "split": split, "signer_id": k}
                for k, split in enumerate(("train", "train", "train", "train", "val"))
            ],
        }
        for i in range(others)
    ]
    (folder / "all_signs.json").write_text(json.dumps(signs))
    rows = "".join(
        f"{e},{math.log(classes) + chance.normal(0, 0.003):.4f},{accuracy:.4f},"
        f"{math.log(classes) + 0.004:.4f},{accuracy:.4f}\n"
        for e in range(1, 41)
    )
    (folder / "log.csv").write_text("epoch,train_loss,train_acc,val_loss,val_acc\n" + rows)
