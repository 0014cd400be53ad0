from __future__ import annotations

from typing import Any

import pytest

from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.training.dev_score import dev_score
from slrdoctor.facts.training.stages import stage_changes

LOSS = [9.0, 8.6, 8.4, 8.3, 8.3, 8.3, 10.4, 10.6, 10.5, 10.6, 10.2, 10.6]


def test_a_stage_column_tells_where_the_dev_loss_jumps(make_history: Any, make_run: Any) -> None:
    history = make_history(dev_loss=LOSS, train_stage=[1] * 6 + [2] * 6, dev_wer=[0.87] * 6 + [0.89] * 6)
    [change] = stage_changes(history, make_run(), dev_score(history, None)).changes
    assert (change.at, change.before, change.after, change.lowest_after) == (7, 8.3, 10.5, 10.5)
    assert change.jumped == pytest.approx(10.5 / 8.3) and not change.score_better
    assert change.what == "train_stage from 1 to 2" and change.step_before == pytest.approx(0.1)


def test_a_line_of_the_log_tells_it_too(make_history: Any, make_run: Any) -> None:
    run = make_run(facts={"stages": ((7.0, "=== Stage 2 ==="),)})
    [change] = stage_changes(make_history(dev_loss=LOSS), run, None).changes
    assert change.at == 7 and change.what == "=== Stage 2 ==="


def test_a_jump_of_the_learning_rate_is_a_change_and_a_warm_up_is_none(
    make_history: Any, make_run: Any
) -> None:
    restart = [1e-3, 1e-3, 1e-4, 1e-5, 1e-5, 1e-5, 1e-3, 1e-3, 1e-4, 1e-5, 1e-5, 1e-5]
    told = stage_changes(make_history(dev_loss=LOSS, train_learning_rate=restart), make_run(), None)
    assert [c.at for c in told.changes] == [7] and told.changes[0].what.startswith("learning rate")
    warm = [1e-6, 1e-5, 1e-4, 1e-3, *[1e-3] * 8]
    with pytest.raises(Unavailable, match="no stage"):
        stage_changes(make_history(dev_loss=LOSS, train_learning_rate=warm), make_run(), None)


@pytest.mark.parametrize("at", [2.0, 12.0, 40.0])
def test_a_change_without_three_epochs_on_both_sides_is_not_judged(
    make_history: Any, make_run: Any, at: float
) -> None:
    with pytest.raises(Unavailable, match="both sides"):
        stage_changes(make_history(dev_loss=LOSS), make_run(facts={"stages": ((at, "Stage 2"),)}), None)


def test_one_lucky_epoch_is_no_better_score_and_a_lasting_one_is(
    make_history: Any, make_run: Any
) -> None:
    stages = [1] * 6 + [2] * 6
    ahead = [0.95, 0.92, 0.90, 0.88, 0.87, 0.87]  # the usual change is 0.02
    for after, better in (
        ([0.89, 0.84, 0.90, 0.88, 0.90, 0.89], False),
        ([0.86, 0.86, 0.87, 0.86, 0.86, 0.86], False),
        ([0.89, 0.84, 0.82, 0.80, 0.79, 0.78], True),
    ):
        history = make_history(dev_loss=LOSS, train_stage=stages, dev_wer=ahead + after)
        [change] = stage_changes(history, make_run(), dev_score(history, None)).changes
        assert change.score_better is better
