from __future__ import annotations

from dataclasses import replace

import pytest

from slrdoctor.facts.training._collapse import Collapse
from slrdoctor.facts.training.train_loss import TrainLoss
from slrdoctor.testing import findings, not_judged

ROSE = TrainLoss("train_loss", 4.0, 1.0, 12, 3.6, 1.1, 3.0, 40, "epoch", None, "history.csv")


def test_trn503_fires_on_a_loss_that_rose_and_stayed_up() -> None:
    (finding,) = findings("TRN503", ROSE)
    assert "rose from 1 at epoch 12 to 3.6" in finding.message


@pytest.mark.parametrize(("lowest", "fires"), [(2.5, True), (2.49, False)])
def test_trn503_fires_when_half_of_the_gain_is_lost_and_is_quiet_before(
    lowest: float, fires: bool
) -> None:
    assert bool(findings("TRN503", replace(ROSE, lowest_at_end=lowest))) is fires


@pytest.mark.parametrize(("lowest", "fires"), [(1.25, True), (1.24, False)])
def test_trn503_fires_on_a_quarter_above_the_lowest_of_a_run_that_rose_from_the_start(
    lowest: float, fires: bool
) -> None:
    assert bool(findings("TRN503", replace(ROSE, first=1.0, lowest_at_end=lowest))) is fires


def test_trn503_is_quiet_on_spikes_that_recover_and_on_a_loss_near_zero_that_wavers() -> None:
    assert not findings("TRN503", replace(ROSE, last=3.9, lowest_at_end=1.0))
    assert not findings("TRN503", replace(ROSE, best=0.0004, last=0.004, lowest_at_end=0.002))


def test_trn503_is_quiet_while_the_dev_score_keeps_its_gain_and_on_four_epochs() -> None:
    assert not findings("TRN503", replace(ROSE, score_kept=True))
    assert findings("TRN503", replace(ROSE, score_kept=False))
    assert not findings("TRN503", replace(ROSE, points=4))


def test_trn503_fires_on_a_loss_that_was_zero_without_dividing_by_it() -> None:
    assert findings("TRN503", replace(ROSE, best=0.0))
    assert not findings("TRN503", replace(ROSE, first=0.0, best=0.0, lowest_at_end=0.0, last=0.0))


def test_trn503_is_not_judged_on_four_values() -> None:
    assert "4 values" in not_judged("TRN503", replace(ROSE, points=4)).reason


LOST = Collapse(8e-6, 879, 880, 1.098, 120, 3, 1.0, 0.34)


def test_trn503_fires_on_a_collapse_after_learning_that_is_shorter_than_a_fifth() -> None:
    (finding,) = findings("TRN503", replace(ROSE, lowest_at_end=1.0, collapse=LOST))
    assert finding.message == (
        "the training loss had fallen to 8e-06 by epoch 879, collapsed at epoch 880 and stays at 1.1, "
        "the loss of guessing among 3 classes; the accuracy fell from 100.0% to 34.0%"
    )
    assert not findings("TRN503", replace(ROSE, collapse=LOST, score_kept=True))
