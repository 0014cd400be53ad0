"""P2: 1.2% of 72 classes, with the pose alone."""

from __future__ import annotations

from typing import Any

import pytest

from slrdoctor.core.report import Report


def test_p2_is_first_told_that_its_break_lies_behind_the_files_and_then_of_its_extraction(
    report: Report,
) -> None:
    roots = [f["code"] for f in report.findings if f["root_cause"] and f["code"] != "EVL906"]

    assert report.verdict == "broken"
    assert roots == ["EVL913", "ENV101"]


def test_p2_is_told_that_a_linear_probe_of_its_features_does_what_it_does_not(
    found: dict[str, Any],
) -> None:
    outdone = found["EVL913"]

    assert "look between the files and the model" in outdone["message"]
    assert set(outdone["explains"]) >= {"EVL905", "TRN502"}


def test_p2_is_told_where_labels_and_clips_part(found: dict[str, Any]) -> None:
    parted = found["EVL906"]

    assert "162 of 167 stored references belong to other samples" in parted["message"]
    assert parted["severity"] == "misleads" and parted["affected"] > 150


def test_p2_is_at_chance_and_has_learned_nothing(found: dict[str, Any]) -> None:
    nothing, chance = found["TRN502"], found["EVL905"]

    assert "the 4.27 that a model reaches without looking at its input" in nothing["message"]
    assert chance["explained_by"] == ["EVL913", "TRN502"]
    assert "chance reaches 1.4%" in chance["message"] and "over 167 samples" in chance["message"]
    what = {item["what"]: item for item in chance["evidence"]}
    assert what["best dev accuracy"]["value"] < what["best dev accuracy"]["limit"]["value"]
    assert what["accuracy of guessing"]["value"] == pytest.approx(1 / 72, abs=2e-3)


def test_the_features_of_p2_as_stored_belong_to_their_labels(report: Report) -> None:
    """So that the break is in the code: pose alone says far more than chance."""
    assert {"FEA114", "LAB209"} <= {entry.code for entry in report.passed}


def test_p2_lacks_hands_and_that_comes_after_its_break(found: dict[str, Any]) -> None:
    absent = found["FEA106"]

    assert "their 99 values per frame are pose" in absent["message"]
    assert absent["rank"] > found["EVL913"]["rank"]
    symptoms = ("EVL913", "TRN502", "EVL905")
    assert not any("FEA106" in found[code]["explained_by"] for code in symptoms)


def test_p2_lacks_hands_since_mediapipe_changed_and_has_two_ways_out(found: dict[str, Any]) -> None:
    gone = found["ENV101"]

    assert gone["rank"] > found["EVL913"]["rank"] and gone["explains"] == ["FEA106"]
    assert "mediapipe==0.10.32" in gone["message"] and "extract_landmarks.py" in gone["message"]
    ways = " ".join(f"{fix['do']} {fix['how']}" for fix in gone["fixes"])
    assert "mediapipe==0.10.21" in ways and "Tasks API" in ways and ".task" in ways


def test_p2_gets_no_larger_model_before_five_samples_are_reproduced(
    report: Report, found: dict[str, Any]
) -> None:
    assert "overfit" in found["TRN502"]["verify"]
    decision = report.outline.decision
    assert decision is not None and "a larger model or more epochs help only when" in decision.sentence
    states = {condition.what: condition.state for condition in decision.conditions}
    assert states["your model reproduces five samples"] == "unknown"


def test_p2_gets_no_other_finding(found: dict[str, Any]) -> None:
    # a clip or two more that are right by luck decide whether the predictions are as bad as blind ones
    assert set(found) - {"EVL904"} == {
        "EVL905", "EVL906", "EVL913", "TRN502", "ENV101", "FEA106"
    }  # fmt: skip
