"""Sound data beside a history that does not show that anything was learned are not a healthy run."""

from __future__ import annotations

import json
import shutil
from math import nan
from pathlib import Path
from typing import Any

import pytest

from slrdoctor.core.report import Report
from slrdoctor.examination.scan import scan
from tests.folders import write

HEALTHY = Path(__file__).resolve().parents[2] / "examples" / "healthy"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The healthy example without stored predictions, which would show that it learned."""
    copy = tmp_path / "run"
    shutil.copytree(HEALTHY, copy, ignore=shutil.ignore_patterns("dev_predictions.json"))
    return copy


def scanned(run: Path, *epochs: dict[str, Any]) -> Report:
    (run / "history.json").write_text(json.dumps(list(epochs)))
    return scan(run)


def unsettled(report: Report) -> dict[str, str]:
    return {entry.code: entry.text for entry in (*report.not_judged, *report.skipped)}


@pytest.mark.parametrize("wer", [1.0, 0.811, 1.13])
def test_three_epochs_at_silence_or_blind_guessing_are_not_healthy(run: Path, wer: float) -> None:
    row = {"train_loss": 3.0, "dev_loss": 3.0, "dev_wer": wer}
    report = scanned(run, *({"epoch": e} | row for e in (1, 2, 3)))

    assert report.verdict == "unknown"
    assert "after 3 epochs" in unsettled(report)["TRN502"]
    assert f"WER ends at {wer:.1%}" in unsettled(report)["TRN502"]


def test_what_keeps_a_run_from_being_healthy_comes_first_of_what_was_not_judged(run: Path) -> None:
    row = {"train_loss": 3.0, "dev_loss": 3.0, "dev_wer": 1.0}
    outline = scanned(run, *({"epoch": e} | row for e in (1, 2, 3))).outline

    assert "whether anything was learned" in outline.headline
    decisive = [gap for gap in outline.not_judged if "TRN502" in gap.codes]
    assert outline.not_judged.index(decisive[0]) <= 1 and "100.0%" in decisive[0].reason


def test_a_falling_loss_does_not_make_a_score_of_silence_healthy(run: Path) -> None:
    losses = [3.0, 2.0, 1.0, 0.8, 0.6, 0.5]
    rows = [
        {"epoch": e, "train_loss": loss, "dev_loss": loss, "dev_wer": 1.02}
        for e, loss in enumerate(losses, 1)
    ]
    assert scanned(run, *rows).verdict != "healthy"


@pytest.mark.parametrize(
    "epochs",
    [
        [],
        [{"epoch": 1, "train_loss": 3.2}],
        [{"epoch": 1, "train_loss": 3.2, "dev_wer": 0.4}],
        [{"epoch": e, "dev_wer": nan} for e in range(9)],
        [{"epoch": e, "train_loss": nan, "dev_loss": nan} for e in range(9)],
    ],
    ids=["no line", "one line", "one good line", "scores of nan", "losses of nan"],
)
def test_no_line_one_line_or_nothing_but_nan_is_not_healthy(
    run: Path, epochs: list[dict[str, Any]]
) -> None:
    report = scanned(run, *epochs)

    assert report.verdict in ("unknown", "broken")
    assert "TRN502" in unsettled(report) or report.verdict == "broken"


def test_the_whole_history_is_healthy(run: Path) -> None:
    assert scan(run).verdict == "healthy"


def classifier(root: Path, name: str, accuracies: list[float]) -> None:
    """The log of a run on 60 dev samples of three classes, as Lightning's CSV logger writes it."""
    rows = "".join(f"{e},{e},{1.1 / (e + 1)},{a},1.0\n" for e, a in enumerate(accuracies))
    write(root / f"{name}/metrics.csv", "epoch,step,train_loss,val_acc,val_loss\n" + rows)
    labels = "".join(f"v{i:02},{('hello', 'no', 'thanks')[i % 3]}\n" for i in range(60))
    write(root / "val.csv", "id,label\n" + labels)


@pytest.mark.parametrize("trial", [[0.33], [0.3, 0.35], [0.2]])
@pytest.mark.parametrize("names", [("version_0", "version_1"), ("exp/first", "exp/second"), ("b", "a")])
def test_a_trial_of_an_epoch_does_not_condemn_the_run_beside_it(
    tmp_path: Path, trial: list[float], names: tuple[str, str]
) -> None:
    classifier(tmp_path, names[0], trial)
    classifier(tmp_path, names[1], [0.35, 0.5, 0.6, 0.7, 0.75, 0.8, 0.82, 0.85])

    assert "EVL905" not in {finding["code"] for finding in scan(tmp_path).findings}


@pytest.mark.parametrize("names", [("version_0", "version_1"), ("exp/first", "exp/second"), ("b", "a")])
def test_a_run_that_stays_at_chance_is_found_beside_a_trial_of_an_epoch(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    classifier(tmp_path, names[0], [0.33])
    classifier(tmp_path, names[1], [0.33, 0.35, 0.3, 0.33, 0.36, 0.33, 0.35, 0.33])

    assert "EVL905" in {finding["code"] for finding in scan(tmp_path).findings}
