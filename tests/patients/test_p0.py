"""P0: features in another format than the loader looks for, and a WER of 93% after a month."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from slrdoctor.core.report import Report
from tests.patients.answers import passed
from tests.programs import program


def test_p0_is_first_told_that_there_are_no_features_and_of_the_near_miss(report: Report) -> None:
    first = report.findings[0]

    assert report.verdict == "broken"
    assert (first["code"], first["severity"], first["root_cause"]) == ("FEA101", "blocks", True)
    assert "none of 4667" in first["message"] and "features/train/*.npy" in first["message"]
    assert (
        "8 differ from a stored name only in the extension" in first["message"]
        and "forecast_train_0002.npz" in first["message"]
    )
    assert "format of the stored files" in first["fixes"][0]["do"]


def test_p0_learned_nothing_since_there_was_nothing_to_learn_from(found: dict[str, Any]) -> None:
    assert found["TRN502"]["explained_by"] == ["FEA101"]
    assert "the best dev WER is 93.0% (always answering the same: 95.8%)" in found["TRN502"]["message"]


def test_p0_has_a_normal_first_loss(report: Report, found: dict[str, Any]) -> None:
    assert "CTC405" not in found
    said = passed(report, "CTC405")
    assert "the first training loss is 64.36" in said and "T = 99 frames" in said


def test_p0_may_keep_its_downsampling_but_for_three_sentences(
    report: Report, found: dict[str, Any]
) -> None:
    assert not {"CTC401", "CTC403"} & set(found)
    assert "4664 of 4667 targets fit at stride 4" in passed(report, "CTC401")

    few = found["CTC402"]
    assert few["affected"] == 3 and "at stride 3, and would" in few["message"]
    assert few["samples"] == ["forecast_train_0000", "forecast_train_0001", "forecast_dev_0000"]
    assert "median target needs 10 frames and gets 37" in few["message"]


def test_p0_has_comments_in_its_vocabulary(found: dict[str, Any]) -> None:
    comments = found["LAB207"]

    assert comments["severity"] == "note" and "(__ON__, __OFF__, __EMOTION__)" in comments["message"]


def test_p0_gets_no_other_finding(found: dict[str, Any]) -> None:
    assert set(found) == {"FEA101", "TRN502", "CTC402", "LAB207"}


def test_the_report_of_p0_ends_in_what_must_hold_before_more_complexity(report: Report) -> None:
    decision = report.outline.decision
    assert decision is not None
    states = {condition.what: condition.state for condition in decision.conditions}

    assert decision.sentence.startswith("Fix FEA101 first") and "a larger model" in decision.sentence
    assert states["the features are there and finite"] == "no"
    assert states["the targets fit into the frames that CTC is given"] == "yes"
    assert states["your model reproduces five samples"] == "unknown"
    assert states["gradients reach every parameter"] == "unknown"
    assert "--samples 5" in decision.then


def test_the_overfit_test_says_what_p0_lacks(patient: Callable[[str], Path]) -> None:
    done = program("overfit", patient("p0"), "--samples", "5", "--quiet")

    assert done.returncode == 1
    assert "None of 4667 annotated samples has features" in " ".join(done.stdout.split())
