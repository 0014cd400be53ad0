from __future__ import annotations

from slrdoctor.facts.labels.contradictions import Contradiction, Contradictions
from slrdoctor.testing import findings


def test_lab208_fires_on_one_contradiction() -> None:
    found = Contradictions((Contradiction("x7", ("train", "dev"), ("A B", "A C")),), 100, 0, "a.csv")
    [finding] = findings("LAB208", found)

    assert finding.message == '1 of 100 samples has several targets: x7 is annotated "A B" and "A C"'
    assert finding.samples == ("x7",)
    assert [e.value for e in finding.evidence] == [1, 1]


def test_lab208_is_quiet_on_rows_that_only_repeat() -> None:
    assert not findings("LAB208", Contradictions((), 100, 7, "a.csv"))
