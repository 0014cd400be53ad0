"""P3: a hierarchical BiLSTM that knows its training samples by heart, and a WER of 87%."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slrdoctor.core.report import Report
from tests.patients.answers import passed, value
from tests.programs import program


def test_p3_is_first_told_that_it_memorised_its_training_samples(
    report: Report, found: dict[str, Any]
) -> None:
    first = report.findings[0]

    assert report.verdict == "broken"
    assert (first["code"], first["root_cause"]) == ("TRN504", True)
    assert "memorised" in first["message"] and "ignores its input" in first["message"]
    # far under the loss without input on train, at WER of 80 to 90% on dev
    assert value(first, "training loss") < 0.125
    assert "dev WER at the end" in {item["what"] for item in first["evidence"]}
    assert 0.8 < value(found["EVL904"], "WER of the model") < 0.92


def test_p3_is_to_look_for_a_shift_between_train_and_dev_before_anything_else(report: Report) -> None:
    assert "shift between train and dev" in report.findings[0]["fixes"][0]["do"]
    assert "standard deviations from train" in passed(report, "FEA112")  # looked for, and not there
    skipped = next(entry for entry in report.skipped if entry.code == "SPL305")
    assert "signer column" in skipped.enable


def test_p3_has_no_blank_collapse_though_over_nine_frames_in_ten_are_blank(
    report: Report, found: dict[str, Any]
) -> None:
    assert not {"CTC411", "CTC412", "CTC415", "CTC418"} & set(found)
    told = passed(report, "CTC411")  # judged, with what a perfect model has
    assert "% where each gloss has one frame" in told
    assert float(told.partition("% of the frames are blank")[0].rpartition(" ")[2]) > 90
    assert "the blank's bias is" in passed(report, "CTC418")


def test_p3_did_not_diverge_for_all_its_ratio_of_dev_to_train_loss(report: Report) -> None:
    assert {"TRN503", "TRN506", "TRN507", "TRN512", "MDL601"} <= {entry.code for entry in report.passed}


def test_p3_predicts_few_of_the_glosses_because_it_knows_the_training_samples(
    found: dict[str, Any],
) -> None:
    assert "TRN504" in found["CTC413"]["explained_by"]
    assert 0.05 < value(found["CTC413"], "glosses in use, relative to the references") < 0.2


def test_p3_lost_ground_where_its_second_stage_began_at_the_full_rate(found: dict[str, Any]) -> None:
    assert found["TRN508"]["root_cause"]
    assert "at epoch 31 (stage 1 to 2)" in found["TRN508"]["message"]
    told = " ".join(fix["do"] for fix in found["TRN508"]["fixes"])
    assert "best checkpoint" in told and "warm both up" in told


def test_no_measure_of_p3_lies_within_15_percent_of_its_limit(found: dict[str, Any]) -> None:
    ratios = {
        (code, item["what"]): item["value"] / item["limit"]["value"]
        for code, finding in found.items()
        for item in finding["evidence"]
        if item["limit"] and item["limit"]["value"]  # nothing is near a limit of 0
    }

    assert {"TRN504", "TRN508", "CTC413"} <= {code for code, _ in ratios}
    assert not {where: ratio for where, ratio in ratios.items() if 0.85 < ratio < 1.15}


def test_p3_is_told_how_many_clips_the_cut_leaves_without_room(found: dict[str, Any]) -> None:
    cut = found["CTC417"]
    assert "cutting at 250 frames shortens all 164 clips" in cut["message"]
    assert (cut["affected"], cut["total"]) == (2, 164)
    assert value(cut, "samples left without an alignment") == 0
    assert value(cut, "samples left without room for blanks") == 2
    assert 0.25 < value(cut, "frames that are cut off") < 0.32


@pytest.mark.slow
def test_p3_is_retrained_in_four_phases_each_held_against_its_targets(
    patient: Callable[[str], Path], tmp_path: Path
) -> None:
    # the smallest that has an epoch for every phase; none reaches its targets in one
    short = ["--model", "tcn_bilstm_ctc", "--epochs", "4", "--batch-size", "16", "--device", "cpu"]
    output = ["--format", "json", "--quiet", "--out", str(tmp_path / "retrained")]
    done = program("retrain", patient("p3"), "--recipe", "phased", *short, *output)
    assert done.returncode in (0, 1), done.stderr
    told = json.loads(done.stdout)["retrain"]["phases"]
    phases = list(dict.fromkeys(target["phase"] for target in told))
    assert phases == ["warmup", "exploration", "consolidation", "fine-tuning"]
    blanks = next(t for t in told if t["phase"] == "exploration" and t["what"] == "blank share")
    assert blanks["limit"] > 0.9  # from 1 - L/T of these clips, not a fixed percentage
