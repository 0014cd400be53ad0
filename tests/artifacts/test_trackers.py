"""The files that MLflow and W&B keep of runs."""

from __future__ import annotations

import math
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import slrdoctor
from slrdoctor.artifacts.content import Tree, Unreadable
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.formats import read
from slrdoctor.artifacts.run import TrainingRun
from tests.artifacts.tracker_files import (
    Metrics,
    field,
    history_record,
    run_record,
    wandb_bytes,
    write_mlflow_db,
    write_mlruns,
    write_wandb,
)

HEALTHY = Path(__file__).resolve().parents[2] / "examples" / "healthy"
CURVES = {
    "train/loss": [3.3 * 0.8**n for n in range(12)],
    "val/loss": [3.4 * 0.85**n for n in range(12)],
    "val/wer": [1 - n / 20 for n in range(12)],
}
CONFIG = {"num_classes": 41, "lr": 0.003, "optimiser": "lion"}


def in_mlruns(folder: Path, metrics: Metrics, config: Mapping[str, Any]) -> Path:
    return write_mlruns(folder / "mlruns" / "7" / "00ff", metrics, config)


def in_database(folder: Path, metrics: Metrics, config: Mapping[str, Any]) -> Path:
    return write_mlflow_db(folder / "mlflow.db", {"zug": metrics}, config)


def in_wandb(folder: Path, metrics: Metrics, config: Mapping[str, Any]) -> Path:
    return write_wandb(
        folder / "wandb" / "offline-run-20250203_040506-k7" / "run-k7.wandb", metrics, config
    )


WRITERS = pytest.mark.parametrize("writer", [in_mlruns, in_database, in_wandb])
Writer = Callable[[Path, Metrics, Mapping[str, Any]], Path]


def runs(folder: Path) -> list[TrainingRun]:
    return [run for _, runs in discover(folder).cases for run in runs if run.histories]


def curve(
    run: TrainingRun, split: str, quantity: str
) -> tuple[tuple[float, ...], tuple[float, ...], str]:
    [found] = [s for h in run.histories for s in h.series if (s.split, s.quantity) == (split, quantity)]
    return found.epochs, found.values, found.per


@WRITERS
def test_a_tracked_run_is_a_history_with_its_config(writer: Writer, tmp_path: Path) -> None:
    writer(tmp_path, CURVES, CONFIG)
    [run] = runs(tmp_path)
    [history] = run.histories
    assert history.facts["config"] == CONFIG
    epochs, values, per = curve(run, "train", "loss")
    assert (epochs, per) == (tuple(range(12)), "epoch")
    assert values == pytest.approx(CURVES["train/loss"])
    assert curve(run, "dev", "wer")[1] == pytest.approx(CURVES["val/wer"])


@WRITERS
def test_values_that_are_not_finite_are_kept(writer: Writer, tmp_path: Path) -> None:
    writer(tmp_path, {**CURVES, "train/loss": [2.0, 1.5, math.inf, *[math.nan] * 9]}, {})
    values = curve(runs(tmp_path)[0], "train", "loss")[1]
    assert values[:3] == (2.0, 1.5, math.inf) and all(map(math.isnan, values[3:]))


@WRITERS
def test_steps_that_one_epoch_has_many_of_are_no_epochs(writer: Writer, tmp_path: Path) -> None:
    metrics = {
        "epoch": [float(n // 50) for n in range(200)],
        "train_loss": [9 / (n + 1) for n in range(200)],
    }
    writer(tmp_path, metrics, {})
    epochs, _, per = curve(runs(tmp_path)[0], "train", "loss")
    assert per == "step" and epochs[-1] == 199


@WRITERS
def test_a_tracker_that_says_otherwise_does_not_count_beside_a_history(
    writer: Writer, tmp_path: Path
) -> None:
    shutil.copytree(HEALTHY, tmp_path / "run")
    before = slrdoctor.scan(tmp_path / "run")
    path = writer(tmp_path / "run", {"train_loss": [3.0] * 30, "val_loss": [3.1] * 30}, {})
    after = slrdoctor.scan(tmp_path / "run")
    assert after.verdict == before.verdict and not after.diagnoses
    [choice] = [c for c in after.run["choices"] if c["kind"] == "history"]
    assert path.relative_to(tmp_path / "run").parts[0] in choice["others"][0]


@WRITERS
def test_a_run_that_does_not_learn_is_found_in_its_tracker_alone(writer: Writer, tmp_path: Path) -> None:
    stuck = [math.log(41) + 0.001 * (n % 3) for n in range(25)]
    flat = [1 / 41 + 0.001 * (n % 2) for n in range(25)]
    writer(tmp_path, {"train/loss": stuck, "val/loss": stuck, "val/accuracy": flat}, CONFIG)
    assert slrdoctor.scan(tmp_path).diagnoses[0].check.code == "TRN502"


def test_runs_of_one_database_are_told_apart_and_deleted_ones_left_out(tmp_path: Path) -> None:
    other = {**CURVES, "train/loss": [5.0 - n / 9 for n in range(12)]}
    write_mlflow_db(tmp_path / "mlflow.db", {"gross": CURVES, "klein": other})
    assert [run.name for run in runs(tmp_path)] == ["mlflow.db#gross", "mlflow.db#klein"]
    write_mlflow_db(tmp_path / "gone" / "mlflow.db", {"weg": CURVES}, stage="deleted")
    content = read(tmp_path / "gone" / "mlflow.db")
    assert isinstance(content, Tree) and not content.value


def test_two_runs_of_a_file_store_are_two_and_their_settings_are_no_vocabulary(tmp_path: Path) -> None:
    for name in ("aa", "bb"):
        write_mlruns(tmp_path / "mlruns" / "0" / name, CURVES, {"num_classes": 5, "labels": "A"})
    assert [run.name for run in runs(tmp_path)] == ["mlruns/0/aa", "mlruns/0/bb"]
    assert not any(data.vocabularies for data, _ in discover(tmp_path).cases)


def test_a_database_of_something_else_is_unsupported_and_never_asked_for_views(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT "
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as base, base:
        base.execute(
            f"CREATE VIEW metrics AS {endless} x AS key, 1 AS value, 1 AS step, 1 AS run_uuid FROM c"
        )
        base.execute("CREATE TABLE runs (run_uuid TEXT)")
        base.execute("INSERT INTO runs VALUES (1)")
    with pytest.raises(Unreadable) as caught:
        read(tmp_path / "mlflow.db")
    assert caught.value.fault == "unsupported"


def wandb_values(data: bytes, path: Path) -> dict[str, list[float]]:
    path.write_bytes(data)
    content = read(path)
    assert isinstance(content, Tree)
    return {metric["tag"]: metric["value"].tolist() for metric in content.value[0]["metrics"]}


def test_records_may_be_cut_where_blocks_end(tmp_path: Path) -> None:
    long = [history_record(n, {"loss": n, "text": "x" * (9000 + 7001 * n)}) for n in range(20)]
    assert wandb_values(wandb_bytes(long), tmp_path / "a.wandb") == {
        "loss": [float(n) for n in range(20)]
    }


@pytest.mark.parametrize("size", range(32741, 32758))
def test_a_block_may_end_with_less_than_a_head_of_a_piece(size: int, tmp_path: Path) -> None:
    first = field(7, b"x" * (size - 24))
    records = [first, history_record(0, {"wer": 0.5}), history_record(1, {"wer": 0.25})]
    assert wandb_values(wandb_bytes(records), tmp_path / "a.wandb") == {"wer": [0.5, 0.25]}


def test_nested_keys_and_nested_values_are_one_name(tmp_path: Path) -> None:
    records = [
        history_record(0, {"dev/wer": 0.5}, nested=True),
        history_record(1, {"dev": {"wer": 0.4}}),
    ]
    assert wandb_values(wandb_bytes(records), tmp_path / "a.wandb") == {"dev/wer": [0.5, 0.4]}


def test_a_record_that_is_damaged_is_left_out_and_those_after_it_are_read(tmp_path: Path) -> None:
    records = [run_record({}), b"\xff" * 40, history_record(3, {"loss": 7.5})]
    assert wandb_values(wandb_bytes(records), tmp_path / "a.wandb") == {"loss": [7.5]}


def test_what_is_no_number_is_no_metric(tmp_path: Path) -> None:
    values = {"t": True, "s": "0.5", "n": None, "l": [1.0], "big": 10**400, "table": {"_type": "table"}}
    assert not wandb_values(wandb_bytes([history_record(0, values)]), tmp_path / "a.wandb")


@pytest.mark.parametrize("data", [b"x" * 50, b":W&B\xe1\xbe\0", b":W&B\xe1\xbe\0" + b"\xff" * 70000])
def test_what_is_no_file_of_wandb_is_unreadable(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "run.wandb").write_bytes(data)
    with pytest.raises(Unreadable):
        read(tmp_path / "run.wandb")


def test_a_metric_of_mlflow_without_numbers_is_unreadable(tmp_path: Path) -> None:
    path = write_mlruns(tmp_path / "mlruns" / "0" / "aa", {"loss": []})
    path.write_text("no numbers here\n1 2\n3\n", encoding="utf-8")
    path.write_text("no numbers\n", encoding="utf-8")
    with pytest.raises(Unreadable):
        read(path)
