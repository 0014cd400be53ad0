"""Phases are held against targets that come from the data."""

from __future__ import annotations

import pytest

from slrdoctor.retraining.anchors import Anchors
from slrdoctor.retraining.phases import targets, told

# P3: T = 250, L = 10, so a peaky model prints 96% blank
P3 = Anchors(start=97.0, floor=5.5, blind=0.95, dev_floor=5.5, peaky=0.96)


def row(
    phase: str, wer: float, blank: float, distinct: int, loss: float, ratio: float
) -> dict[str, object]:
    return {
        "phase": phase,
        "dev_wer": wer,
        "dev_blank_share": blank,
        "dev_distinct_glosses": distinct,
        "dev_loss": loss,
        "dev_length_ratio": ratio,
    }


def test_ninety_six_percent_blank_is_what_a_perfect_peaky_model_prints() -> None:
    found = targets([row("fine-tuning", 0.2, 0.96, 500, 1.0, 1.0)], P3, 540)

    assert all(target.held for target in found)


def test_the_same_share_is_missed_where_sequences_are_short() -> None:
    short = Anchors(start=11.5, floor=2.7, blind=0.8, dev_floor=2.7, peaky=0.71)
    found = targets([row("fine-tuning", 0.2, 0.96, 500, 1.0, 1.0)], short, 540)

    assert [target.what for target in found if not target.held] == ["blank share"]


def test_p3_misses_the_targets_that_it_missed() -> None:
    """132 distinct glosses, 87% WER, dev loss over the floor; its blank share is no fault."""
    found = targets([row("exploration", 0.87, 0.9565, 132, 8.28, 0.9)], P3, 540)

    assert [target.what for target in found if not target.held] == ["dev loss", "distinct glosses"]
    assert next(t for t in found if t.what == "blank share").limit == pytest.approx(0.98)


def test_fine_tuning_may_not_lose_what_consolidation_reached() -> None:
    rows = [
        row("consolidation", 0.2, 0.9, 500, 1.0, 1.0),
        row("fine-tuning", 0.3, 0.9, 500, 1.0, 1.0),
    ]
    missed = [t for t in targets(rows, P3, 540) if not t.held]

    assert [(t.phase, t.what) for t in missed] == [("fine-tuning", "dev WER")]
    assert missed[0].limit == pytest.approx(0.22)


def test_only_the_last_epoch_of_a_phase_counts_and_every_phase_is_told() -> None:
    rows = [
        row("warmup", 1.0, 1.0, 0, 90.0, 0.0),
        row("warmup", 1.0, 1.0, 0, 6.0, 0.0),
        row("exploration", 1.0, 1.0, 0, 6.0, 0.0),
    ]
    lines = told(targets(rows, P3, 540))

    assert lines[0] == "warmup: 1 of 1 targets held"
    assert "exploration: 0 of 4 targets held" in lines
    assert any("MISSED dev WER 100.0%, wanted at most 95.0%" in line for line in lines)
