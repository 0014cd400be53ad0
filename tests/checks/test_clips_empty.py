"""FEA105: some clips hold no frames, or one value only."""

from __future__ import annotations

from typing import Any

import pytest

from slrdoctor.testing import findings, not_judged
from tests.making import clip_table


@pytest.mark.parametrize("empty", [{"frames": 0}, {"dims": 0}, {"constant": True}])
def test_fea105_fires_on_one_empty_clip(empty: dict[str, Any]) -> None:
    [finding] = findings("FEA105", clip_table(9, 1, **empty))
    assert "1 of 10 clips" in finding.message and finding.samples == ("s0",)


def test_fea105_is_quiet_on_clips_of_one_frame() -> None:
    assert not findings("FEA105", clip_table(9, 1, frames=1))


def test_fea105_is_quiet_on_a_single_number_which_is_always_constant() -> None:
    assert not findings("FEA105", clip_table(9, 1, frames=1, dims=1, constant=True))


def test_fea105_is_not_judged_where_no_clip_could_be_read() -> None:
    assert "none of 3" in not_judged("FEA105", clip_table(table={"total": 3})).reason
