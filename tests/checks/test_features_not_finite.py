"""FEA104: some features are NaN or infinite."""

from __future__ import annotations

from slrdoctor.testing import findings, not_judged
from tests.making import clip_table


def test_fea104_fires_on_one_value_with_its_frame_and_block() -> None:
    table = clip_table(9, 1, bad_values=1, first_bad_frame=7, bad_block="left_hand")
    [finding] = findings("FEA104", table)
    assert "(1 in all)" in finding.message and "frame 7 of s0 in left_hand" in finding.message
    assert (finding.affected, finding.total) == (1, 10) and finding.samples == ("s0",)


def test_fea104_fires_without_a_block_for_embeddings() -> None:
    [finding] = findings("FEA104", clip_table(0, 2, bad_values=3, first_bad_frame=0))
    assert finding.message.endswith("first in frame 0 of s0")


def test_fea104_is_quiet_when_all_values_are_finite() -> None:
    assert not findings("FEA104", clip_table(10))


def test_fea104_is_not_judged_where_no_clip_could_be_read() -> None:
    assert "none of 3" in not_judged("FEA104", clip_table(table={"total": 3})).reason
