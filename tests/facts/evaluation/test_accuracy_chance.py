from __future__ import annotations

import math
from typing import Any

import pytest

from slrdoctor.arithmetic.chance import tail
from slrdoctor.artifacts.run import PredictionFile
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.evaluation.accuracy_chance import accuracy_chance
from slrdoctor.facts.training.class_count import ClassCount
from slrdoctor.facts.training.dev_score import dev_score
from slrdoctor.facts.training.epoch_size import EpochSize

OF_72 = ClassCount(72, 1 / 72, 0.02, "labels.csv", True, "labels.csv")
SIZE = EpochSize(None, None, 166, None, None, None, {}, "by hand")


def test_the_bounds_are_those_of_the_binomial(make_history: Any, make_run: Any) -> None:
    score = dev_score(make_history(dev_accuracy=[0.0, 2 / 166, 0.012, 0.012]), None)
    told = accuracy_chance(OF_72, score, SIZE, make_run(), None, None)
    assert told.guessing == 0.02 and told.samples == 166 and told.epochs == 4
    assert tail(round(told.most * 166) + 1, 166, 0.02) <= 1e-3 < tail(round(told.most * 166), 166, 0.02)
    assert told.most_in_any >= told.most


def test_without_the_number_of_samples_nothing_is_put_down_to_luck(
    make_history: Any, make_run: Any
) -> None:
    score = dev_score(make_history(dev_accuracy=[0.012]), None)
    told = accuracy_chance(OF_72, score, None, make_run(), None, None)
    assert told.most == told.most_in_any == told.guessing and told.samples is None


def test_predicted_labels_stand_in_for_a_history(make_run: Any) -> None:
    labels = tuple((str(i % 4),) for i in range(40))
    answers = (("0",),) * 40
    file = PredictionFile("dev.json", "json", "dev", tuple(map(str, range(40))), answers, labels)
    four = ClassCount(4, 0.25, math.nan, "by hand", True, "by hand")
    told = accuracy_chance(four, None, None, make_run(run={"predictions": (file,)}), None, None)
    assert (told.best, told.last, told.epochs, told.samples) == (0.25, 0.25, 1, 40)
    with pytest.raises(Unavailable):
        accuracy_chance(four, None, None, make_run(), None, None)
