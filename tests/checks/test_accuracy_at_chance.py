from __future__ import annotations

from dataclasses import replace
from math import nan

import pytest

from slrdoctor.facts.evaluation.accuracy_chance import AccuracyChance
from slrdoctor.testing import fine
from tests.making import Judge

# 1.2% of 166 dev videos in 72 classes: chance is 1.4%
AT_CHANCE = AccuracyChance(
    0.024, 0.012, 50, 166, 72, 1 / 72, nan, 0.048, 0.066, "labels.csv", "dev accuracy", "history.csv"
)
judged = Judge("EVL905", AT_CHANCE)


def test_evl905_fires_on_the_accuracy_of_guessing() -> None:
    (finding,) = judged()
    assert "dev accuracy is 1.2% (best 2.4%) over 166 samples, where chance reaches 1.4%" in (
        finding.message
    )


def test_evl905_fires_on_an_accuracy_below_chance() -> None:
    assert judged(best=0.0, last=0.0)


@pytest.mark.parametrize(("best", "fires"), [(0.066, True), (0.067, False)])
def test_evl905_fires_up_to_what_luck_reaches_in_any_epoch(best: float, fires: bool) -> None:
    assert bool(judged(best=best)) is fires


@pytest.mark.parametrize(("last", "fires"), [(0.048, True), (0.049, False)])
def test_evl905_is_quiet_when_the_last_epochs_are_beyond_luck(last: float, fires: bool) -> None:
    assert bool(judged(last=last)) is fires


@pytest.mark.parametrize(("epochs", "fires"), [(1, True), (2, False), (4, False), (5, True)])
def test_evl905_fires_on_predictions_and_after_five_epochs(epochs: int, fires: bool) -> None:
    assert bool(judged(epochs=epochs)) is fires


def test_evl905_is_quiet_on_samples_too_few_to_decide() -> None:
    few = {"classes": 2, "guessing": 0.5, "samples": 8, "most": 1.0, "best": 0.7, "last": 0.6}
    assert not judged(**few, most_in_any=0.76)
    assert judged(**few, most_in_any=0.75)


def test_evl905_fires_without_a_number_of_samples_only_below_guessing() -> None:
    unknown = {"samples": None, "most": 1 / 72, "most_in_any": 1 / 72}
    assert judged(**unknown, best=0.0138) and not judged(**unknown, best=0.0140)


def test_evl905_is_not_judged_after_a_few_epochs_at_chance_and_looks_ill() -> None:
    outcome = judged.abstained(epochs=4)

    assert outcome.looks_ill and "1.2% after 4 epochs" in outcome.reason


@pytest.mark.parametrize(("trained", "fires"), [(1, False), (4, False), (5, True), (None, True)])
def test_evl905_fires_on_a_score_logged_once_only_where_the_training_was_long_enough(
    trained: int | None, fires: bool
) -> None:
    assert bool(judged(epochs=1, trained=trained)) is fires


def test_evl905_is_not_judged_on_samples_too_few_to_tell_from_guessing() -> None:
    outcome = judged.abstained(samples=9, most_in_any=0.9)

    assert outcome.looks_ill and outcome.reason.startswith("9 samples are too few")


def test_evl905_is_not_judged_where_a_good_epoch_was_lost_again() -> None:
    outcome = judged.abstained(best=0.4)

    assert outcome.looks_ill and "was 40.0%" in outcome.reason


def test_evl905_is_not_judged_on_one_line_of_a_log_but_on_predictions() -> None:
    assert judged.abstained(last=0.4, best=0.4, epochs=1).reason == "dev accuracy was logged only once"
    assert "40.0%" in fine(
        "EVL905", replace(AT_CHANCE, last=0.4, best=0.4, epochs=1, of_predictions=True)
    )
