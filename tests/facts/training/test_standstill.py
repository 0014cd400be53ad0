"""A loss that never moves, and one that was lost at the end, told from curves alone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from slrdoctor.arithmetic.guessing_loss import classes_of_loss
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.training.history import Curve, History
from slrdoctor.facts.training.standstill import Standstill, standstill
from slrdoctor.facts.training.train_loss import train_loss

Floats = NDArray[np.float64]
SEEDS = range(20)


def history(loss: Floats, accuracy: Floats | None = None, per: str = "epoch") -> History:
    at = np.arange(len(loss), dtype=np.float64)
    curves = [Curve("loss", "train", "loss", at, loss, "log.txt", per)]
    if accuracy is not None:
        curves.append(Curve("accuracy", "train", "accuracy", at, accuracy, "log.txt", per))
    return History(tuple(curves), "log.txt")


def of(loss: Floats, per: str = "epoch") -> Standstill:
    return standstill(history(loss, per=per))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("classes", [2, 10, 29, 226])
def test_a_loss_that_never_moves_names_its_classes(classes: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    still = of(np.round(math.log(classes) + chance.normal(0, 1e-4, 300), 5))
    assert still.moved < 0.001 and still.classes == classes


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("points", [20, 60, 400])
def test_a_loss_that_learns_slowly_does_not_stand_still(points: int, seed: int) -> None:
    chance, at = np.random.default_rng(seed), np.linspace(0, 1, points)
    assert of(4.6 * (1 - 0.03 * at) + chance.normal(0, 0.01, points)).moved > 0.01
    assert of(4.6 * np.exp(-3 * at) + chance.normal(0, 0.05, points)).moved > 0.01
    # too noisy to tell: a fall within the noise is not excluded
    assert of(4.6 + chance.normal(0, 0.5, points)).moved > 0.01


def test_too_few_values_are_no_course() -> None:
    with pytest.raises(Unavailable, match="20 epochs or 200 steps"):
        of(np.full(19, 4.6))
    with pytest.raises(Unavailable):
        of(np.full(199, 4.6), per="step")


def test_a_loss_names_no_classes_where_other_values_are_as_likely() -> None:
    assert classes_of_loss(math.log(400), 5e-5) == 400
    assert classes_of_loss(math.log(400), 5e-4) is None  # every third value lies so close to one
    assert classes_of_loss(math.log(10) + 1e-3, 5e-4) is None
    assert classes_of_loss(0.0, 1e-4) is None and classes_of_loss(math.nan, 1e-4) is None


def ends(tail: Floats, accuracy: float, points: int = 400) -> Any:
    at = np.arange(points)
    loss, right = 1.3 * np.exp(-at / 30) + 0.02, 1 - 0.7 * np.exp(-at / 30)
    loss, right = np.concatenate([loss, tail]), np.concatenate([right, np.full(len(tail), accuracy)])
    return train_loss(history(loss, right), None).collapse


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_that_ends_at_its_beginning_collapsed(seed: int) -> None:
    chance = np.random.default_rng(seed)
    lost = ends(math.log(4) + chance.normal(0, 2e-3, int(chance.integers(30, 200))), 0.25)
    assert lost.since == 400 and lost.classes == 4 and lost.accuracy_before > 0.99
    # without an accuracy the level of a guess says the same
    alone = np.concatenate([np.exp(-np.arange(200) / 20), np.full(40, math.log(7))])
    assert train_loss(history(np.round(alone, 4)), None).collapse is not None


@pytest.mark.parametrize(
    ("tail", "accuracy"),
    [
        (np.full(9, 1.38), 0.25),  # a spike that may come back
        (np.full(60, 1.38), 0.9),  # a stage that adds a term: what was learned is kept
        (1.3 * np.exp(-np.arange(60) / 20) + 0.02, 0.3),  # a restart that is on its way down again
        (np.full(60, 0.3), 0.2),  # above its lowest, far below its beginning
    ],
)
def test_what_may_come_back_is_no_collapse(tail: Floats, accuracy: float) -> None:
    assert ends(tail, accuracy) is None


def test_a_loss_that_only_rose_has_not_learned_before() -> None:
    assert train_loss(history(np.linspace(1.0, 3.0, 100), np.full(100, 0.1)), None).collapse is None


def test_a_curve_that_only_begins_low_has_not_learned() -> None:
    loss = np.concatenate([[0.1], np.full(99, math.log(4))])
    assert train_loss(history(loss, np.full(100, 0.25)), None).collapse is None
    assert train_loss(history(loss), None).collapse is None


def test_the_epochs_are_looked_at_before_the_steps() -> None:
    steps, epochs = history(np.linspace(3, 1, 400), per="step"), history(np.full(30, math.log(7)))
    both = History((*steps.curves, *epochs.curves), "log.txt")
    assert standstill(both).per == "epoch" and standstill(both).points == 30
