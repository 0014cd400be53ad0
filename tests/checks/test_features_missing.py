"""FEA102: some annotated samples have no features."""

from __future__ import annotations

from slrdoctor.facts.features.stored_features import StoredFeatures
from slrdoctor.testing import findings, not_judged


def found(train: int, dev: int, of: int = 10) -> StoredFeatures:
    missing = tuple((f"t{i}", "train") for i in range(of - train)) + tuple(
        (f"d{i}", "dev") for i in range(of - dev)
    )
    covered = {"train": (train, of), "dev": (dev, of)}
    joined = train + dev
    return StoredFeatures(
        2 * of, joined, joined, (), missing, covered, (), {}, False, (), "name against id", "a.csv"
    )


def test_fea102_fires_on_one_missing_sample_and_counts_by_split() -> None:
    [finding] = findings("FEA102", found(10, 9))
    assert "1 of the 10 in dev" in finding.message and "train" not in finding.message
    assert finding.samples == ("d0",) and (finding.affected, finding.total) == (1, 20)


def test_fea102_names_every_split_that_lacks_some() -> None:
    [finding] = findings("FEA102", found(7, 5))
    assert "3 of the 10 in train, 5 of the 10 in dev" in finding.message
    assert [e.value for e in finding.evidence] == [0.3, 0.5]


def test_fea102_is_quiet_when_all_are_there() -> None:
    assert not findings("FEA102", found(10, 10))


def test_fea102_is_quiet_when_none_is_there_which_is_fea101() -> None:
    assert not findings("FEA102", found(0, 0))


def test_fea102_is_not_judged_when_none_is_there() -> None:
    assert "features" in not_judged("FEA102", found(0, 0)).reason
