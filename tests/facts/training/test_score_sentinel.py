from __future__ import annotations

import math
from typing import Any

import pytest

from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.training.dev_score import dev_score
from slrdoctor.facts.training.score_sentinel import score_sentinel


def measured(history: Any, run: Any, progress: Any = None) -> Any:
    return score_sentinel(dev_score(history, None), history, run, progress)


def test_values_of_exactly_a_hundred_percent_are_counted(make_history: Any, make_run: Any) -> None:
    told = measured(make_history(dev_wer=[1.0, 1.0, 0.9999, 1.0, 1.0, 1.0]), make_run())
    assert (told.exact, told.at_end, told.alone, told.epochs, told.from_epoch) == (5, 3, 0, 6, 4)


def test_a_hundred_between_good_scores_stands_alone(make_history: Any, make_run: Any) -> None:
    told = measured(make_history(dev_wer=[0.9, 0.3, 1.0, 0.3, 1.0, 0.25, 1.0]), make_run())
    assert (told.alone, told.at_end) == (2, 1)


def test_the_blank_phase_is_no_run_at_the_end(make_history: Any, make_run: Any) -> None:
    assert measured(make_history(dev_wer=[1.0, 1.0, 1.0, 0.8, 0.4]), make_run()).at_end == 0


def test_losses_are_told_over_what_they_were(make_history: Any, make_run: Any) -> None:
    wer = [1.0, 0.5, *[1.0] * 10]
    history = make_history(dev_wer=wer, dev_loss=[8.0, 5, 5, 4, *[2] * 8], train_loss=[9.0, *[1] * 11])
    dev, train = measured(history, make_run()).losses
    assert (dev.split, dev.value, dev.over_quarter, dev.over_best) == ("dev", 2, 0.5, 0.4)
    assert math.isnan(dev.over_floor) and train.value == 1


def test_lines_of_a_failed_scorer_are_kept(make_history: Any, make_run: Any) -> None:
    notes = ((3, "loss is nan"), (17, "Unexpected error: sclite not found"))
    told = measured(make_history(dev_wer=[1.0, 1.0]), make_run(notes=notes))
    assert told.errors == ("Unexpected error: sclite not found",)
    assert told.errors_in == "history.csv line 17"


def test_accuracy_has_no_error_rate_of_a_hundred(make_history: Any, make_run: Any) -> None:
    with pytest.raises(Unavailable, match="accuracy"):
        measured(make_history(dev_accuracy=[1.0, 1.0]), make_run())
