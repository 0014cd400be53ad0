"""P1: a loss that falls by 99.6% and an output that is blank."""

from __future__ import annotations

from typing import Any

import pytest

from slrdoctor.core.report import Report
from tests.patients.answers import value

pytestmark = pytest.mark.slow


def test_p1_is_first_told_of_the_classes_that_it_never_sees(report: Report) -> None:
    first = report.findings[0]

    assert (report.verdict, first["code"], first["root_cause"]) == ("broken", "LAB202", True)
    assert "1998 of 2000 output classes (99.9%)" in first["message"]
    assert "the 2 glosses of the training targets" in first["fixes"][0]["do"]


def test_p1_has_learned_nothing_however_far_its_loss_fell(found: dict[str, Any]) -> None:
    nothing = found["TRN502"]

    assert nothing["explained_by"] == ["LAB202"]
    assert "fall from 725 by 99.6%" in nothing["message"]
    assert "uniform outputs, which cost 722.8 at T = 96" in nothing["message"]
    assert value(nothing, "training loss") == pytest.approx(1.63, abs=0.1)


def test_the_blank_collapse_of_p1_is_held_against_the_floor_and_lies_beneath_data_and_vocabulary(
    found: dict[str, Any],
) -> None:
    collapse = found["CTC411"]

    assert not collapse["root_cause"] and {"LAB202", "TRN502"} <= set(collapse["explained_by"])
    assert value(collapse, "dev loss") > 5
    assert value(collapse, "empty hypotheses") == 1.0
    assert value(collapse, "blank frames") == pytest.approx(0.9866, abs=0.0011)
    # the penalty is a remedy, and not the first one
    dos = [fix["do"] for fix in collapse["fixes"]]
    assert "penalise" not in dos[0] and dos[1].startswith("Then") and "penalise the blank" in dos[1]


def test_p1_gets_the_table_of_what_its_accuracy_has_to_be_held_against(found: dict[str, Any]) -> None:
    table = found["EVL904"]

    assert value(table, "accuracy of the model") == 0.0
    assert value(table, "accuracy at random") == 0.5
    assert value(table, "accuracy of the best constant answer") == 0.5
    assert value(table, "first goal, half way to perfect") == 0.75
    assert "accuracy is 0.0%" in table["message"]
    assert "at random 50.0%. First goal: 75.0%" in table["message"]


def test_p1_has_too_few_examples_since_most_classes_have_none(found: dict[str, Any]) -> None:
    few = found["LAB206"]

    assert few["explained_by"] == ["LAB202"]
    assert "the median class has no training sample" in few["message"]
    assert "20 samples cover 2 of 2000 classes" in few["message"]


def test_p1_has_too_many_parameters_and_44_percent_of_them_in_the_head(found: dict[str, Any]) -> None:
    many = found["MDL601"]

    assert "1,178,961 parameters" in many["message"] and "58,948 per sample" in many["message"]
    assert "44% of them are in the last layer" in many["message"]
    assert "1,999 of its 2,001 outputs occur in no" in many["message"]


def test_p1_has_memorised_nothing_as_its_training_loss_is_above_the_floor(
    report: Report, found: dict[str, Any]
) -> None:
    """A dev loss of five times the training loss alone does not show it."""
    assert "TRN504" not in found and "TRN504" in {entry.code for entry in report.passed}


def test_p1_gets_no_other_finding(found: dict[str, Any]) -> None:
    assert set(found) == {"LAB202", "LAB206", "TRN502", "CTC411", "CTC412", "EVL904", "MDL601"}
