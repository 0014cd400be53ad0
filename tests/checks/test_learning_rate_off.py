from __future__ import annotations

from dataclasses import replace
from math import nan

import pytest

from slrdoctor.facts.training.learning_rate import LearningRate, Raise
from slrdoctor.facts.training.train_loss import TrainLoss
from tests.making import FAILED, Judge

USUAL = LearningRate(1e-3, 1e-3, 1e-4, 40, 0.0, nan, 0.0, 0.3, 0.9, "adam", "epoch", "history.csv")
judged = Judge("TRN506", USUAL)


def test_trn506_fires_on_a_rate_of_zero_and_a_loss_that_stands_still() -> None:
    zero = {"peak": 0.0, "low_at_end": 1.0, "zero_at_end": 1.0, "fall_while_low": 0.0}
    (finding,) = judged(**zero)
    assert finding.message.startswith("the learning rate is 0 for the whole run, and")
    (finding,) = judged(**zero | {"zero_at_end": 0.3})
    assert finding.message.startswith("the learning rate is 0 in the last 30% of the run, and")


@pytest.mark.parametrize(("share", "fires"), [(0.25, True), (0.24, False)])
def test_trn506_fires_on_zero_in_the_last_quarter_and_is_quiet_on_less(
    share: float, fires: bool
) -> None:
    assert bool(judged(zero_at_end=share, low_at_end=share, fall_while_low=0.0)) is fires


@pytest.mark.parametrize(("share", "fires"), [(0.5, True), (0.49, False)])
def test_trn506_fires_on_a_rate_that_collapsed_before_half_of_the_run(share: float, fires: bool) -> None:
    assert bool(judged(low_at_end=share, low_from=21, fall_while_low=0.01)) is fires


RAISED = Raise(7, 1e-3, 0.1, loss_first=2.5, loss_before=1.0, loss_after=2.2, lowest_after=1.8)


@pytest.mark.parametrize(("lowest", "fires"), [(1.8, True), (1.31, True), (1.29, False), (0.9, False)])
def test_trn506_fires_on_a_raise_that_the_loss_does_not_come_back_from(
    lowest: float, fires: bool
) -> None:
    found = judged(raised=replace(RAISED, lowest_after=lowest))
    assert bool(found) is fires
    if fires:
        assert found[0].message.startswith("at epoch 7 the learning rate goes up from 0.001 to 0.1")


def test_trn506_is_quiet_on_a_restart_near_zero_and_where_the_score_kept_its_gain() -> None:
    near_zero = replace(RAISED, loss_before=0.01, loss_after=0.2, lowest_after=0.03)
    assert not judged(raised=near_zero)
    loss = TrainLoss("train_loss", 2.5, 0.9, 6, 1.9, 1.1, 1.8, 12, "epoch", True, "history.csv")
    assert not judged(loss, raised=RAISED)
    assert judged(replace(loss, score_kept=False), raised=RAISED)


def test_trn506_is_quiet_when_the_loss_falls_under_a_rate_that_is_printed_as_zero() -> None:
    assert not judged(peak=0.0, low_at_end=1.0, zero_at_end=1.0, fall_while_low=0.5)


def test_trn506_is_quiet_when_a_low_rate_follows_a_loss_that_is_done() -> None:
    assert not judged(low_at_end=0.6, zero_at_end=0.6, fall_while_low=0.0, loss_left=0.05)


def test_trn506_is_quiet_without_a_training_loss() -> None:
    assert not judged(zero_at_end=1.0, low_at_end=1.0, fall_while_low=nan, loss_left=nan)


@pytest.mark.parametrize(
    ("optimizer", "peak", "fires"),
    [
        ("adamw", 0.01, True),
        ("adam", 0.009, False),
        ("sgd", 1.0, True),
        ("sgd", 0.9, False),
        ("", 0.1, True),
        ("", 0.09, False),
        ("adam", 9e-8, True),
        ("adam", 1e-7, False),
    ],
)
def test_trn506_fires_on_a_rate_far_off_for_its_optimizer_if_nothing_was_learned(
    optimizer: str, peak: float, fires: bool
) -> None:
    assert bool(judged(FAILED, optimizer=optimizer, peak=peak)) is fires
    assert not judged(replace(FAILED, learned=True), optimizer=optimizer, peak=peak)
    assert not judged(optimizer=optimizer, peak=peak)


def test_trn506_is_not_judged_where_nothing_says_whether_an_odd_rate_worked() -> None:
    assert "learned" in judged.abstained(optimizer="sgd", peak=1.0).reason


@pytest.mark.parametrize(
    ("share", "fall", "fires"),
    [
        (0.1, 0.0, True),
        (0.5, 0.019, True),
        (0.099, 0.0, False),
        (0.5, 0.02, False),
        (0.5, nan, False),
    ],
)
def test_trn506_fires_for_first_steps_at_a_rate_of_zero_in_which_the_loss_stands_still(
    share: float, fall: float, fires: bool
) -> None:
    found = judged(first=0.0, last=1e-3, per="step", zero_at_start=share, fall_while_zero=fall)
    assert bool(found) is fires
    assert all("of the logged steps, in which the training loss" in one.message for one in found)
