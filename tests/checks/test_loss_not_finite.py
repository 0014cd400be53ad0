from __future__ import annotations

from dataclasses import replace
from math import nan
from typing import Any

import pytest

from tests.making import BREAK, FINITE, Judge

judged = Judge("TRN501", lambda *breaks, **more: replace(FINITE, breaks=breaks, **more))


def test_trn501_fires_from_the_epoch_on_at_which_the_loss_is_lost() -> None:
    (finding,) = judged(BREAK)
    assert finding.message == "the training loss is NaN from epoch 31 on: 10 of 40 values are not finite"


def test_trn501_fires_on_a_loss_that_is_nan_in_its_last_epoch_and_is_quiet_when_it_recovers() -> None:
    assert judged(replace(BREAK, bad=1, first_bad=40, bad_at_end=1, broken_from=40))
    assert not judged(replace(BREAK, bad=1, first_bad=7, bad_at_end=0, broken_from=nan))


@pytest.mark.parametrize(("bad", "fires"), [(20, False), (21, True)])
def test_trn501_fires_on_over_half_of_the_values_and_is_quiet_on_half(bad: int, fires: bool) -> None:
    assert bool(judged(replace(BREAK, bad=bad, bad_at_end=0, broken_from=nan))) is fires


@pytest.mark.parametrize(("at_end", "fires"), [(2, False), (3, True)])
def test_trn501_is_quiet_on_single_batches_at_the_end_of_a_step_curve(at_end: int, fires: bool) -> None:
    assert bool(judged(replace(BREAK, per="step", points=900, bad=at_end, bad_at_end=at_end))) is fires


def test_trn501_is_quiet_where_the_dev_score_kept_its_gain() -> None:
    assert not judged(replace(BREAK, score_kept=True))


def test_trn501_is_quiet_on_a_dev_loss_that_never_was_finite_beside_a_sound_training_loss() -> None:
    """One dev sample without an alignment makes the whole dev loss infinite."""
    dev = replace(BREAK, split="dev", points=40, bad=40, first_bad=1, bad_at_end=40, broken_from=1)
    assert not judged(dev)
    assert judged(dev, dev_only=True)
    assert judged(replace(dev, bad=20, first_bad=21, bad_at_end=20, broken_from=21))


@pytest.mark.parametrize(
    ("dev", "fires"),
    [
        ({}, True),
        ({"broken_from": 33, "first_bad": 33, "bad": 8, "bad_at_end": 8}, False),
        ({"bad": 14}, False),
        ({"bad_at_end": 0, "broken_from": nan}, False),
    ],
)
def test_trn501_fires_whatever_the_score_where_both_losses_are_lost_at_one_epoch(
    dev: dict[str, Any], fires: bool
) -> None:
    train = replace(BREAK, score_kept=True)
    assert bool(judged(train, replace(train, split="dev", name="val_loss", **dev))) is fires


@pytest.mark.parametrize(("last", "fires"), [(0.5, True), (0.51, False)])
def test_trn501_fires_when_half_of_the_batches_no_longer_count(last: float, fires: bool) -> None:
    found = judged(counted_first=1.0, counted_last=last, counted_by="log.txt")
    assert bool(found) is fires
    assert not judged(counted_first=1.0, counted_last=last, counted_by="log.txt", score_kept=True)


def test_trn501_is_quiet_on_a_log_that_tells_of_no_batches() -> None:
    assert not judged()
