from __future__ import annotations

from dataclasses import replace
from math import nan
from typing import Any

import pytest

from slrdoctor.facts.training.history import History
from slrdoctor.facts.training.standstill import Standstill
from slrdoctor.facts.training.train_loss import TrainLoss
from slrdoctor.testing import fine
from tests.making import AT_FLOOR, Judge

FLAT = TrainLoss("train_loss", 64.0, 5.2, 20, 5.21, 5.3, 5.2, 30, "epoch", None, "log.txt")


def course(*more: Any, **changes: Any) -> tuple[Any, ...]:
    return History((), "history.csv"), replace(AT_FLOOR, **changes), *more


judged = Judge("TRN502", course)


def test_trn502_fires_on_losses_at_the_floor_with_accuracy_at_chance() -> None:
    (finding,) = judged()
    assert finding.message == (
        "after 18 epochs the training loss is 4.2, hardly below the 4.58 that a model reaches without "
        "looking at its input, and the best dev accuracy is 2.2% (chance: 1.0%)"
    )


@pytest.mark.parametrize(("last", "fires"), [(0.9, True), (0.899, False)])
def test_trn502_fires_at_nine_tenths_of_the_floor_and_is_quiet_below(last: float, fires: bool) -> None:
    assert bool(judged(floor=1.0, last_train=last, last_dev=1.0)) is fires
    assert bool(judged(floor=1.0, last_train=1.0, last_dev=last)) is fires


def test_trn502_fires_on_a_fall_from_the_uniform_start_to_the_floor() -> None:
    """A public run fell from 725 to 2.56 on two signs, whose floor is 1.7: it learned nothing."""
    (finding,) = judged(task="ctc", floor=1.7, first_train=725.0, last_train=2.56, last_dev=10.1)
    assert "2.56, above the 1.70 that a model reaches without looking at its input" in finding.message


def test_trn502_says_what_the_fall_of_a_ctc_loss_was() -> None:
    fell: dict[str, Any] = {"task": "ctc", "floor": 1.7, "last_train": 2.56, "last_dev": 10.1}
    start: dict[str, Any] = {"start": 722.8, "start_frames": 96.2}

    (finding,) = judged(**fell, **start, first_train=725.0)
    assert "fall from 725 by 99.6%" in finding.message
    assert "uniform outputs, which cost 722.8 at T = 96" in finding.message
    (finding,) = judged(**fell, **start, first_train=5.0)
    assert "fall" not in finding.message


@pytest.mark.parametrize(("epochs", "fires"), [(4, False), (5, True)])
def test_trn502_is_quiet_in_the_first_epochs(epochs: int, fires: bool) -> None:
    assert bool(judged(epochs=epochs)) is fires


def test_trn502_is_quiet_when_the_score_beats_guessing_whatever_the_loss() -> None:
    assert not judged(learned=True)


def test_trn502_is_quiet_on_a_model_that_memorised() -> None:
    assert not judged(last_train=0.11, last_dev=11.0)


def wer(**changes: Any) -> dict[str, Any]:
    told = {"floor": nan, "metric": "wer", "best_metric": 1.0, "last_metric": 1.0, "blind_metric": nan}
    return told | changes


def test_trn502_fires_without_a_floor_on_a_loss_that_stands_still_at_100_percent_wer() -> None:
    (finding,) = judged(FLAT, **wer())
    assert "5.21, 98% of what it was in the middle of the run" in finding.message


@pytest.mark.parametrize(
    "loss",
    [
        replace(FLAT, last=4.7),  # still falling
        replace(FLAT, last=0.9, middle=0.9),  # lower than any floor
        None,
    ],
)
def test_trn502_is_quiet_without_a_floor_on_a_loss_that_may_be_a_success(loss: TrainLoss | None) -> None:
    assert not judged(loss, **wer())


def test_trn502_is_quiet_without_a_floor_on_a_wer_under_95_percent() -> None:
    assert not judged(FLAT, **wer(best_metric=0.94))
    assert judged(FLAT, **wer(best_metric=0.95))


def test_trn502_is_quiet_without_floor_and_score() -> None:
    """A run that was resumed at its end is flat too."""
    assert not judged(FLAT, **wer(metric="", best_metric=nan))


BLIND: list[dict[str, Any]] = [
    {"metric": "accuracy", "blind_metric": 0.0103, "last_metric": 0.0103},
    {"metric": "accuracy", "blind_metric": 0.5, "last_metric": 0.42},
    {"metric": "wer", "blind_metric": 0.811, "last_metric": 0.811},
    {"metric": "wer", "blind_metric": nan, "last_metric": 1.0},
    {"metric": "wer", "blind_metric": 0.811, "last_metric": 1.31},
    {"metric": "bleu", "blind_metric": nan, "last_metric": 0.4},
    {"metric": "recall", "blind_metric": 0.002, "last_metric": 0.002},
    {"metric": "recall", "blind_metric": nan, "last_metric": 0.0},
]


@pytest.mark.parametrize("score", BLIND, ids=lambda score: score["metric"])
@pytest.mark.parametrize("learned", [False, True], ids=["early", "late"])
def test_trn502_is_not_judged_where_the_score_ends_at_blind_guessing_and_looks_ill(
    score: dict[str, Any], learned: bool
) -> None:
    """Too few epochs to call it a fault, or a best score that was better: never a clean bill."""
    outcome = judged.abstained(**score, learned=learned, epochs=30 if learned else 3)

    assert outcome.looks_ill
    assert "ends at" in outcome.reason and f"after {30 if learned else 3} epochs" in outcome.reason
    assert "five epochs" in outcome.enable


@pytest.mark.parametrize("score", BLIND, ids=lambda score: score["metric"])
def test_trn502_sees_what_a_run_learned_where_its_score_is_beyond_guessing(
    score: dict[str, Any],
) -> None:
    better = {"wer": 0.4, "bleu": 9.3}.get(score["metric"], 0.8)
    learned = replace(AT_FLOOR, **score | {"last_metric": better}, learned=True, sentence="it learned")

    assert fine("TRN502", History((), "history.csv"), learned) == "it learned"


@pytest.mark.parametrize(
    ("training", "said"),
    [
        ({"last_train": 4.2}, "training loss ends at 0.92"),
        ({"last_train": 1.0, "train_accuracy": 0.0103}, "training accuracy ends at 1.0%"),
    ],
)
def test_trn502_is_not_judged_where_training_ends_at_blind_guessing_without_a_dev_score(
    training: dict[str, Any], said: str
) -> None:
    """It learned once and forgot it again, or has too few epochs to call it a fault."""
    unlogged: dict[str, Any] = {"metric": "", "last_metric": nan, "best_metric": nan} | training

    for outcome in (judged.abstained(**unlogged, learned=True), judged.abstained(**unlogged, epochs=3)):
        assert outcome.looks_ill and said in outcome.reason


def test_trn502_is_not_judged_in_the_first_epochs() -> None:
    assert (
        judged.abstained(epochs=4).reason
        == "only 4 epochs logged; it takes 5 to see whether a run learns"
    )


def test_trn502_is_not_judged_without_floor_and_score() -> None:
    outcome = judged.abstained(FLAT, **wer(metric="", best_metric=nan, last_metric=nan))

    assert not outcome.looks_ill
    assert outcome.reason.startswith("no dev score was logged")


def test_trn502_is_not_judged_where_only_the_training_samples_were_learned() -> None:
    assert "which guessing can reach by luck" in judged.abstained(last_train=0.11, last_dev=11.0).reason


STILL = Standstill(5.9915, 0.0, 799, "step", 2, 400, 0.0026, 0.0, "output.log")
SCORED: dict[str, Any] = {"metric": "accuracy", "learned": True}


def stands(*more: Any, **changes: Any) -> tuple[Any, ...]:
    return History((), "output.log"), replace(STILL, **changes), *more


still = Judge("TRN502", stands)


def test_trn502_names_the_classes_of_a_loss_that_never_moved() -> None:
    (finding,) = still()
    assert finding.message == (
        "the training loss stays at 5.992 over 799 steps, which is ln 400, the loss of guessing "
        "among 400 classes, and the accuracy at 0.3%"
    )


def test_trn502_needs_no_classes_where_a_low_accuracy_stands_still_too() -> None:
    assert still(classes=None, accuracy=0.05, accuracy_moved=0.01)
    assert not still.abstained(classes=None, accuracy=0.05, accuracy_moved=0.03).looks_ill


@pytest.mark.parametrize(
    "changed",
    [
        {"moved": 0.02},  # it may have moved
        {"epochs": 1},  # a warm-up
        {"classes": None, "accuracy": nan},  # what it should be is unknown
        {"classes": None, "accuracy": 0.97},  # nothing is left to learn
        {"classes": 2, "accuracy": 0.97},  # ln 2 by luck
    ],
)
def test_trn502_does_not_judge_a_standstill_that_may_be_a_success(changed: dict[str, Any]) -> None:
    assert "fewer than three epochs" in still.abstained(**changed).reason


def test_trn502_lets_the_dev_score_speak_before_a_loss_that_never_moved() -> None:
    assert not still(replace(AT_FLOOR, **SCORED, best_metric=0.9, last_metric=0.9))
