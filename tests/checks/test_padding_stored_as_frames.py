"""FEA115: padding is stored as if it were frames."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slrdoctor.facts.training.progress import Progress
from slrdoctor.testing import findings, not_judged
from tests.making import LEARNED, clip_row, clip_table

PADDED = {"trailing": 20, "ends_in_zeros": True, "zero_frames": 0.5}


def test_fea115_fires_when_most_clips_of_one_length_end_in_equal_frames() -> None:
    [finding] = findings("FEA115", clip_table(49, 51, **PADDED))
    assert "51 of 100 clips" in finding.message and "20 per such clip on average" in finding.message


def test_fea115_is_quiet_at_exactly_half_of_the_clips() -> None:
    assert not findings("FEA115", clip_table(50, 50, **PADDED))


def test_fea115_fires_on_padding_by_the_last_frame() -> None:
    assert findings("FEA115", clip_table(1, 9, trailing=20))


def test_fea115_is_quiet_where_lengths_are_stored() -> None:
    assert not findings("FEA115", clip_table(1, 9, table={"length_stored": True}, **PADDED))


def test_fea115_is_quiet_on_clips_of_their_own_lengths() -> None:
    rows = tuple(clip_row(f"c{n}", frames=30 + n, **PADDED) for n in range(10))
    assert not findings("FEA115", clip_table(table={"rows": rows}))


@pytest.mark.parametrize(
    "progress",
    [
        LEARNED,
        replace(LEARNED, metric="accuracy", best_metric=0.9, last_metric=0.85, blind_metric=0.1),
        replace(LEARNED, metric="wer", best_metric=0.2, last_metric=0.3, blind_metric=0.9),
    ],
)
def test_fea115_is_not_judged_on_zeros_where_the_run_learned_well(progress: Progress) -> None:
    abstained = not_judged("FEA115", clip_table(1, 9, **PADDED), progress)
    assert "9 of 10 clips are filled up with zeros" in abstained.reason
    assert "is far from chance" in abstained.reason
    assert "lengths" in abstained.enable


def test_fea115_fires_on_zeros_where_the_run_learned_little() -> None:
    little = replace(LEARNED, metric="accuracy", best_metric=0.3, last_metric=0.3, blind_metric=0.1)
    assert findings("FEA115", clip_table(1, 9, **PADDED), little)


def test_fea115_fires_on_repeated_frames_even_where_the_run_learned_well() -> None:
    assert findings("FEA115", clip_table(1, 9, trailing=20), LEARNED)


def test_fea115_is_quiet_when_one_last_frame_repeats() -> None:
    assert not findings("FEA115", clip_table(0, 10, trailing=1))


def test_fea115_is_quiet_where_undetected_frames_are_as_usual_elsewhere() -> None:
    natural = {"trailing": 6, "ends_in_zeros": True, "zero_frames": 0.45, "leading": 5}
    assert not findings("FEA115", clip_table(0, 10, **natural))


def test_fea115_is_not_judged_where_frames_without_landmarks_are_everywhere() -> None:
    natural = {"trailing": 6, "ends_in_zeros": True, "zero_frames": 0.45, "leading": 5}
    assert "landmarks" in not_judged("FEA115", clip_table(0, 10, **natural)).reason


def test_fea115_is_not_judged_on_clips_that_never_change() -> None:
    assert "never changes" in not_judged("FEA115", clip_table(0, 10, constant=True)).reason
