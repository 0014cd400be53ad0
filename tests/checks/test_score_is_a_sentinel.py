from __future__ import annotations

from dataclasses import replace
from math import nan

import pytest

from slrdoctor.facts.evaluation.gloss_errors import GlossErrors
from slrdoctor.facts.evaluation.predictions import ErrorCounts
from slrdoctor.facts.training.score_sentinel import LossAtEnd, ScoreSentinel
from slrdoctor.testing import findings
from tests.making import Judge

DEV = LossAtEnd("dev", 1.2, 0.25, nan, nan, "log.txt")
TRAIN = LossAtEnd("train", 0.4, 0.08, nan, nan, "log.txt")
PINNED = ScoreSentinel(30, 30, 0, 30, 1.0, (DEV, TRAIN), "Dev WER", "log.txt")
judged = Judge(
    "EVL901", lambda *losses, **changes: replace(PINNED, losses=losses or PINNED.losses, **changes)
)


def test_evl901_fires_on_100_percent_with_a_loss_far_under_the_floor() -> None:
    (finding,) = judged()
    assert (
        "exactly 100% from epoch 1 on, while the dev loss is 0.25 times that of a model"
        in finding.message
    )


@pytest.mark.parametrize(("epochs", "fires"), [(3, True), (2, False)])
def test_evl901_fires_on_three_epochs_and_is_quiet_on_two(epochs: int, fires: bool) -> None:
    assert bool(judged(exact=epochs, at_end=epochs)) is fires


def test_evl901_is_quiet_on_the_blank_phase_whose_loss_stands_at_the_floor() -> None:
    assert not judged(replace(DEV, over_floor=0.97), replace(TRAIN, over_floor=0.95))


@pytest.mark.parametrize(("share", "fires"), [(0.49, True), (0.5, False)])
def test_evl901_fires_under_half_of_the_floor_on_dev_and_is_quiet_above(
    share: float, fires: bool
) -> None:
    assert bool(judged(replace(DEV, over_floor=share), TRAIN)) is fires


@pytest.mark.parametrize(("share", "fires"), [(0.24, True), (0.25, False)])
def test_evl901_fires_under_a_quarter_of_the_floor_on_train_alone(share: float, fires: bool) -> None:
    assert bool(judged(replace(TRAIN, over_floor=share))) is fires


def test_evl901_is_quiet_on_a_dev_loss_that_rises_while_the_training_set_is_learned_by_heart() -> None:
    rising = LossAtEnd("dev", 9.0, nan, 1.3, nan, "log.txt")
    assert not judged(rising, LossAtEnd("train", 0.01, nan, 0.01, nan, "log.txt"))


@pytest.mark.parametrize(
    ("loss", "fires"),
    [
        (LossAtEnd("train", 0.49, nan, nan, nan, "log.txt"), True),  # under any floor
        (LossAtEnd("train", 0.5, nan, nan, nan, "log.txt"), False),
        (LossAtEnd("train", 8.0, nan, 0.24, nan, "log.txt"), True),  # falls long after its start
        (LossAtEnd("train", 8.0, nan, 0.25, nan, "log.txt"), False),
        (LossAtEnd("dev", 8.0, nan, 0.39, nan, "log.txt"), True),
        (LossAtEnd("dev", 8.0, nan, 0.40, nan, "log.txt"), False),
        (LossAtEnd("dev", 8.0, nan, nan, 1.19, "log.txt"), True),  # what it was when the score was good
        (LossAtEnd("dev", 8.0, nan, nan, 1.20, "log.txt"), False),
    ],
)
def test_evl901_fires_without_a_floor_only_on_a_loss_that_speaks_for_itself(
    loss: LossAtEnd, fires: bool
) -> None:
    assert bool(judged(loss)) is fires


def test_evl901_fires_on_errors_of_the_scorer_whatever_the_loss() -> None:
    flat = replace(TRAIN, over_floor=1.0)
    (finding,) = judged(flat, errors=("sclite: not found",), errors_in="log.txt line 9")
    assert any(e.read_from == "log.txt line 9" for e in finding.evidence)
    assert not judged(flat, errors=("sclite: not found",), at_end=0)


def test_evl901_fires_on_two_epochs_between_good_ones_and_is_quiet_on_one() -> None:
    assert judged(exact=2, at_end=0, alone=2)
    assert not judged(exact=1, at_end=0, alone=1)


def test_evl901_is_quiet_on_a_run_without_any_loss_or_error() -> None:
    assert not findings("EVL901", replace(PINNED, losses=()))


@pytest.mark.parametrize(("right", "fires"), [(0, False), (2, True)])
def test_evl901_takes_no_falling_loss_where_stored_predictions_confirm_the_score(
    right: int, fires: bool
) -> None:
    counts = ErrorCounts(
        "dev", 50, 0, 100 - right, 0, 100, right, 0, 50, 0, 24, "", 0.0, False, "dev.json"
    )
    stored = GlossErrors(counts, "dev.json")
    falling = replace(DEV, over_floor=nan, value=8.0, over_quarter=0.1)

    assert bool(findings("EVL901", replace(PINNED, losses=(falling,)), stored)) is fires
    # a loss far under the floor shows a decoder that is broken, whatever it stored
    assert findings("EVL901", PINNED, stored)


def test_evl901_is_not_judged_on_two_epochs_and_looks_ill() -> None:
    one = judged.abstained(exact=2, at_end=2)

    assert "last 2 epochs" in one.reason and one.looks_ill is True


def test_evl901_is_not_judged_where_nothing_says_whether_the_scorer_failed_and_looks_ill() -> None:
    one = judged.abstained(replace(DEV, over_floor=0.97), replace(TRAIN, over_floor=0.95))

    assert "100%" in one.reason and one.looks_ill is True
