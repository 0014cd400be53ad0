"""One true sentence of what two runs say together."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from slrdoctor.retraining.comparison import Side, known_better, meaning, rows, side

OURS = Side("wer", 0.21, 0.9, True, 0.3, 0.05, 0.9, 0.92, 1.0, 1000, 50, ())
YOURS = replace(OURS, best=0.93, learned=False, dev_loss=1.0, train_loss=1.0)


def said(yours: Side, ours: Side) -> str:
    return meaning(yours, ours, "on the same splits")


def test_a_better_reference_model_points_at_model_and_training() -> None:
    assert said(YOURS, OURS) == (
        "the data can be learned: your run stays at WER 93.0% where a reference model reaches WER 21.0% "
        "on the same splits: look at the model and the training; the data are fine"
    )


def test_a_reference_model_at_the_floor_points_at_the_data() -> None:
    ours = replace(OURS, best=0.9, learned=False, dev_loss=1.0, train_loss=0.98)

    assert "the data are the suspect" in said(YOURS, ours)


@pytest.mark.parametrize(("train_loss", "too_early"), [(1.5, False), (1.6, True), (math.nan, False)])
def test_a_reference_model_that_is_above_the_floor_on_train_says_nothing_of_the_data(
    train_loss: float, too_early: bool
) -> None:
    ours = replace(OURS, best=0.94, learned=False, dev_loss=4.7, train_loss=train_loss)

    assert ("not trained long enough" in said(YOURS, ours)) is too_early
    assert ("the data are the suspect" in said(YOURS, ours)) is not too_early


def test_a_reference_model_that_learned_by_heart_points_at_amount_or_shift() -> None:
    ours = replace(OURS, best=0.9, learned=False, dev_loss=1.4, train_loss=0.1)

    assert "their amount or a shift between train and dev" in said(YOURS, ours)


def test_no_conclusion_is_drawn_from_a_reference_model_whose_time_ran_out() -> None:
    yours = replace(YOURS, best=0.3, learned=True)
    ours = replace(OURS, best=0.9, learned=False, dev_loss=1.0, train_loss=0.98)
    stopped = meaning(yours, ours, "on the same splits", was_cut=True)

    assert stopped.startswith("no conclusion: the reference model (WER 90.0%) was stopped")
    assert not meaning(yours, OURS, "on the same splits", was_cut=True).startswith("no conclusion")


def test_a_run_that_learned_is_not_blamed_for_a_reference_model_that_did_not() -> None:
    yours = replace(YOURS, best=0.3, learned=True)
    ours = replace(OURS, best=0.9, learned=False)

    assert "this model or its recipe does not suit them" in said(yours, ours)


@pytest.mark.parametrize(
    ("yours", "words"),
    [(0.25, "about level"), (0.27, "stays at WER 27.0%"), (0.15, "is ahead of the reference model")],
)
def test_a_small_difference_is_none(yours: float, words: str) -> None:
    assert words in said(replace(YOURS, best=yours, learned=True), OURS)


def test_two_good_runs_are_told_to_be_good() -> None:
    assert said(replace(YOURS, best=0.01, learned=True), replace(OURS, best=0.0)).startswith(
        "both learn"
    )


def test_higher_is_better_for_accuracy() -> None:
    yours, ours = (replace(OURS, metric="accuracy", best=best) for best in (0.012, 0.7))

    assert "stays at accuracy 1.2%" in said(yours, ours)


def test_a_run_without_a_score_is_not_compared() -> None:
    assert said(replace(YOURS, best=math.nan), OURS).endswith("yours tells no score")


def test_a_side_is_read_from_a_report() -> None:
    facts = {
        "Progress": {
            "metric": "wer",
            "best_metric": 0.5,
            "floor": 4.0,
            "best_dev": 2.0,
            "last_train": 1.0,
        },
        "Progress (b)": {"metric": "wer", "best_metric": 0.7, "floor": 4.0, "best_dev": None},
        "DecodedOutput": {"length_ratio": 0.9, "blank_share": None, "samples": 24},
    }
    findings = [{"code": "TRN501", "severity": "blocks"}]
    first, second = side(facts, findings, "ctc"), side(facts, [], "ctc", "b")

    assert (first.best, first.dev_loss, first.train_loss, first.samples) == (0.5, 0.5, 0.25, 24)
    assert first.codes == ("TRN501 (blocks)",) and math.isnan(first.blank_share)
    assert second.best == 0.7 and math.isnan(second.dev_loss)


def test_predictions_stand_in_for_a_missing_history() -> None:
    counts = {"substitutions": 1, "deletions": 2, "insertions": 0, "reference_tokens": 10, "samples": 4}

    assert side({"ErrorCounts": counts}, [], "ctc").best == pytest.approx(0.3)


def test_what_is_known_of_ones_own_losses_is_not_inferred() -> None:
    known = known_better(replace(OURS, learned=None), 0.5, 0.1, 0.8)

    assert (known.dev_loss, known.train_loss, known.learned) == (0.5, 0.1, True)
    assert not known_better(replace(OURS, learned=None), 0.95, 0.1, 0.8).learned


def test_the_table_has_a_row_for_all_that_is_compared() -> None:
    table = {what: (theirs, ours) for what, theirs, ours in rows(YOURS, OURS)}

    assert table["best dev score"] == ("WER 93.0%", "WER 21.0%")
    assert table["blank share (1 - L/T)"][1] == "90.0% (92.0%)"
    assert table["findings"] == ("none", "none") and table["parameters"][1] == "1,000"
