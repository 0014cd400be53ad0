from __future__ import annotations

import math

import pytest

from slrdoctor.facts.ctc.first_loss import FirstLoss, Reduction
from slrdoctor.facts.ctc.uniform_start import UniformStart
from slrdoctor.testing import findings

START = UniformStart(974.13, 97.413, 973, 400, 10.0, 150.0, "features")


def first(value: float, per: str = "epoch") -> FirstLoss:
    reductions = (Reduction("mean per token", 100, 100), Reduction("mean per sample", 1000, 1000))
    return FirstLoss(value, per, reductions, 100.0, math.nan, START, "log.txt")


@pytest.mark.parametrize("value", [5001.0, 0.99, 0.0, -3.0])
def test_ctc405_fires_far_from_every_start(value: float) -> None:
    (finding,) = findings("CTC405", first(value))
    assert "right for 100 frames as a mean per token" in finding.message


@pytest.mark.parametrize("value", [100.0, 1000.0, 5000.0, 1.01, 300.0, 64.36])
def test_ctc405_is_quiet_near_a_start_or_after_an_epoch_of_learning(value: float) -> None:
    assert not findings("CTC405", first(value))


def test_ctc405_fires_on_a_low_first_step_where_an_epoch_would_be_quiet() -> None:
    assert findings("CTC405", first(29.0, "step"))
    assert not findings("CTC405", first(31.0, "step"))
    assert not findings("CTC405", first(29.0, "epoch"))
