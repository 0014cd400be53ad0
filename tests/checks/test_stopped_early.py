from __future__ import annotations

from dataclasses import replace
from math import nan
from typing import Any

import numpy as np
import pytest

from slrdoctor.core.engine import Abstained
from slrdoctor.facts.training.dev_score import DevScore
from slrdoctor.facts.training.learning_rate import LearningRate
from slrdoctor.facts.training.progress import Progress
from slrdoctor.testing import findings

LEARNED = Progress("", nan, "", 3, 1, 2, 2, "wer", 1, 0.3, 0.3, nan, 12, True, "log.txt", "")
RATE = LearningRate(1e-3, 1e-3, 1e-3, 12, 0.0, nan, 0.0, 0.3, 0.5, "adam", "epoch", "log.txt")
FALLING = [0.9, 0.84, 0.78, 0.72, 0.66, 0.6, 0.54, 0.48, 0.42, 0.36, 0.3, 0.24]


def judged(values: list[float], *more: object, quantity: str = "wer", progress: Any = LEARNED) -> Any:
    at = np.arange(1.0, len(values) + 1)
    score = DevScore(quantity, "score", "dev", at, np.array(values), "epoch", "log.txt")
    return findings("TRN509", score, progress, *more)


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


def test_trn509_is_not_judged_on_seven_epochs(abstentions: list[Abstained]) -> None:
    judged(FALLING[:7])

    (one,) = abstentions
    assert "7 epochs" in one.reason


def test_trn509_is_not_judged_on_a_run_that_learned_nothing(abstentions: list[Abstained]) -> None:
    judged(FALLING, progress=replace(LEARNED, learned=False))

    (one,) = abstentions
    assert "learned nothing" in one.reason


def test_trn509_is_not_judged_on_a_score_without_a_best_value(abstentions: list[Abstained]) -> None:
    judged(FALLING, quantity="rouge")

    (one,) = abstentions
    assert "unknown" in one.reason


def test_trn509_is_not_judged_on_a_history_that_ends_with_its_checkpoint(
    abstentions: list[Abstained],
) -> None:
    at = np.arange(1.0, len(FALLING) + 1)
    place = "best.pt, key history"
    score = DevScore("wer", "score", "dev", at, np.array(FALLING), "epoch", place)
    assert not findings("TRN509", score, LEARNED)

    (one,) = abstentions
    assert place in one.reason
