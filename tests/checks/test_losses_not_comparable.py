from __future__ import annotations

import pytest

from slrdoctor.facts.training._reduction import Reduction
from slrdoctor.facts.training.loss_ratio import LossRatio
from tests.making import Judge

SUM = Reduction("sum", "batches", 75.0, 75)
MEAN = Reduction("mean", "sample", 1.0)
TOLD = LossRatio(80.0, 1.3, "train", 75, 19, 225.0, 3.0, SUM, MEAN, 10, "log.txt")
judged = Judge("TRN512", TOLD)


def test_trn512_fires_on_a_sum_against_a_mean() -> None:
    (finding,) = judged()
    assert "the training loss is 75 times the dev loss from the start" in finding.message
    assert "an epoch has 75 batches" in finding.message


def test_trn512_fires_where_the_dev_loss_is_the_sum() -> None:
    (finding,) = judged(
        larger="dev", first_train=3.0, first_dev=225.0, train_reduction=MEAN, dev_reduction=SUM
    )
    assert "the dev loss is 75 times the training loss" in finding.message


@pytest.mark.parametrize(("first", "fires"), [(0.8, True), (0.79, False), (2.0, True), (2.1, False)])
def test_trn512_fires_near_the_number_of_batches_and_is_quiet_far_from_it(
    first: float, fires: bool
) -> None:
    assert bool(judged(ratio=first * 75, first_train=first * 75, first_dev=1.0)) is fires
    assert judged(first_train=first * 75, first_dev=1.0)  # by the steady ratio
    assert bool(judged(first_train=first * 75, first_dev=1.0, spread=2.1)) is fires


def test_trn512_is_quiet_on_two_sums_over_different_numbers_of_batches() -> None:
    """A public run of 25 classes logs 209.9 over 75 batches and 49.2 over 19."""
    assert not judged(
        ratio=4.27,
        first_train=209.9,
        first_dev=49.2,
        dev_reduction=Reduction("sum", "batches", 19.0, 19),
    )


def test_trn512_is_quiet_on_two_means_whatever_their_ratio() -> None:
    assert not judged(train_reduction=MEAN)


def test_trn512_fires_on_unknown_reductions_only_on_a_steady_ratio_of_many_batches() -> None:
    unknown = {"train_reduction": Reduction(), "dev_reduction": Reduction()}
    assert judged(**unknown) and judged(**unknown, spread=2.0)
    assert not judged(**unknown, spread=2.1)
    assert not judged(**unknown, batches=19, ratio=20.0)


def test_trn512_is_quiet_on_few_batches_and_where_they_are_not_known() -> None:
    few = {"batches": 8, "first_train": 24.0, "train_reduction": Reduction("sum", "batches", 8.0, 8)}
    assert judged(**few) and not judged(**few, other_batches=None)
    assert not judged(batches=7, first_train=21.0) and not judged(batches=None)


def test_trn512_is_not_judged_without_the_number_of_batches() -> None:
    assert "unknown" in judged.abstained(batches=None).reason
