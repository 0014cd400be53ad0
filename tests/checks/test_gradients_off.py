from __future__ import annotations

from dataclasses import replace
from math import inf, nan

import pytest

from slrdoctor.facts.training.gradient_norms import GradientNorms
from slrdoctor.facts.training.train_loss import TrainLoss
from tests.making import BREAK, FAILED, FINITE, LEARNED, Judge

# the first epochs of a public run have norms of 20.6 and 2.8
USUAL = GradientNorms(2.8, 1.0, 20.6, 0.0, 0.0, 0.0, 0.0, 40, "epoch", "grad_norm", "history.csv")
HIGH = TrainLoss("train_loss", 4.0, 3.9, 20, 3.9, 3.9, 3.9, 40, "epoch", None, "history.csv")
DONE = replace(HIGH, best=0.01, last=0.02, lowest_at_end=0.01)
# memorised: an eighth of what a model reaches without its input, and no better than guessing on dev
FITTED = replace(FAILED, last_train=0.625)
UNSCALED = replace(FAILED, floor=nan, last_train=nan)
judged = Judge("TRN507", USUAL)


def test_trn507_fires_on_norms_that_are_no_number_at_the_end_unless_the_run_learned() -> None:
    (finding,) = judged(bad_at_end=0.5)
    assert "is NaN or infinite in 50% of the last fifth" in finding.message
    assert not judged(bad_at_end=0.49)
    assert not judged(LEARNED, bad_at_end=0.5)


@pytest.mark.parametrize(("share", "fires"), [(0.5, True), (0.49, False)])
def test_trn507_fires_on_zero_in_half_of_the_run_and_is_quiet_on_less(share: float, fires: bool) -> None:
    assert bool(judged(HIGH, zero=share)) is fires
    assert bool(judged(HIGH, zero_at_end=share)) is fires


def test_trn507_is_quiet_on_the_small_gradients_of_a_model_that_is_done() -> None:
    assert not judged(DONE, LEARNED, zero_at_end=1.0, late=1e-7)
    assert judged(HIGH, FAILED, late=2.8e-4)
    assert not judged(HIGH, FAILED, late=2.9e-4)


@pytest.mark.parametrize(("late", "fires"), [(280.0, True), (279.0, False)])
def test_trn507_fires_on_a_hundredfold_growth_and_is_quiet_on_less(late: float, fires: bool) -> None:
    summed = replace(HIGH, first=40.0, best=39.0, last=39.0, middle=39.0, lowest_at_end=39.0)
    assert bool(judged(summed, FAILED, late=late)) is fires
    assert not judged(summed, LEARNED, late=late)


def test_trn507_fires_on_huge_norms_of_a_run_that_learned_nothing() -> None:
    assert judged(FAILED, early=9e3, late=1e4) and not judged(FAILED, early=9e3, late=9.9e3)


@pytest.mark.parametrize(("early", "fires"), [(40.0, True), (39.9, False)])
def test_trn507_fires_on_norms_of_ten_times_the_first_loss(early: float, fires: bool) -> None:
    assert bool(judged(HIGH, FAILED, early=early)) is fires
    assert not judged(HIGH, LEARNED, early=early)
    assert judged(HIGH, FAILED, late=40.0)  # and at the end, where much of the loss is left


def test_trn507_leaves_the_gradients_of_a_loss_that_is_no_number_to_trn501() -> None:
    finite = replace(FINITE, breaks=(BREAK,))
    assert not judged(finite, FAILED, bad_at_end=1.0)
    assert judged(replace(finite, breaks=()), FAILED, bad_at_end=1.0)


def test_trn507_is_quiet_on_usual_norms_and_on_none_that_is_finite() -> None:
    assert not judged(FAILED, HIGH) and not judged()
    assert not judged(FAILED, early=0.0, late=1.0, largest=inf)
    assert judged(early=nan, late=nan, largest=nan, bad=1.0, bad_at_end=1.0)


def test_trn507_fires_on_an_explosion_that_undid_what_had_been_learned() -> None:
    once_learned = replace(LEARNED, last_train=3.9)
    assert judged(once_learned, replace(HIGH, score_kept=False), late=2800.0)
    assert not judged(once_learned, replace(HIGH, score_kept=True), late=2800.0)


def test_trn507_is_not_judged_where_nothing_says_whether_a_large_norm_did_harm() -> None:
    assert "whether the run learned" in judged.abstained(early=3e6, late=3e6).reason


def test_trn507_says_of_a_run_that_memorised_that_its_gradients_trained_it() -> None:
    loss = replace(HIGH, last=0.625, lowest_at_end=0.6)  # the norm is 15.7 times that

    assert judged.fine(loss, FITTED, late=9.8) == (
        "gradient norm 2.8 early and 9.8 late, over 40 epochs; "
        "the training loss ends at 12% of that of a model that ignores its input"
    )
    assert judged(loss, FAILED, late=9.8)


@pytest.mark.parametrize(("last_train", "fires"), [(2.5, True), (2.49, False)])
def test_trn507_takes_half_the_loss_of_a_blind_model_for_learned(last_train: float, fires: bool) -> None:
    assert bool(judged(HIGH, replace(FAILED, last_train=last_train), early=50.0)) is fires


def test_trn507_is_quiet_on_every_large_norm_of_a_run_that_memorised() -> None:
    unkept = replace(HIGH, score_kept=False)
    for changes in ({"early": 50.0}, {"late": 280.0}, {"early": 9e3, "late": 1e4}, {"bad_at_end": 1.0}):
        assert judged(unkept, FAILED, **changes) and not judged(unkept, FITTED, **changes)


def test_trn507_fires_on_gradients_of_zero_though_half_the_loss_is_gone() -> None:
    assert judged(replace(HIGH, last=1.9), replace(FITTED, last_train=1.9), zero_at_end=1.0)


@pytest.mark.parametrize(("accuracy", "fires"), [(0.9, False), (0.89, True)])
def test_trn507_goes_by_the_training_accuracy_where_the_loss_has_no_measure(
    accuracy: float, fires: bool
) -> None:
    assert bool(judged(HIGH, replace(UNSCALED, train_accuracy=accuracy), early=50.0)) is fires


def test_trn507_fires_where_an_exploded_loss_fell_far_and_ends_high() -> None:
    exploded = replace(HIGH, first=900.0, last=12.0)
    assert judged(exploded, replace(UNSCALED, first_train=900.0, last_train=12.0), early=1e6)
    # neither a small loss nor a large fall is enough where nothing gives the loss of a blind model
    assert judged(HIGH, replace(UNSCALED, first_train=4.0, last_train=0.49), early=50.0)
    assert judged(HIGH, replace(UNSCALED, first_train=6.0, last_train=0.5), early=50.0)
    assert not judged(HIGH, replace(UNSCALED, first_train=4.0, last_train=0.02), early=50.0)
