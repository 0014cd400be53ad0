"""Which axis of stored clips is time."""

from __future__ import annotations

import pytest

from slrdoctor.artifacts.kinds.features.axes import Axes, Shape, readings


@pytest.mark.parametrize(
    ("shapes", "may_be"),
    [
        ([(40, 225), (52, 225)], [""]),
        ([(225, 40), (225, 52)], ["", "DT"]),
        ([(40, 75, 3), (52, 75, 3)], [""]),
        ([(40, 1, 75, 3), (52, 1, 75, 3), (61, 2, 75, 3)], [""]),
        ([(1, 40, 75, 3), (1, 52, 75, 3)], ["1TKC"]),
        ([(1, 40, 225), (1, 52, 225)], ["1TK"]),
        ([(1, 225, 40), (1, 225, 52)], ["1TK", "1DT"]),
        ([(1, 1, 40, 225), (1, 1, 52, 225)], ["11TK"]),
        ([(3, 40, 75), (3, 52, 75)], ["CTK"]),
        ([(2, 40, 75), (2, 52, 75)], ["CTK"]),
        ([(3, 40, 75, 1), (3, 52, 75, 1)], ["CTKM"]),
        ([(3, 40, 75, 2), (3, 52, 75, 2)], ["CTKM"]),
        ([(2, 40, 75, 3), (2, 52, 75, 3)], ["MTKC"]),
        ([(1, 3, 40, 75), (1, 3, 52, 75)], ["1CTK"]),
        ([(1, 3, 40, 25, 2), (1, 3, 52, 25, 2)], ["1CTKM"]),
        ([(75, 3, 40), (75, 3, 52)], ["KCT"]),
        ([(3, 75, 40), (3, 75, 52)], ["CKT"]),
        ([(3, 300, 27, 2)] * 3, ["CTKM", ""]),
        ([(1, 64, 27, 3)] * 3, ["1TKC", ""]),
        ([(3, 224, 224)] * 3, ["", "CTK"]),  # an image, or as many landmarks as frames
        ([(64, 225)] * 3, ["", "DT"]),
        ([(64, 1, 75, 3), (64, 2, 75, 3), (64, 3, 75, 3)], [""]),  # people vary, not frames
        ([(3, 40, 75), (3, 52, 75), (3, 61, 42)], ["CTK"]),  # a stray
        ([(3, 40, 75), (3, 52, 75), (75, 3)], ["CTK"]),
    ],
)
def test_the_axis_of_frames_is_told_by_what_differs_between_clips(
    shapes: list[Shape], may_be: list[str]
) -> None:
    axes = Axes.of(shapes)
    assert axes is not None
    assert list(readings(axes)) == may_be


@pytest.mark.parametrize(
    "shapes",
    [
        [(3, 40, 75)],  # one clip
        [(1, 225), (1, 225)],  # a frame each
        [(1, 21, 3)] * 3,  # a hand each
        [(3, 40, 75), (3, 52, 80), (3, 61, 90)],  # two axes vary
    ],
)
def test_frames_come_first_where_shapes_tell_nothing(shapes: list[Shape]) -> None:
    axes = Axes.of(shapes)
    assert axes is not None
    assert readings(axes)[0] == ""
