from __future__ import annotations

import math
from typing import Any

import pytest

from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.ctc.blind_floor import BlindFloor
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.training.class_count import class_count
from slrdoctor.facts.training.epoch_size import EpochSize

CLASSES = Task("classification", "by hand", "by hand")
SIZE = EpochSize(None, 377, 93, None, None, None, {}, "history.csv")
GUESSING = {
    "train_loss": [4.6097, 4.6031, 4.58],
    "dev_loss": [4.5727, 4.5669, 4.56],
    "dev_accuracy": [1 / 93, 2 / 93, 0.0],
}


def test_classes_come_from_the_labels_first(make_history: Any) -> None:
    floor = BlindFloor(
        "classification", 1.2, 1.2, 4, math.nan, math.nan, 0.6, 0.25, 80, True, "labels.csv"
    )
    told = class_count(CLASSES, floor, None, None, SIZE, make_history(**GUESSING), None)
    assert (told.classes, told.chance, told.majority, told.guessing) == (4, 0.25, 0.6, 0.6)


def test_classes_are_told_by_first_losses_that_guess(make_history: Any) -> None:
    told = class_count(CLASSES, None, None, None, SIZE, make_history(**GUESSING), None)
    assert told.classes == 97 and not told.measured and told.guessing == pytest.approx(1 / 97)
    assert "ln 97" in told.sentence


@pytest.mark.parametrize(
    "change",
    [
        {"dev_accuracy": [30 / 93, 40 / 93, 50 / 93]},  # far better than 1/97
        {"train_loss": [5.4, 5.0, 4.8]},  # the two losses do not begin at one place
        {"dev_loss": [4.5727, 3.9, 3.0]},  # the dev loss has left it at once
        {"dev_loss": [457.0, 456.0, 455.0], "train_loss": [457.0, 456.0, 455.0]},  # a sum: e^457 classes
    ],
)
def test_no_classes_are_told_by_losses_of_a_model_that_learns(make_history: Any, change: Any) -> None:
    with pytest.raises(Unavailable, match="number of classes is unknown"):
        class_count(CLASSES, None, None, None, SIZE, make_history(**(GUESSING | change)), None)


def test_a_ctc_run_has_no_classes_to_guess_among(make_history: Any) -> None:
    with pytest.raises(Unavailable, match="task is ctc"):
        class_count(Task("ctc", "", ""), None, None, None, SIZE, make_history(**GUESSING), None)
