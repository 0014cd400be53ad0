from __future__ import annotations

from dataclasses import replace

import pytest

from slrdoctor.facts.training.stages import StageChange, StageChanges
from tests.making import Judge

# a public run: dev loss 8.28 in stage 1, 10.59 in stage 2, with a WER that is no better
SHOCK = StageChange(31, "stage 1 to 2", 8.28, 10.59, 10.4, 0.05, False)
judged = Judge(
    "TRN508", lambda **changes: StageChanges((replace(SHOCK, **changes),), "dev_loss", "history.csv")
)


def test_trn508_fires_where_a_stage_undoes_the_one_before() -> None:
    (finding,) = judged()
    assert (
        "jumps from 8.28 to 10.6 at epoch 31 (stage 1 to 2) and comes back only to 10.4"
        in finding.message
    )


@pytest.mark.parametrize(("after", "fires"), [(1.11, True), (1.09, False)])
def test_trn508_fires_on_a_jump_of_a_tenth_and_is_quiet_on_less(after: float, fires: bool) -> None:
    assert bool(judged(before=1.0, after=after, lowest_after=1.08, step_before=0.0)) is fires


@pytest.mark.parametrize(("lowest", "fires"), [(1.06, True), (1.04, False)])
def test_trn508_is_quiet_when_the_loss_comes_back_within_a_twentieth(lowest: float, fires: bool) -> None:
    assert bool(judged(before=1.0, after=1.5, lowest_after=lowest, step_before=0.0)) is fires


@pytest.mark.parametrize(("step", "fires"), [(0.79, False), (0.76, True)])
def test_trn508_is_quiet_on_a_jump_that_is_usual_between_epochs(step: float, fires: bool) -> None:
    assert bool(judged(step_before=step)) is fires


def test_trn508_is_quiet_when_the_score_got_better() -> None:
    """A stage that adds a term to the loss raises it."""
    assert not judged(score_better=True)


def test_trn508_fires_on_a_loss_that_was_zero_without_dividing_by_it() -> None:
    (finding,) = judged(before=0.0, after=1.0, lowest_after=1.0, step_before=0.0)
    assert finding.message
