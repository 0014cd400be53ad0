"""FEA103: some feature files cannot be read."""

from __future__ import annotations

from slrdoctor.testing import findings
from tests.making import clip_table

TRUNCATED = ("s1", "train", "truncated", "ends before its data")
POINTER = ("s2", "train", "lfs-pointer", "a Git LFS pointer")


def test_fea103_fires_on_one_broken_file() -> None:
    [finding] = findings("FEA103", clip_table(9, table={"unreadable": (TRUNCATED,)}))
    assert "1 of 10" in finding.message and finding.samples == ("s1",)


def test_fea103_fires_with_the_count_and_the_fix_of_each_fault() -> None:
    [finding] = findings("FEA103", clip_table(9, table={"unreadable": (TRUNCATED, POINTER, POINTER)}))
    assert "2 with only a Git LFS pointer, 1 truncated" in finding.message
    assert [e.value for e in finding.evidence] == [2, 1]
    assert any("lfs" in fix.how for fix in finding.fixes) and len(finding.fixes) == 2


def test_fea103_is_quiet_when_all_were_read() -> None:
    assert not findings("FEA103", clip_table(9))
