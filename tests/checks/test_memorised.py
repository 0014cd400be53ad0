from __future__ import annotations

from dataclasses import replace
from math import inf, nan

import pytest

from slrdoctor.facts.training.score_sentinel import ScoreSentinel
from tests.making import MEMORISED, Judge

# a public CTC run without a dev loss
WER = {
    "metric": "wer",
    "best_metric": 0.533,
    "last_metric": 0.599,
    "blind_metric": 0.84,
    "learned": True,
    "floor": 2.74,
    "first_train": 3.68,
    "last_train": 0.02,
    "last_dev": nan,
    "epochs": 11,
}
judged = Judge("TRN504", MEMORISED)


def test_trn504_fires_on_samples_learned_by_heart() -> None:
    (finding,) = judged()
    assert finding.message == (
        "the model memorised its training samples and does not generalise: best dev accuracy 4.3% in "
        "100 epochs (training loss 0.13; dev loss 11.1; a model that ignores its input reaches 4.58)"
    )


def test_trn504_fires_on_a_bad_wer_without_a_dev_loss() -> None:
    (finding,) = judged(**WER)
    assert "best dev WER 53.3% in 11 epochs (training loss 0.02;" in finding.message


@pytest.mark.parametrize(("train", "fires"), [(0.249, True), (0.25, False)])
def test_trn504_fires_under_a_quarter_of_the_floor_and_is_quiet_at_it(train: float, fires: bool) -> None:
    assert bool(judged(floor=1.0, last_train=train)) is fires


@pytest.mark.parametrize(("dev", "fires"), [(4.575, True), (4.57, False)])
def test_trn504_fires_with_a_dev_loss_at_the_floor_and_is_quiet_below(dev: float, fires: bool) -> None:
    assert bool(judged(last_dev=dev)) is fires


@pytest.mark.parametrize(("wer", "fires"), [(0.42, True), (0.41, False)])
def test_trn504_fires_half_way_from_guessing_and_is_quiet_on_a_better_score(
    wer: float, fires: bool
) -> None:
    assert bool(judged(**(WER | {"best_metric": wer, "last_metric": wer}))) is fires


def test_trn504_is_quiet_on_a_loss_ratio_of_a_thousand_with_a_good_score() -> None:
    assert not judged(
        **(WER | {"last_train": 0.001, "last_dev": 3.0, "best_metric": 0.18, "last_metric": 0.18})
    )


def test_trn504_is_quiet_on_a_wer_that_is_a_hundred_to_the_last_digit() -> None:
    pinned = ScoreSentinel(20, 20, 0, 20, 1.0, (), "val_wer", "log.txt")
    bad = WER | {"best_metric": 1.0, "last_metric": 1.0, "learned": False}
    assert judged(**bad) and not judged(pinned, **bad)
    assert judged(replace(pinned, exact=2, at_end=2), **bad)


@pytest.mark.parametrize(("loss", "fires"), [(0.49, True), (0.5, False)])
def test_trn504_fires_without_a_floor_under_any_floor_and_is_quiet_above(
    loss: float, fires: bool
) -> None:
    """A CTC loss that fell to a hundredth of its first value may have learned nothing."""
    assert bool(judged(floor=nan, first_train=725.0, last_train=loss)) is fires


@pytest.mark.parametrize(("accuracy", "fires"), [(0.91, True), (0.899, False)])
def test_trn504_fires_without_a_floor_on_training_accuracy_and_is_quiet_at_ninety_percent(
    accuracy: float, fires: bool
) -> None:
    assert bool(judged(floor=nan, last_train=9.0, train_accuracy=accuracy)) is fires
    only = {"floor": nan, "first_train": nan, "last_train": nan, "last_dev": nan}
    assert bool(judged(**only, train_accuracy=accuracy)) is fires
    assert not judged(**only, train_accuracy=accuracy, learned=True)


@pytest.mark.parametrize(("dev", "fires"), [(1.1, True), (1.09, False)])
def test_trn504_fires_without_a_floor_on_a_dev_loss_a_tenth_over_its_lowest(
    dev: float, fires: bool
) -> None:
    assert bool(judged(floor=nan, best_dev=1.0, last_dev=dev)) is fires


def test_trn504_is_quiet_without_a_score_and_on_numbers_that_are_none() -> None:
    assert not judged(metric="", best_metric=nan, last_metric=nan)
    assert not judged(last_train=inf, last_dev=nan)
    assert not judged(metric="bleu", best_metric=0.5, last_metric=0.5)


def test_trn504_is_not_judged_without_a_dev_score() -> None:
    assert "dev score" in judged.abstained(metric="", best_metric=nan, last_metric=nan).reason


def test_trn504_is_not_judged_on_a_wer_of_exactly_100_percent() -> None:
    pinned = ScoreSentinel(20, 20, 0, 20, 1.0, (), "val_wer", "log.txt")
    bad = WER | {"best_metric": 1.0, "last_metric": 1.0, "learned": False}
    assert "100%" in judged.abstained(pinned, **bad).reason
