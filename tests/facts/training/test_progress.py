from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.run import DataSet, HistoryFile, TrainingRun
from slrdoctor.artifacts.settings.read import Settings
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.ctc.blind_floor import BlindFloor
from slrdoctor.facts.evaluation.blind_score import BlindScore
from slrdoctor.facts.labels.samples import Texts
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.training._reduction import Reduction
from slrdoctor.facts.training.class_count import ClassCount
from slrdoctor.facts.training.history import History
from slrdoctor.facts.training.loss_scale import LossScale
from slrdoctor.facts.training.progress import Progress
from tests import making

FLOOR = BlindFloor("ctc", 53.7, 5.37, 1296, 0.68, 0.98, math.nan, math.nan, 5671, True, "labels")
MEAN = Reduction("mean", "token", 1.0)
TOKENS = LossScale(MEAN, MEAN, "by hand", "by hand")


def measured(history: History, *given: object, task: str = "ctc") -> Progress:
    """`Progress` as the engine measures it from a history and what else is given."""
    run = TrainingRun("", Path(), histories=(HistoryFile("history.csv", "csv", ()),))
    facts = (DataSet("", Path()), Settings(), run, Task(task, "by hand", "by hand"), history, *given)
    return making.measured(Progress, *facts)


def test_losses_are_told_in_the_unit_of_the_floor(make_history: Any) -> None:
    history = make_history(
        train_loss=[200.0, 90.0, 30.0], dev_loss=[120.0, 80.0, 60.0], dev_wer=[1, 0.9, 0.5]
    )
    per_sample = Reduction("mean", "sample", 10.0)
    scale = LossScale(per_sample, per_sample, "by hand", "by hand")
    told = measured(history, FLOOR, scale)
    assert (told.first_train, told.last_train, told.best_dev, told.floor) == (20.0, 9.0, 6.0, 5.37)
    assert (told.metric, told.first_metric, told.best_metric, told.blind_metric) == ("wer", 1, 0.5, 0.98)
    assert told.learned and told.train_over_floor == pytest.approx(9 / 5.37)
    assert told.shown_loss("train") == "90 as logged, 9 per token"
    assert "training loss 200 to 90 as logged, 20 to 9 converted" in told.sentence


def test_a_loss_of_unknown_reduction_is_not_held_against_the_floor(make_history: Any) -> None:
    scale = LossScale(Reduction(), MEAN, "by hand", "by hand")
    told = measured(make_history(train_loss=[459.0, 400, 300], dev_loss=[9.0, 6, 5.4]), FLOOR, scale)
    assert math.isnan(told.last_train) and told.last_dev == 6.0 and told.floor == 5.37
    assert (told.shown_loss("train"), told.shown_loss("dev")) == ("unknown", "6")
    neither = LossScale(Reduction(), Reduction(), "by hand", "by hand")
    told = measured(make_history(train_loss=[459.0, 400, 300]), FLOOR, neither)
    assert math.isnan(told.floor) and told.last_train == 400.0


@pytest.mark.parametrize(("wer", "learned"), [(0.89, False), (0.88, True)])
def test_a_wer_has_learned_when_it_is_a_tenth_under_the_blind_one(
    make_history: Any, wer: Any, learned: Any
) -> None:
    told = measured(make_history(train_loss=[9.0, 6, 5.4], dev_wer=[1.0, wer, 1.0]), FLOOR, TOKENS)
    assert told.learned is learned


@pytest.mark.parametrize(("dev", "learned"), [(4.84, False), (4.83, True)])
def test_a_dev_loss_has_learned_when_it_is_a_tenth_under_the_floor(
    make_history: Any, dev: Any, learned: Any
) -> None:
    told = measured(make_history(dev_loss=[9.0, dev, 6.0], dev_wer=[1.0, 1.0, 1.0]), FLOOR, TOKENS)
    assert told.learned is learned


@pytest.mark.parametrize(("right", "learned"), [(7, False), (8, True)])
def test_an_accuracy_has_learned_beyond_what_luck_reaches_in_any_epoch(
    make_history: Any, right: Any, learned: Any
) -> None:
    accuracy = [1 / 93, 2 / 93, right / 93] + [2 / 93] * 97
    classes = ClassCount(97, 1 / 97, math.nan, "by hand", True, "by hand")
    told = measured(make_history(dev_accuracy=accuracy), classes, task="classification")
    assert told.learned is learned and told.dev_samples == 93


def test_two_epochs_are_too_few_for_a_course(make_history: Any) -> None:
    with pytest.raises(Unavailable, match="2 epochs"):
        measured(make_history(train_loss=[3.0, 2.0], dev_wer=[1.0, np.nan, 0.9]))


def test_the_sentence_says_where_score_and_losses_went(make_history: Any) -> None:
    history = make_history(
        train_loss=[2.8, 1.0, 0.4, 0.3, 0.2], dev_accuracy=[0.14, 0.5, 0.9, 0.923, 0.925]
    )
    classes = ClassCount(25, 0.04, math.nan, "by hand", True, "by hand")
    told = measured(history, classes, task="classification")
    assert told.sentence == (
        "dev accuracy rose from 14.0% to 92.3% over 5 epochs (chance: 4.0%), "
        "training loss 2.8 to 0.3, 3.22 without looking at the input"
    )


@pytest.mark.parametrize(
    ("metric", "best", "last", "blind", "left"),
    [
        ("wer", 0.5, 0.7, 0.8, 0.75),
        ("wer", 0.5, 0.7, math.nan, 0.6),
        ("accuracy", 0.6, 0.6, 0.2, 0.5),
        ("accuracy", 0.6, 0.6, math.nan, 0.4),
        ("bleu", 12.0, 11.0, math.nan, math.nan),
    ],
)
def test_the_error_that_is_left_is_told_between_guessing_and_perfect(
    metric: Any, best: Any, last: Any, blind: Any, left: Any
) -> None:
    told = Progress(
        "", math.nan, "", 1, 1, 1, 1, metric, 0, best, last, blind, 9, True, "", ""
    )  # fmt: skip
    assert told.error_left == pytest.approx(left, nan_ok=True)


def public_histories(shared_data: Path, name: str) -> Iterator[tuple[str, list[float]]]:
    where = shared_data / "biplavbarua__ISL-CSLRT-Pipeline" / "training" / "logs" / name / "metrics.csv"
    with where.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for column, series, scale in (
        ("train_loss", "train_loss", 1),
        ("val_loss", "dev_loss", 1),
        ("train_acc", "train_accuracy", 100),
        ("val_acc", "dev_accuracy", 100),
    ):
        yield series, [float(row[column]) / scale for row in rows]


@pytest.mark.parametrize(
    ("name", "train"), [("baseline_standard", 0.03), ("step2_reduce_capacity", 0.92)]
)
def test_two_public_runs_at_chance_are_told_apart_by_their_training_loss(
    shared_data: Path, make_history: Any, name: Any, train: Any
) -> None:
    told = measured(make_history(**dict(public_histories(shared_data, name))), task="classification")
    assert told.floor == pytest.approx(math.log(97)) and told.dev_samples == 93
    assert told.train_over_floor == pytest.approx(train, abs=0.01) and not told.learned


@pytest.mark.parametrize("task", ["retrieval", "translation"])
def test_only_the_loss_of_ctc_is_held_against_the_floor_of_ctc(make_history: Any, task: str) -> None:
    references = BlindScore(
        0.9, ("A",), math.nan, math.nan, "", 3.2, 3.65, 37, 96, "dev", "predictions.json"
    )
    history = make_history(train_loss=[6.7, 4.0, 3.5], dev_loss=[4.9, 3.9, 3.8])

    assert measured(history, references).floor == 3.65
    assert math.isnan(measured(history, references, task=task).floor)


@pytest.mark.parametrize(("recall", "learned"), [(0.06, False), (0.17, True)])
def test_a_recall_has_learned_when_it_is_more_than_guessing_a_text_finds(
    make_history: Any, recall: Any, learned: Any
) -> None:
    """Two clips of each of 48 texts: guessing finds 2%, and hardly ever a tenth."""
    words = tuple((f"text{n // 2}",) for n in range(96))
    texts = Texts(tuple(map(str, range(96))), ("dev",) * 96, words, "dev.csv")
    history = make_history(train_loss=[3.9, 3.8, 3.7], dev_recall=[0.02, recall, 0.02])
    told = measured(history, texts, task="retrieval")

    assert told.blind_metric == pytest.approx(1 / 48)
    assert told.learned is learned
