"""FEA101: no annotated sample has features that can be read."""

from __future__ import annotations

from dataclasses import replace

from slrdoctor.facts.features.join import NearMiss
from slrdoctor.facts.features.stored_features import StoredFeatures
from slrdoctor.testing import findings, not_judged
from tests.making import LEARNED

FOUND = StoredFeatures(
    annotated=100,
    joined=100,
    readable=100,
    faults=(),
    missing=(),
    covered={"train": (100, 100)},
    near_misses=(),
    near_counts={},
    folded=False,
    expected=(),
    how="file name against id",
    read_from="train.csv",
)


def test_fea101_fires_when_no_sample_has_features_and_names_the_near_miss() -> None:
    near = (NearMiss("vid1", "vid1.npz", "extension"),)
    none = replace(
        FOUND,
        joined=0,
        readable=0,
        missing=(("vid1", "train"),),
        near_misses=near,
        near_counts={"extension": 100},
    )
    [finding] = findings("FEA101", none)
    assert (
        finding.message
        == "none of 100 annotated samples has features, but 100 differ from a stored name only in the "
        "extension: for example, vid1 is annotated and vid1.npz is stored"
    )
    assert (finding.affected, finding.total) == (100, 100)
    assert "format of the stored files" in finding.fixes[0].do


def test_fea101_fires_when_all_files_are_pointers_and_says_so() -> None:
    [finding] = findings(
        "FEA101", replace(FOUND, joined=0, readable=0, faults=(("a Git LFS pointer", 100),))
    )
    assert "a Git LFS pointer" in finding.message


def test_fea101_fires_when_every_id_meets_its_file_only_by_folding() -> None:
    [finding] = findings("FEA101", replace(FOUND, folded=True))
    assert "case or Unicode" in finding.message


def test_fea101_is_quiet_about_folding_where_the_run_has_learned() -> None:
    assert not findings("FEA101", replace(FOUND, folded=True), LEARNED)
    assert findings("FEA101", replace(FOUND, folded=True), replace(LEARNED, learned=False))


def test_fea101_is_quiet_with_one_readable_sample() -> None:
    assert not findings("FEA101", replace(FOUND, joined=1, readable=1))


def test_fea101_is_quiet_when_nothing_is_annotated() -> None:
    assert not findings("FEA101", replace(FOUND, annotated=0, joined=0, readable=0))


def test_fea101_is_not_judged_when_nothing_is_annotated() -> None:
    assert "annotated" in not_judged("FEA101", replace(FOUND, annotated=0, joined=0, readable=0)).reason
