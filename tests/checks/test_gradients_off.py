from __future__ import annotations

from dataclasses import replace
from math import inf, nan

import pytest

from slrdoctor.facts.training.gradient_norms import GradientNorms
from slrdoctor.facts.training.train_loss import FiniteLoss, LossBreak, TrainLoss
from tests.making import FAILED, LEARNED, Judge

# the first epochs of a public run have norms of 20.6 and 2.8
USUAL = GradientNorms(2.8, 1.0, 20.6, 0.0, 0.0, 0.0, 0.0, 40, "epoch", "grad_norm", "history.csv")
HIGH = TrainLoss("train_loss", 4.0, 3.9, 20, 3.9, 3.9, 3.9, 40, "epoch", None, "history.csv")
DONE = replace(HIGH, best=0.01, last=0.02, lowest_at_end=0.01)
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
    broken = LossBreak("train", "loss", "epoch", 40, 5, 35, 5, 35, "nan", False, "history.csv")
    finite = FiniteLoss((broken,), 40, nan, nan, "", False, False, "history.csv")
    assert not judged(finite, FAILED, bad_at_end=1.0)
    assert judged(replace(finite, breaks=()), FAILED, bad_at_end=1.0)


def test_trn507_is_quiet_on_usual_norms_and_on_none_that_is_finite() -> None:
    assert not judged(FAILED, HIGH) and not judged()
    assert not judged(FAILED, early=0.0, late=1.0, largest=inf)
    assert judged(early=nan, late=nan, largest=nan, bad=1.0, bad_at_end=1.0)


def test_trn507_fires_on_an_explosion_that_undid_what_had_been_learned() -> None:
    assert judged(LEARNED, replace(HIGH, score_kept=False), late=2800.0)
    assert not judged(LEARNED, replace(HIGH, score_kept=True), late=2800.0)


def test_trn507_is_not_judged_where_nothing_says_whether_a_large_norm_did_harm() -> None:
    assert "whether the run learned" in judged.abstained(early=3e6, late=3e6).reason
