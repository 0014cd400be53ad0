from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.training.dev_score import dev_score, finite, over, settled

CTC = Task("ctc", "by hand", "by hand")


def test_the_score_of_a_ctc_run_is_its_wer(make_history: Any) -> None:
    score = dev_score(make_history(dev_accuracy=[0.1, 0.2], dev_wer=[1.0, 0.4, 0.6]), CTC)
    assert (score.quantity, score.sign, score.best, score.best_at, score.last) == (
        "wer",
        -1,
        0.4,
        2,
        0.6,
    )


def test_a_score_falls_back_to_what_is_logged_and_to_test(make_history: Any) -> None:
    score = dev_score(make_history(test_accuracy=[0.1, 0.9, 0.8]), CTC)
    assert (score.quantity, score.split, score.best, score.best_at) == ("accuracy", "test", 0.9, 2)
    assert score.sentence == "test accuracy went from 10.0% to 80.0%, best 90.0% at epoch 2"


def test_values_that_are_not_finite_are_no_scores(make_history: Any) -> None:
    score = dev_score(make_history(dev_wer=[np.nan, np.inf], test_wer=[0.5, np.nan, 0.3]), None)
    assert score.split == "test" and score.values.tolist() == [0.5, 0.3] and score.best_at == 3


def test_a_history_without_a_score_says_what_was_looked_for(make_history: Any) -> None:
    with pytest.raises(Unavailable, match=r"WER, accuracy.*history\.csv"):
        dev_score(make_history(train_accuracy=[0.1], dev_loss=[2.0]), None)


def test_finite_values_come_in_the_order_of_their_epochs(make_curve: Any) -> None:
    epochs, values = finite(make_curve("dev", "loss", [3.0, np.nan, 1.0, 2.0], [1, 2, 4, 3]))
    assert epochs.tolist() == [1, 3, 4] and values.tolist() == [3.0, 2.0, 1.0]


def test_the_end_of_a_run_is_the_median_of_its_last_tenth() -> None:
    assert settled(np.array([9.0, 1.0, 2.0, 50.0])) == 2.0
    assert settled(np.arange(100.0)) == np.median(np.arange(90.0, 100.0))
    assert settled(np.array([7.0])) == 7.0


def test_nothing_is_divided_by_nothing() -> None:
    assert over(1.0, 4.0) == 0.25
    assert np.isnan(over(1.0, 0.0)) and np.isnan(over(1.0, np.nan)) and np.isnan(over(np.nan, 1.0))
