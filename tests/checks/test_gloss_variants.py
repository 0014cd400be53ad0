from __future__ import annotations

from slrdoctor.facts.labels.gloss_variants import GlossVariants, Variants, gloss_variants
from slrdoctor.facts.labels.samples import Targets
from slrdoctor.testing import findings


def variants(*sentences: str) -> GlossVariants:
    ids = tuple(str(i) for i in range(len(sentences)))
    return gloss_variants(
        Targets(ids, ("train",) * len(ids), tuple(tuple(s.split()) for s in sentences), "a.csv")
    )


def test_lab207_fires_on_glosses_in_two_forms() -> None:
    found = variants("wa Wa wa", "REGEN REGEN++ REGEN", "HAUS")

    assert found.variants == (
        Variants(("wa", "Wa"), "case"),
        Variants(("REGEN", "REGEN++"), "annotation marks"),
    )
    [finding] = findings("LAB207", found)
    assert finding.message == (
        "2 of 5 glosses are written in several ways: wa and Wa (case); "
        "REGEN and REGEN++ (annotation marks)"
    )


def test_lab207_fires_on_a_mark_alone() -> None:
    found = variants("__ON__ A", "__ON__ IX B")

    assert found.marks == (("__ON__", 2), ("IX", 1))
    assert (
        findings("LAB207", found)[0].message
        == "2 of 4 tokens are annotation marks (__ON__, IX), with 3 occurrences"
    )


def test_lab207_puts_each_group_under_what_first_merges_it() -> None:
    assert [v.by for v in variants("u\u0308ben üben ÜBEN").variants] == [
        "white space or Unicode form",
        "case",
    ]


def test_lab207_is_quiet_on_glosses_in_one_form() -> None:
    assert not findings("LAB207", variants("HAUS MAUS 15 16", "REGEN_1 REGEN_2 SIGN00 SIGN01"))
