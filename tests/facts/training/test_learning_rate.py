from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.run import ConfigFile
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.training.learning_rate import learning_rate


def test_a_cosine_to_zero_is_at_zero_in_its_last_epoch_only(make_history: Any, make_run: Any) -> None:
    rates = 1e-3 * (1 + np.cos(np.pi * np.arange(40) / 39)) / 2
    told = learning_rate(make_run(), make_history(train_learning_rate=rates, train_loss=np.ones(40)))
    assert (told.peak, told.first, told.points) == (1e-3, 1e-3, 40)
    assert told.zero_at_end == 1 / 40 and told.low_at_end <= 2 / 40


def test_the_low_end_of_a_rate_is_told_with_the_fall_of_the_loss_in_it(
    make_history: Any, make_run: Any
) -> None:
    rates = [1e-3, 1e-3, *[1e-7] * 8]
    still = learning_rate(
        make_run(), make_history(train_learning_rate=rates, train_loss=[4.0, 3.0, *[3.0] * 8])
    )
    assert (still.low_at_end, still.low_from, still.fall_while_low) == (0.8, 3, 0.0)
    assert still.loss_left == 0.75
    falls = np.linspace(4, 1, 10)
    falling = learning_rate(make_run(), make_history(train_learning_rate=rates, train_loss=falls))
    assert falling.fall_while_low > 0.4


def test_the_low_end_begins_where_the_rate_falls_in_a_run_of_any_length(
    make_history: Any, make_run: Any
) -> None:
    for epochs in range(10, 120):
        rates, losses = [1e-3, 1e-3, *[0.0] * (epochs - 2)], [4.0, 3.0, *[2.0] * (epochs - 2)]
        told = learning_rate(make_run(), make_history(train_learning_rate=rates, train_loss=losses))
        assert told.fall_while_low == 0.0, epochs


def test_a_warm_up_from_zero_is_no_low_end(make_history: Any, make_run: Any) -> None:
    told = learning_rate(make_run(), make_history(train_learning_rate=[0.0, 1e-4, 1e-3, 1e-3]))
    assert told.low_at_end == told.zero_at_end == 0 and math.isnan(told.fall_while_low)


def test_of_several_groups_the_highest_rate_is_told(
    make_curve: Any, make_history: Any, make_run: Any
) -> None:
    frozen = make_curve("train", "learning_rate", [0.0, 0.0], name="lr0")
    free = make_curve("train", "learning_rate", [1e-4, 1e-4], name="lr1")
    history = type(make_history())((frozen, free), "history.csv")
    assert learning_rate(make_run(), history).peak == 1e-4


@pytest.mark.parametrize(
    ("written", "peak", "optimizer", "adaptive"),
    [
        ({"optimizer": "Adam", "lr": 0.1}, 0.1, "adam", True),
        ({"optimizer": {"name": "SGD", "learning_rate": "1e-2"}}, 0.01, "sgd", False),
        ({"training": {"base_lr": 3e-4}}, 3e-4, "", None),
        ({"lr": "auto", "learning_rate": 1e-3}, 1e-3, "", None),
    ],
)
def test_a_configured_rate_is_told_with_its_optimizer(
    make_run: Any, written: Any, peak: float, optimizer: str, adaptive: bool | None
) -> None:
    told = learning_rate(make_run(run={"configs": (ConfigFile("c.yaml", "yaml", written),)}), None)
    assert (told.peak, told.optimizer, told.adaptive, told.points) == (peak, optimizer, adaptive, 0)


def test_a_run_that_says_no_rate_has_none(make_history: Any, make_run: Any) -> None:
    with pytest.raises(Unavailable, match="learning rate"):
        learning_rate(make_run(), make_history(train_loss=[1.0, 2.0]))


def test_the_raise_that_did_most_harm_is_told(make_history: Any, make_run: Any) -> None:
    rates = [1e-4, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-1, 1e-1, 1e-1, 1e-1]
    losses = [5.0, 4.0, 3.0, 2.0, 1.0, 1.0, 9.0, 6.0, 4.0, 5.0]
    told = learning_rate(make_run(), make_history(train_learning_rate=rates, train_loss=losses))
    assert told.raised is not None
    assert (told.raised.at, told.raised.rate_before, told.raised.rate) == (7, 1e-3, 1e-1)
    assert (told.raised.loss_before, told.raised.loss_after) == (1.0, 6.0)
    assert told.raised.lowest_after == 4.5 and told.raised.lost == pytest.approx(3.5 / 4)


def test_a_warm_up_is_no_raise_to_be_told(make_history: Any, make_run: Any) -> None:
    told = learning_rate(
        make_run(), make_history(train_learning_rate=[1e-5, 1e-4, 1e-3, 1e-3], train_loss=[4, 3, 2, 1])
    )
    assert told.raised is None
