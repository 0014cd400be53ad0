from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.run import HistoryFile, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.training.history import Curve, History
from slrdoctor.facts.training.logged_scores import LoggedScore, error_rates, logged_scores


def curve(quantity: str, values: list[float], **changes: Any) -> Curve:
    told = {"name": f"val_{quantity}", "split": "dev", "read_from": "log.txt"} | changes
    return Curve(
        quantity=quantity, epochs=np.arange(1.0, len(values) + 1), values=np.array(values), **told
    )


def logged(*curves: Curve, facts: dict[str, Any] | None = None) -> tuple[LoggedScore, ...]:
    files = (HistoryFile("summary.json", "json", (), facts=facts or {}),)
    return logged_scores(TrainingRun("", Path(), histories=files), History(curves, "log.txt")).scores


def test_a_curve_gives_its_finite_values_with_their_epochs() -> None:
    (score,) = logged(curve("wer", [1.0, math.nan, 0.25]))
    assert (score.values, score.epochs, score.split) == ((1.0, 0.25), (1.0, 3.0), "dev")


@pytest.mark.parametrize(
    ("values", "percent", "rounding"),
    [
        ([0.9, 0.4], False, 5e-4),  # a share of one digit has lost its zeros
        ([0.9123, 0.4], False, 5e-5),
        ([0.91234567, 0.4], False, 5e-5),  # no score is compared more closely
        ([0.238, 0.222], True, 5e-4),  # 23.8 and 22.2
        ([0.2381, 0.2222], True, 5e-5),
    ],
)
def test_how_far_a_rounded_value_may_be_off(values: list[float], percent: bool, rounding: float) -> None:
    score, *_ = logged(curve("wer", values, was_percent=percent))
    assert score.rounding == pytest.approx(rounding)


def test_a_percentage_of_wer_may_be_a_share_that_insertions_fill() -> None:
    points, shares = logged(curve("wer", [0.0478, 0.0478], was_percent=True))
    assert points.values == (0.0478, 0.0478) and shares.values == pytest.approx((4.78, 4.78))
    assert len(logged(curve("wer", [0.5, 0.4]))) == 1


def test_bleu_is_in_points_however_it_was_logged() -> None:
    shares, tiny = logged(curve("bleu", [0.101, 0.215]))
    assert tiny.values == (0.101, 0.215)  # a decoder that writes nonsense has a tenth of a point
    assert shares.values == pytest.approx((10.1, 21.5)) and shares.rounding == pytest.approx(0.05)
    (points,) = logged(curve("bleu", [10.1, 21.5]))
    assert points.values == (10.1, 21.5) and points.rounding == pytest.approx(0.05)


def test_summaries_count_and_wishes_do_not() -> None:
    found = logged(
        facts={
            "best_val_wer": 0.21,
            "test_beam": {"wer": 0.25, "n_tokens": 1206, "sentence_acc": 0.4},
            "target_wer": 0.15,
            "train_accuracy": 0.99,
            "config": {"lr": 0.001},
        }
    )
    assert {(s.name, s.split, s.quantity) for s in found} == {
        ("best_val_wer", "dev", "wer"),
        ("test_beam/wer", "test", "wer"),
        ("test_beam/sentence_acc", "test", "sentence_accuracy"),
    }


@pytest.mark.parametrize(
    ("value", "values"), [(23.4, (0.234,)), (0.234, (0.234,)), (1.2, (1.2, 0.012)), (0.0, (0.0,))]
)
def test_a_single_error_rate_is_read_in_the_units_it_may_have(
    value: float, values: tuple[float, ...]
) -> None:
    (score,) = logged(facts={"dev_wer": value})
    assert score.values == pytest.approx(values)


def test_without_a_score_nothing_is_logged() -> None:
    with pytest.raises(Unavailable, match="looked for a logged WER"):
        logged(curve("loss", [3.0]), curve("wer", [0.9], split="train"))


def test_error_rates_keep_what_is_infinite() -> None:
    rates = error_rates(History((curve("wer", [math.inf, 25.0, 21.0, 20.0]),), "log.txt"))
    assert (rates.infinite, rates.last, rates.largest, rates.name) == (1, 21.0, 25.0, "dev WER")
    with pytest.raises(Unavailable, match="no WER"):
        error_rates(History((curve("accuracy", [0.5]),), "log.txt"))
