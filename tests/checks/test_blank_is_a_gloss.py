from __future__ import annotations

from slrdoctor.facts.labels.blank_use import BlankUse
from slrdoctor.facts.labels.vocabulary import BlankIndex
from slrdoctor.testing import findings


def use(owner: str = "", occurrences: int = 0) -> BlankUse:
    blank = BlankIndex(0, "blank: 0 in the config", True, "config.yaml")
    return BlankUse(blank, owner, occurrences, ("s1", "s2")[:occurrences], 40, "train.csv, vocab.json")


def test_lab204_fires_on_a_gloss_that_owns_the_index() -> None:
    [finding] = findings("LAB204", use("HAUS", 12))

    assert finding.message == (
        'index 0 is the CTC blank (blank: 0 in the config) and also stands for "HAUS", which occurs '
        "12 times in the targets"
    )
    assert finding.affected == 2


def test_lab204_fires_on_one_occurrence_and_on_none_with_an_owner() -> None:
    assert findings("LAB204", use("<pad>", 1))
    [finding] = findings("LAB204", use("HAUS", 0))
    assert "targets" not in finding.message


def test_lab204_is_quiet_where_the_blank_is_alone() -> None:
    assert not findings("LAB204", use())
