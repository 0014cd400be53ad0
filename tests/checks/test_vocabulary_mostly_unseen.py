from __future__ import annotations

import pytest

from slrdoctor.facts.labels.gloss_counts import GlossCounts
from slrdoctor.testing import findings, not_judged


def counts(outputs: int, seen: int) -> GlossCounts:
    shown = tuple((f"W{i}", 10) for i in range(seen))
    return GlossCounts(shown, 10 * seen, True, outputs, seen, "vocab.json", "train.csv")


def test_lab202_fires_on_two_signs_of_two_thousand() -> None:
    [finding] = findings("LAB202", counts(2000, 2))

    assert finding.message == (
        "1998 of 2000 output classes (99.9%) never occur in training: 20 samples cover only 2"
    )
    assert finding.evidence[0].value == 0.999
    assert finding.evidence[0].limit is not None and finding.evidence[0].limit.value == 0.5


def test_lab202_is_quiet_at_exactly_half() -> None:
    assert not findings("LAB202", counts(10, 5))
    assert findings("LAB202", counts(11, 5))


@pytest.mark.parametrize(("outputs", "seen"), [(1295, 1231), (1115, 1085), (2000, 2000)])
def test_lab202_is_quiet_on_public_vocabularies(outputs: int, seen: int) -> None:
    assert not findings("LAB202", counts(outputs, seen))


def test_lab202_is_quiet_where_nothing_says_the_outputs() -> None:
    assert not findings("LAB202", counts(0, 5))


def test_lab202_is_not_judged_where_nothing_says_the_outputs() -> None:
    assert "output classes" in not_judged("LAB202", counts(0, 5)).reason
