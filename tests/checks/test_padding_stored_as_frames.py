"""FEA115: padding is stored as if it were frames."""

from __future__ import annotations

from typing import Any

from slrdoctor.testing import findings, not_judged

PADDED = {"trailing": 20, "ends_in_zeros": True, "zero_frames": 0.5}


def test_fea115_fires_when_most_clips_of_one_length_end_in_equal_frames(make_table: Any) -> None:
    [finding] = findings("FEA115", make_table(49, 51, **PADDED))
    assert "51 of 100 clips" in finding.message and "20 per such clip on average" in finding.message


def test_fea115_is_quiet_at_exactly_half_of_the_clips(make_table: Any) -> None:
    assert not findings("FEA115", make_table(50, 50, **PADDED))


def test_fea115_fires_on_padding_by_the_last_frame(make_table: Any) -> None:
    assert findings("FEA115", make_table(1, 9, trailing=20))


def test_fea115_is_quiet_where_lengths_are_stored(make_table: Any) -> None:
    assert not findings("FEA115", make_table(1, 9, table={"length_stored": True}, **PADDED))


def test_fea115_is_quiet_on_clips_of_their_own_lengths(make_table: Any, make_row: Any) -> None:
    rows = tuple(make_row(f"c{n}", frames=30 + n, **PADDED) for n in range(10))
    assert not findings("FEA115", make_table(table={"rows": rows}))


def test_fea115_is_quiet_when_one_last_frame_repeats(make_table: Any) -> None:
    assert not findings("FEA115", make_table(0, 10, trailing=1))


def test_fea115_is_quiet_where_undetected_frames_are_as_usual_elsewhere(make_table: Any) -> None:
    natural = {"trailing": 6, "ends_in_zeros": True, "zero_frames": 0.45, "leading": 5}
    assert not findings("FEA115", make_table(0, 10, **natural))


def test_fea115_is_not_judged_where_frames_without_landmarks_are_everywhere(make_table: Any) -> None:
    natural = {"trailing": 6, "ends_in_zeros": True, "zero_frames": 0.45, "leading": 5}
    assert "landmarks" in not_judged("FEA115", make_table(0, 10, **natural)).reason


def test_fea115_is_not_judged_on_clips_that_never_change(make_table: Any) -> None:
    assert "never changes" in not_judged("FEA115", make_table(0, 10, constant=True)).reason
