from __future__ import annotations

from slrdoctor.facts.labels.gloss_counts import GlossCounts
from slrdoctor.testing import findings, not_judged


def counts(*numbers: int, single: bool = True, outputs: int = 0, own: bool = True) -> GlossCounts:
    shown = tuple((f"W{i}", n) for i, n in enumerate(numbers))
    return GlossCounts(shown, sum(numbers), single, outputs, len(numbers), "v.json", "train.csv", own)


def test_lab206_fires_on_a_median_of_four_and_not_of_five() -> None:
    [finding] = findings("LAB206", counts(4, 4, 40))

    assert finding.message == "the median class has 4 training samples: 48 samples cover all 3 classes"
    assert not findings("LAB206", counts(5, 5, 1))


def test_lab206_counts_the_classes_that_are_never_shown() -> None:
    [finding] = findings("LAB206", counts(10, 10, outputs=2000))

    assert (
        finding.message == "the median class has no training sample: 20 samples cover 2 of 2000 classes"
    )


def test_lab206_leaves_a_foreign_vocabulary_out() -> None:
    assert not findings("LAB206", counts(10, 10, outputs=2000, own=False))


def test_lab206_judges_sequences_by_glosses_seen_once() -> None:
    assert not findings("LAB206", counts(1, 1, 9, 9, single=False))
    [finding] = findings("LAB206", counts(1, 1, 1, 9, 9, single=False))
    assert finding.message == "3 of 5 glosses (60.0%) occur only once in 21 training samples"
    assert finding.evidence[0].value == 0.6


def test_lab206_is_quiet_on_the_singletons_of_phoenix() -> None:
    assert not findings("LAB206", counts(*[1] * 337, *[40] * 729, single=False))


def test_lab206_is_not_judged_without_a_gloss() -> None:
    assert "no training target" in not_judged("LAB206", counts(single=False)).reason
