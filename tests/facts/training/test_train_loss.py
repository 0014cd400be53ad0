from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.run import Scalar
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.training.dev_score import dev_score
from slrdoctor.facts.training.train_loss import finite_loss, keeps_its_gain, running_median, train_loss

NAN, INF = math.nan, math.inf


def test_a_running_median_is_that_of_each_value_and_its_neighbours() -> None:
    values = np.random.default_rng(0).normal(size=40)
    slow = [np.median(values[max(0, i - 2) : i + 3]) for i in range(40)]
    assert running_median(values).tolist() == slow
    assert running_median(values[:1]).tolist() == values[:1].tolist()
    assert running_median(values[:3], 3).tolist() == [np.median(values[:2]), np.median(values[:3]),
                                                      np.median(values[1:3])]  # fmt: skip


def test_the_course_of_a_loss_is_told_in_its_own_unit(make_history: Any) -> None:
    told = train_loss(make_history(train_loss=[209.9, 100, 50, 40, 45, NAN, 41, 42]), None)
    assert (told.first, told.best, told.best_at, told.last) == (209.9, 40, 4, 42)
    assert (told.middle, told.lowest_at_end, told.points, told.score_kept) == (50, 41, 7, None)


def test_one_low_batch_is_no_best_of_a_step_curve(make_curve: Any, make_history: Any) -> None:
    history = make_history()
    curve = make_curve("train", "loss", [5.0, 5, 5, 0.1, 5, 5, 4, 4, 4, 4, 4], per="step")
    told = train_loss(type(history)((curve,), "log.txt"), None)
    assert told.best == 4 and told.per == "step"


def test_a_history_without_a_finite_training_loss_has_no_course(make_history: Any) -> None:
    for history in (make_history(dev_loss=[1.0]), make_history(train_loss=[NAN, NAN])):
        with pytest.raises(Unavailable, match="no training loss"):
            train_loss(history, None)


@pytest.mark.parametrize(
    ("wer", "kept"),
    [([1.0, 0.5, 0.2, 0.3], True), ([1.0, 0.5, 0.2, 0.7, 0.7, 0.7], False), ([1.0, 0.95, 0.96], False)],
)
def test_a_score_keeps_its_gain_if_half_of_it_is_there_at_the_end(
    make_history: Any, wer: list[float], kept: bool
) -> None:
    score = dev_score(make_history(dev_wer=wer), None)
    assert keeps_its_gain(score, score.last) is kept


def finite(history: Any, run: Any, score: bool = True) -> Any:
    return finite_loss(history, run, dev_score(history, None) if score else None, None)


def test_a_loss_that_ends_in_nan_is_broken_from_its_first_epoch_without_a_value(
    make_history: Any, make_run: Any
) -> None:
    history = make_history(train_loss=[3.0, NAN, 2.0, NAN, INF], dev_loss=[3.0, 2, 1, NAN, NAN])
    told = finite(history, make_run(), score=False)
    train, dev = told.breaks
    assert (train.bad, train.first_bad, train.bad_at_end, train.broken_from) == (3, 2, 2, 4)
    assert (train.what, dev.what, dev.broken_from, train.score_kept) == ("infinite", "NaN", 4, False)
    assert told.points == 10 and not told.dev_only


def test_the_score_in_the_epochs_without_a_loss_is_what_counts(make_history: Any, make_run: Any) -> None:
    for end, kept in ((0.2, True), (1.0, False)):
        history = make_history(train_loss=[3.0, 2, NAN, NAN, NAN], dev_wer=[1.0, 0.3, end, end, end])
        assert finite(history, make_run()).breaks[0].score_kept is kept


def test_other_quantities_may_be_nan(make_history: Any, make_run: Any) -> None:
    """ProgressiveTransformers logs body and hand DTW as nan in every line."""
    told = finite(make_history(train_loss=[3.0, 2.0], dev_dtw=[NAN, NAN]), make_run(), score=False)
    assert told.breaks == () and told.sentence == "all 2 loss values are finite"


def test_lines_of_skipped_batches_are_counted_by_epoch(make_history: Any, make_run: Any) -> None:
    scalar = Scalar("loss", "train", "loss", (0.0, 1.0, 2.0, 3.0), (4.0, 3.0, 2.0, 2.0))
    run = make_run(scalar, batches=50, facts={"nan_batches": ((1.0, 10), (2.0, 30), (3.0, 45))})
    told = finite(make_history(train_loss=[4.0, 3.0, 2.0, 2.0]), run, score=False)
    assert told.counted_first == 1.0 and told.counted_last == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("name", "values", "last"),
    [
        ("valid_batches", [50, 50, 40, 20, 10, 10], 0.2),
        ("skipped_batches", [0, 0, 25, 30, 40, 40], 0.2),
        ("nan_batch_share", [0, 0, 0.5, 0.8, 0.8, 0.8], 0.2),
        ("best_epoch", [1, 2, 3, 3, 3, 3], NAN),
    ],
)
def test_a_column_of_batches_that_count_is_found_by_its_name(
    make_history: Any, make_curve: Any, make_run: Any, name: str, values: list[float], last: float
) -> None:
    history = make_history(train_loss=[4.0] * 6)
    history = type(history)((*history.curves, make_curve("train", "other", values, name=name)), "h")
    told = finite_loss(history, make_run(facts={"batches_per_epoch": 50}), None, None)
    with_size = finite_loss(history, make_run(), None, size_of(50))
    assert with_size.counted_last == pytest.approx(last, nan_ok=True)
    assert name != "valid_batches" or told.counted_last == pytest.approx(last)


def size_of(batches: int) -> Any:
    from slrdoctor.facts.training.epoch_size import EpochSize

    return EpochSize(None, None, None, batches, None, None, {}, "by hand")
