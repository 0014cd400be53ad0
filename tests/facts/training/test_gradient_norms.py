from __future__ import annotations

import math
from typing import Any

import pytest

from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.training.gradient_norms import gradient_norms


def test_norms_are_told_by_the_first_and_last_fifth(make_history: Any) -> None:
    told = gradient_norms(
        make_history(train_grad_norm=[20.6, 2.8, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.3])
    )
    assert told.early == pytest.approx(11.7) and told.late == pytest.approx(0.4)
    assert told.largest == 20.6
    assert told.bad == told.zero == told.bad_at_end == told.zero_at_end == 0 and told.points == 10


def test_norms_that_are_zero_or_no_number_are_counted(make_history: Any) -> None:
    told = gradient_norms(make_history(train_grad_norm=[1.0, 0.0, 0.0, math.inf, 1e-9]))
    assert (told.bad, told.zero, told.bad_at_end, told.zero_at_end) == (0.2, 0.6, 0.0, 1.0)


def test_norms_without_one_number_have_no_medians(make_history: Any) -> None:
    told = gradient_norms(make_history(train_grad_norm=[math.nan] * 5))
    assert math.isnan(told.early) and told.bad == told.bad_at_end == 1


def test_a_history_without_norms_says_how_to_log_them(make_history: Any) -> None:
    with pytest.raises(Unavailable) as missing:
        gradient_norms(make_history(train_loss=[1.0]))
    assert "clip_grad_norm_" in missing.value.enable
