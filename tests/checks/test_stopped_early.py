from __future__ import annotations

from dataclasses import replace
from math import nan

import pytest

from slrdoctor.facts.training.learning_rate import LearningRate
from tests.making import LEARNED, Judge, dev_score

RATE = LearningRate(1e-3, 1e-3, 1e-3, 12, 0.0, nan, 0.0, 0.3, 0.5, "adam", "epoch", "log.txt")
FALLING = [0.9, 0.84, 0.78, 0.72, 0.66, 0.6, 0.54, 0.48, 0.42, 0.36, 0.3, 0.24]


judged = Judge(
    "TRN509",
    lambda values, *more, progress=LEARNED, **of: (dev_score(values, **of), progress, *more),
)


def test_trn509_fires_on_a_score_that_still_improved() -> None:
    (finding,) = judged(FALLING)
    assert finding.message.startswith("the dev WER was still improving")
    assert finding.message.endswith("it fell from 48.0% to 30.0% over the last quarter")
    (finding,) = judged([1 - v for v in FALLING], quantity="accuracy")
    assert finding.message.endswith("it rose from 52.0% to 70.0% over the last quarter")
    (finding,) = judged([100 * (1 - v) for v in FALLING], quantity="bleu")
    assert finding.message.endswith("it rose from 52.0 to 70.0 over the last quarter")


@pytest.mark.parametrize(("last", "fires"), [(0.449, True), (0.451, False)])
def test_trn509_fires_on_a_tenth_of_the_error_and_is_quiet_on_less(last: float, fires: bool) -> None:
    assert bool(judged([0.9, 0.8, 0.7, 0.6, 0.5, 0.5, last, last - 0.001])) is fires


def test_trn509_is_quiet_on_changes_of_less_than_two_points() -> None:
    assert not judged([0.9, 0.5, 0.2, 0.1, 0.05, 0.05, 0.031, 0.03])


def test_trn509_is_quiet_when_the_best_was_earlier_or_the_schedule_had_ended() -> None:
    assert not judged([*FALLING[:-3], 0.2, 0.3, 0.3])
    assert judged(FALLING, RATE) and judged(FALLING, replace(RATE, last=5.1e-5))
    assert not judged(FALLING, replace(RATE, last=5e-5))


def test_trn509_is_quiet_on_short_runs_and_on_runs_that_learned_nothing() -> None:
    assert not judged(FALLING[:7])
    assert not judged(FALLING, progress=replace(LEARNED, learned=False))


def test_trn509_is_not_judged_on_seven_epochs() -> None:
    assert "7 epochs" in judged.abstained(FALLING[:7]).reason


def test_trn509_is_not_judged_on_a_run_that_learned_nothing() -> None:
    one = judged.abstained(FALLING, progress=replace(LEARNED, learned=False))

    assert "learned nothing" in one.reason


def test_trn509_is_not_judged_on_a_score_without_a_best_value() -> None:
    assert "unknown" in judged.abstained(FALLING, quantity="rouge").reason


def test_trn509_is_not_judged_on_a_history_that_ends_with_its_checkpoint() -> None:
    place = "best.pt, key history"
    assert place in judged.abstained(FALLING, read_from=place).reason
