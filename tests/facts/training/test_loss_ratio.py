from __future__ import annotations

import math
from typing import Any

import pytest

from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.training._reduction import Reduction
from slrdoctor.facts.training.epoch_size import EpochSize
from slrdoctor.facts.training.loss_ratio import loss_ratio
from slrdoctor.facts.training.loss_scale import LossScale

SIZE = EpochSize(32, 2400, 600, 75, 19, 25, {}, "by hand")
SCALE = LossScale(
    Reduction("sum", "batches", 75, 75), Reduction("mean", "sample", 1), "by hand", "by hand"
)


def test_the_ratio_is_that_of_the_first_third_of_the_epochs(make_history: Any) -> None:
    history = make_history(
        train_loss=[240.0, 160, 120, 1, 1, 1, 1, 1, 1], dev_loss=[3.0, 2, 2, 2, 2, 2, 2, 2, 2]
    )
    told = loss_ratio(history, SIZE, SCALE)
    assert (told.ratio, told.larger, told.batches, told.other_batches, told.epochs) == (
        80,
        "train",
        75,
        19,
        3,
    )
    assert told.spread == pytest.approx(80 / 60) and told.first_ratio == 80
    assert (told.train_reduction, told.dev_reduction) == (SCALE.train, SCALE.dev)


def test_the_larger_loss_may_be_that_of_dev(make_history: Any) -> None:
    told = loss_ratio(make_history(train_loss=[3.0, 2, 2], dev_loss=[60.0, 40, 40]), SIZE, None)
    assert (told.ratio, told.larger, told.batches, told.other_batches) == (20, "dev", 19, 75)
    assert not told.train_reduction.is_known


def test_losses_are_paired_by_epoch(make_history: Any) -> None:
    history = make_history(train_loss=[4.0, 3, math.nan, 2, 2], dev_loss=[2.0, 1.5, 9.0, 1.0, 0.0])
    assert loss_ratio(history, None, None).ratio == 2


def test_too_few_pairs_are_no_ratio(make_history: Any) -> None:
    for series in ({"train_loss": [1.0, 2]}, {"train_loss": [1.0, 2], "dev_loss": [1.0, 2]}):
        with pytest.raises(Unavailable):
            loss_ratio(make_history(**series), None, None)
