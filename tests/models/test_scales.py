"""Whether scores are logits, probabilities or their logarithms is told by their sums."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax, softmax

from slrdoctor.arithmetic.scales import LOG_PROBABILITIES, LOGITS, PROBABILITIES, scale_of


@given(st.lists(st.floats(-8, 8), min_size=2, max_size=9), st.integers(1, 4))
def test_normalised_scores_are_told_from_one_another(scores: list[float], rows: int) -> None:
    logits = np.array([scores] * rows)

    assert scale_of(softmax(logits, axis=1)) == PROBABILITIES
    assert scale_of(log_softmax(logits, axis=1)) == LOG_PROBABILITIES


@pytest.mark.parametrize(
    "rows", [[[2.0, 0.5, -1.0]], [[1.5, -0.5]], [[np.nan, 1.0]], [[np.inf, -np.inf]], np.zeros((0, 3))]
)
def test_everything_else_is_logits(rows: object) -> None:
    assert scale_of(np.asarray(rows)) == LOGITS


def test_a_single_row_that_is_not_normalised_decides_unless_most_are_enough() -> None:
    rows = np.full((10, 4), 0.25)
    rows[0] = 0.0  # padding

    assert scale_of(rows) == LOGITS
    assert scale_of(rows, most=0.9) == PROBABILITIES
    assert scale_of(rows, most=0.91) == LOGITS


def test_half_precision_is_near_enough_where_that_is_allowed() -> None:
    rows = np.full((1, 4), 0.26)

    assert scale_of(rows, near=0.05) == PROBABILITIES
    assert scale_of(rows) == LOGITS
