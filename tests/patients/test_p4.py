"""P4: SupCon without pairs, and a decoder whose sentences have nothing to do with the video."""

from __future__ import annotations

from typing import Any

import pytest

from slrdoctor.core.report import Report
from tests.patients.answers import passed, value


def test_p4_is_first_told_that_its_loss_has_no_pairs_which_no_batch_size_mends(report: Report) -> None:
    first = report.findings[0]

    assert report.verdict == "broken"
    assert (first["code"], first["root_cause"]) == ("EMB704", True)
    assert "1.10 clips per label" in first["message"]
    assert (value(first, "training clips"), value(first, "labels")) == (1000, 909)
    assert value(first, "positives of a clip in its batch") < 0.01
    assert value(first, "batch size") == 16
    # text for a pair comes before the larger batch
    assert "its own text" in first["fixes"][0]["do"] and "larger batches" in first["fixes"][1]["do"]


def test_p4_has_embeddings_in_a_cone_and_not_collapsed_ones(
    report: Report, found: dict[str, Any]
) -> None:
    cone = found["EMB702"]
    assert "EMB701" not in found and "EMB704" in cone["explained_by"]
    assert 0.85 < value(cone, "NegSim") < 0.95
    assert 0.02 < value(cone, "retrieval at 1") < 0.1
    times = float(cone["message"].partition(" times chance")[0].rpartition(" ")[2])
    assert times == pytest.approx(value(cone, "retrieval at 1") * 1099, rel=0.01)  # of 1,100
    told = passed(report, "EMB701")
    assert "PosSim 0.9" in told and "chance" in told
    assert "effective rank" in passed(report, "EMB703")


def test_p4_has_a_decoder_that_ignores_the_video_by_the_shuffle_test(found: dict[str, Any]) -> None:
    ignores = found["DEC801"]
    assert ignores["severity"] == "blocks" and "EMB704" in ignores["explained_by"]
    assert "Shuffling them hardly changes the error rate" in ignores["message"]
    assert abs(value(ignores, "errors that the right pairing saves")) < 0.05
    assert value(ignores, "shufflings of 2000 that are as good") >= 0.01


def test_p4_wrote_sentences_that_are_no_better_than_one_for_all(found: dict[str, Any]) -> None:
    assert "DEC801" in found["EVL904"]["explained_by"]


def test_p4_has_too_many_words_that_occur_once(found: dict[str, Any]) -> None:
    rare = found["DEC803"]
    assert value(rare, "words seen once") > 0.5
    assert "subword tokenizer" in rare["fixes"][0]["do"]


def test_p4_has_features_that_do_tell_of_the_sentences(report: Report) -> None:
    assert {"FEA114", "LAB209", "LAB212"} <= {entry.code for entry in report.passed}
