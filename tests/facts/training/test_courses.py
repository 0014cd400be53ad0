"""The course of the losses and of the score, each by itself."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from slrdoctor.artifacts.run import DataSet, HistoryFile, TrainingRun
from slrdoctor.artifacts.settings.read import Settings
from slrdoctor.core.engine import Facts
from slrdoctor.core.registry import REGISTRY, Unavailable
from slrdoctor.facts.ctc.blind_floor import BlindFloor
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.training._reduction import Reduction
from slrdoctor.facts.training.history import History
from slrdoctor.facts.training.loss_course import LossCourse
from slrdoctor.facts.training.loss_scale import LossScale
from slrdoctor.facts.training.score_course import ScoreCourse

FLOOR = BlindFloor("ctc", 53.7, 5.37, 1296, 0.68, 0.98, math.nan, math.nan, 5671, True, "labels")
SUM = Reduction("sum", "batches", 10.0, 10)
SUMS = LossScale(SUM, SUM, "by hand", "by hand")


def of(history: History, *given: object) -> Facts:
    run = TrainingRun("", Path(), histories=(HistoryFile("history.csv", "csv", ()),))
    task = Task("ctc", "by hand", "by hand")
    return Facts(REGISTRY, (DataSet("", Path()), Settings(), run, task, history, *given))


def test_the_score_says_where_it_went_and_what_guessing_scores(make_history: Any) -> None:
    score = of(make_history(dev_wer=[0.98, 0.6, 0.4, 0.3]), FLOOR).get(ScoreCourse)

    assert isinstance(score, ScoreCourse) and score.beats_blind and score.evaluations == 4
    assert score.sentence == (
        "dev WER fell from 98.0% to 40.0% over 4 epochs (always answering the same: 98.0%)"
    )


def test_a_score_of_one_epoch_has_a_course_too(make_history: Any) -> None:
    score = of(make_history(dev_wer=[1.0]), FLOOR).get(ScoreCourse)

    assert isinstance(score, ScoreCourse) and not score.beats_blind
    assert score.sentence == "dev WER is 100.0% (always answering the same: 98.0%)"


def test_losses_stand_in_the_unit_of_the_floor_and_are_told_as_logged(make_history: Any) -> None:
    history = make_history(train_loss=[200.0, 90.0, 60.0], dev_loss=[120.0, 80.0, 70.0])
    losses = of(history, FLOOR, SUMS).get(LossCourse)

    assert isinstance(losses, LossCourse)
    assert (losses.train.first, losses.train.last, losses.dev.best) == (20.0, 9.0, 7.0)
    assert losses.sentence.startswith("training loss 200 to 90 as logged, 20 to 9 converted")


@pytest.mark.parametrize(("wer", "doubted"), [(1.0, True), (0.3, False)])
def test_a_dev_loss_far_under_the_floor_beside_a_blind_score_is_no_sum(
    make_history: Any, wer: float, doubted: bool
) -> None:
    """A guess of the unit that a score contradicts is taken back."""
    history = make_history(
        train_loss=[200.0, 50.0, 20.0], dev_loss=[120.0, 40.0, 20.0], dev_wer=[1.0, wer, wer]
    )
    losses = of(history, FLOOR, SUMS).get(LossCourse)

    assert isinstance(losses, LossCourse)
    assert math.isnan(losses.floor) is math.isnan(losses.dev.best) is doubted


def test_without_a_history_there_is_no_course() -> None:
    run = TrainingRun("", Path())
    facts = Facts(REGISTRY, (DataSet("", Path()), Settings(), run))

    with pytest.raises(Unavailable):
        facts.get(LossCourse)
    with pytest.raises(Unavailable):
        facts.get(ScoreCourse)
