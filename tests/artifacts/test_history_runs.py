"""The histories of real runs, as their files have them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slrdoctor.artifacts.formats import read, reader_of
from slrdoctor.artifacts.kinds.history import recognise_history
from slrdoctor.artifacts.run import HistoryFile
from tests.artifacts.histories import of


def of_file(path: Path, where: str) -> tuple[HistoryFile, ...]:
    reader = reader_of(path)
    assert reader is not None
    return recognise_history(where, reader.name, reader.read(path))


def test_the_text_log_and_the_json_of_a_run_say_the_same(shared_data: Path) -> None:
    root = shared_data / "Keyur-0__SIGN2SOUND_CODECREW" / "results"
    [told] = of_file(root / "training_log.txt", "results/training_log.txt")
    [kept] = of_file(root / "metrics.json", "results/metrics.json")
    for split, quantity, digits in (("train", "loss", 4), ("dev", "loss", 4), ("train", "accuracy", 3)):
        rounded = [round(v, digits) for v in of(kept, split, quantity).values]
        assert of(told, split, quantity).values == pytest.approx(rounded, abs=1.01 * 10**-digits)
    assert told.row_epochs == kept.row_epochs == tuple(range(1, 41))
    assert of_file(root / "per_class_performance.csv", "results/per_class_performance.csv") == ()


def test_accuracy_in_percent_is_read_as_written(shared_data: Path) -> None:
    root = shared_data / "biplavbarua__ISL-CSLRT-Pipeline" / "training" / "logs" / "baseline_standard"
    [history] = of_file(root / "metrics.csv", "metrics.csv")
    assert len(history.row_epochs) == 100
    assert of(history, "train", "accuracy").values[0] == 0.7957559681697612
    assert of_file(root / "results.json", "results.json") == ()


def test_summaries_of_six_runs(shared_data: Path) -> None:
    root = shared_data / "juanmcastroviejo__asl-cslr" / "results"
    for path in sorted(root.glob("*/summary.json")):
        written = json.loads(path.read_text(encoding="utf-8"))
        [history] = of_file(path, path.parent.name + "/summary.json")
        assert of(history, "dev", "wer").values == tuple(row["val_wer"] for row in written["history"])
        assert history.facts["test_beam"]["wer"] == written["test_beam"]["wer"]
        assert history.facts["vocab"] == tuple(written["vocab"])
    assert of_file(root / "latency.json", "latency.json") == ()
    assert of_file(root / "tables" / "table_main_results.csv", "tables/table_main_results.csv") == ()


def test_ten_models_in_one_csv(shared_data: Path) -> None:
    root = shared_data / "armandobecerril__MSL-150-Dataset" / "docs" / "performance"
    found = of_file(root / "PERFORMANCE_LSM_MODELS.csv", "PERFORMANCE_LSM_MODELS.csv")
    assert [h.run for h in found] == [f"experiment_id={i}" for i in range(1, 11)]
    assert sum(len(h.row_epochs) for h in found) == 250
    assert of(found[0], "dev", "accuracy").values[0] == 0.8447350263595581
    assert found[1].facts["units"] == "64-128"
    assert of_file(root / "PERFORMANCE_LSM_MODELS_CV.csv", "CV.csv") == ()
    assert read(root / "PERFORMANCE_LSM_MODELS.csv")
