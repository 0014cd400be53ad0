from __future__ import annotations

from slrdoctor.facts.splits.shared_sentences import SharedSentences
from slrdoctor.testing import findings, not_judged


def sentences(**shares: tuple[int, int]) -> SharedSentences:
    return SharedSentences("gloss sequences", shares, ("d1", "d2"), "a.csv")


def test_spl302_fires_where_all_sentences_are_known() -> None:
    [finding] = findings("SPL302", sentences(dev=(18, 18)))

    assert finding.message == "all 18 dev gloss sequences also occur in train"
    assert (finding.affected, finding.total) == (18, 18)


def test_spl302_is_quiet_at_a_tenth() -> None:
    assert not findings("SPL302", sentences(dev=(1, 10)))
    assert findings("SPL302", sentences(dev=(11, 100)))


def test_spl302_tells_of_the_splits_over_the_limit_alone() -> None:
    [finding] = findings("SPL302", sentences(dev=(0, 50), test=(40, 50)))

    assert finding.message == "40 of 50 test gloss sequences also occur in train"


def test_spl302_is_not_judged_without_sentences_of_dev_or_test() -> None:
    assert "two glosses" in not_judged("SPL302", sentences()).reason
