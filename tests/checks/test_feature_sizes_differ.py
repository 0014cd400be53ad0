"""FEA109: samples disagree on the size of a frame."""

from __future__ import annotations

from typing import Any

import pytest

from slrdoctor.testing import findings, not_judged
from tests.making import clip_row, clip_table


@pytest.mark.parametrize(
    "other", [{"shape": (40, 226), "dims": 226}, {"shape": (40, 75, 3)}, {"dtype": "int64"}]
)
def test_fea109_fires_on_one_clip_of_another_size_rank_or_kind(other: dict[str, Any]) -> None:
    [finding] = findings("FEA109", clip_table(9, 1, **other))
    assert finding.samples == ("s0",) and (finding.affected, finding.total) == (1, 10)


def test_fea109_fires_on_a_clip_that_was_set_apart_for_its_rank() -> None:
    stray = ("s0", "train", "wrong-rank", "shape [40], where the others have 2 axes")
    [finding] = findings("FEA109", clip_table(9, table={"unreadable": (stray,)}))
    assert finding.message == (
        "9 of 10 clips have 225 values per frame, but 1 (s0) has another number of axes (shape [40], "
        "where the others have 2 axes)"
    )
    assert finding.samples == ("s0",)


def test_fea109_names_a_clip_of_each_other_size() -> None:
    [finding] = findings("FEA109", clip_table(9, 1, shape=(40, 226), dims=226))
    assert finding.message == "9 of 10 clips have 225 values per frame, but 1 (s0) has 226"
    [finding] = findings("FEA109", clip_table(8, 2, shape=(40, 226), dims=226))
    assert finding.message.endswith("but 2 (such as s0) have 226")


@pytest.mark.parametrize(
    "other",
    [{"shape": (7, 225), "frames": 7}, {"dtype": "float64"}, {"dtype": "float16"}, {"frames": 0}],
)
def test_fea109_is_quiet_on_other_lengths_and_precisions(other: dict[str, Any]) -> None:
    assert not findings("FEA109", clip_table(9, 1, **other))


def test_fea109_is_quiet_when_the_number_of_people_varies() -> None:
    rows = tuple(clip_row(f"p{n}", shape=(40, n, 75, 3), dims=225 * n) for n in (1, 1, 2))
    assert not findings("FEA109", clip_table(table={"rows": rows}))


def test_fea109_is_quiet_where_no_two_clips_agree_and_fires_where_two_do() -> None:
    rows = tuple(clip_row(f"c{n}", shape=(40, n), dims=n) for n in (10, 11, 12, 13))
    assert not findings("FEA109", clip_table(table={"rows": rows}))
    assert findings("FEA109", clip_table(table={"rows": (*rows, rows[0])}))
    assert findings("FEA109", clip_table(table={"rows": rows[:2]}))


def test_fea109_is_not_judged_where_no_two_clips_agree() -> None:
    rows = tuple(clip_row(f"c{n}", shape=(40, n), dims=n) for n in (10, 11, 12, 13))
    assert "4 sizes" in not_judged("FEA109", clip_table(table={"rows": rows})).reason


def test_fea109_is_not_judged_where_no_clip_could_be_read() -> None:
    assert "no clip" in not_judged("FEA109", clip_table(table={"total": 3})).reason
