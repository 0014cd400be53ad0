"""FEA116: clips look like features by frames."""

from __future__ import annotations

from dataclasses import replace

from slrdoctor.facts.features.axis_order import AxisOrder
from slrdoctor.testing import findings, not_judged

# every clip [225, T] with T of its own
SWAPPED = AxisOrder(
    clips=50,
    first=225,
    first_share=1.0,
    first_known=True,
    second=80,
    second_share=0.1,
    second_sizes=30,
    second_known=False,
    roughness=8.0,
    read_from="features",
)
# every clip [30, 1662]
UPRIGHT = replace(
    SWAPPED,
    first=30,
    first_known=False,
    second=1662,
    second_share=1.0,
    second_sizes=1,
    second_known=True,
    roughness=0.2,
)


def test_fea116_fires_when_only_the_second_axis_varies() -> None:
    [finding] = findings("FEA116", SWAPPED)
    assert "length 225 in all 50 clips, while the second takes 30 different lengths" in finding.message


def test_fea116_fires_on_sizes_of_no_layout_unless_the_values_speak_against_it() -> None:
    unknown = replace(SWAPPED, first=40, first_known=False)
    assert findings("FEA116", replace(unknown, roughness=1.0))
    assert not findings("FEA116", replace(unknown, roughness=0.6))


def test_fea116_is_quiet_on_clips_of_one_length() -> None:
    assert not findings("FEA116", UPRIGHT)
    assert not findings("FEA116", replace(UPRIGHT, first=100, first_known=True, second_known=True))


def test_fea116_is_quiet_when_the_first_axis_varies() -> None:
    assert not findings("FEA116", replace(SWAPPED, first_share=0.94))


def test_fea116_fires_on_one_shape_by_smoothness_alone_and_is_quiet_at_the_limit() -> None:
    one_shape = replace(SWAPPED, second=30, second_share=1.0, second_sizes=1)
    assert findings("FEA116", replace(one_shape, roughness=1.51))
    assert not findings("FEA116", replace(one_shape, roughness=1.5))
    unknown = replace(one_shape, first=40, first_known=False)
    assert findings("FEA116", replace(unknown, roughness=3.1))
    assert not findings("FEA116", replace(unknown, roughness=3.0))
    assert not findings("FEA116", replace(unknown, roughness=float("nan")))


def test_fea116_is_not_judged_where_neither_axis_looks_like_time() -> None:
    one_shape = replace(SWAPPED, second=30, second_share=1.0, second_sizes=1)
    unknown = replace(one_shape, first=40, first_known=False, roughness=float("nan"))
    assert "time" in not_judged("FEA116", unknown).reason
