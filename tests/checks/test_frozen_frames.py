"""FEA110: many frames repeat the frame before them."""

from __future__ import annotations

from slrdoctor.testing import findings, not_judged
from tests.making import clip_table


def test_fea110_fires_when_over_a_fifth_of_the_clips_stand_still() -> None:
    [finding] = findings("FEA110", clip_table(78, 22, repeated=0.6, repeated_inside=0.6))
    assert "22 of 100 clips" in finding.message


def test_fea110_is_quiet_at_exactly_a_fifth_of_the_clips() -> None:
    assert not findings("FEA110", clip_table(80, 20, repeated=0.6, repeated_inside=0.6))


def test_fea110_is_quiet_at_exactly_half_of_the_frames() -> None:
    assert not findings("FEA110", clip_table(0, 10, repeated=0.5, repeated_inside=0.5))


def test_fea110_is_quiet_when_equal_frames_are_padding() -> None:
    assert not findings("FEA110", clip_table(2, 8, repeated=0.7, repeated_inside=0.0, trailing=28))


def test_fea110_fires_when_a_tracker_stalls_to_the_end_of_some_clips() -> None:
    assert findings("FEA110", clip_table(7, 3, repeated=0.7, repeated_inside=0.0, trailing=28))


def test_fea110_is_quiet_on_one_hot_features_which_repeat_by_nature() -> None:
    assert not findings("FEA110", clip_table(0, 10, repeated=0.9, repeated_inside=0.9, distinct=1))


def test_fea110_is_quiet_on_constant_clips_which_are_fea105() -> None:
    assert not findings("FEA110", clip_table(0, 10, repeated=1.0, repeated_inside=1.0, constant=True))


def test_fea110_is_not_judged_on_one_hot_features() -> None:
    one = not_judged("FEA110", clip_table(0, 10, repeated=0.9, repeated_inside=0.9, distinct=1))

    assert "no clip" in one.reason
