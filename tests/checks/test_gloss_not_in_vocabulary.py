from __future__ import annotations

from dataclasses import replace

from slrdoctor.facts.labels.gloss_coverage import GlossCoverage, NearToken
from slrdoctor.testing import findings, not_judged


def coverage(
    *missing: tuple[str, int], near: tuple[NearToken, ...] = (), by: str = "names"
) -> GlossCoverage:
    kinds = {n.by: 1 for n in near}
    return GlossCoverage(
        20, 200, missing, near, ("s1", "s2")[: len(missing)], 50, 18, "train.csv", by, "", kinds
    )


def test_lab201_fires_with_shares_of_types_and_tokens() -> None:
    [finding] = findings("LAB201", coverage(("HAUS", 30), ("REGEN", 10)))

    assert finding.message == (
        "2 of 20 training glosses (20.0% of all occurrences) are not in the vocabulary of 18 glosses: "
        '"HAUS", "REGEN"'
    )
    assert finding.samples == ("s1", "s2")
    assert (finding.affected, finding.total) == (2, 50)
    assert finding.evidence[0].value == 2


def test_lab201_fires_at_a_single_gloss() -> None:
    assert findings("LAB201", coverage(("HAUS", 1)))


def test_lab201_names_what_is_nearly_there() -> None:
    [finding] = findings("LAB201", coverage(("haus", 3), near=(NearToken("haus", "HAUS", "case"),)))

    assert '"haus" is in it as "HAUS" (case)' in finding.message
    assert len(finding.fixes) == 2
    assert finding.evidence[-1].value == "case: 1"


def test_lab201_speaks_of_numbers_where_targets_are() -> None:
    assert "training class numbers" in findings("LAB201", coverage(("300", 3), by="numbers"))[0].message


def test_lab201_is_quiet_where_the_vocabulary_has_all() -> None:
    assert not findings("LAB201", coverage())


def test_lab201_is_not_judged_without_a_gloss() -> None:
    assert "no training target" in not_judged("LAB201", replace(coverage(), types=0, tokens=0)).reason
