from __future__ import annotations

import pytest

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
        "2 of 5 glosses are written in more than one way: wa and Wa (case); "
        "REGEN and REGEN++ (annotation marks)"
    )


def test_lab207_fires_on_a_comment_and_says_how_to_leave_it_out() -> None:
    found = variants("__ON__ A", "__ON__ __PU__ B")

    assert found.comments == (("__ON__", 2), ("__PU__", 1))
    [finding] = findings("LAB207", found)
    assert finding.message == "2 of 4 glosses are comments (__ON__, __PU__), found 3 times"
    assert ["comments" in fix.do for fix in finding.fixes] == [True]


def test_lab207_is_quiet_on_pointing_signs() -> None:
    assert not findings("LAB207", variants("IX A", "IX-1 loc-NORD B"))


@pytest.mark.parametrize(
    ("sentence", "snippet"),
    [("u\u0308ben üben", "normalize"), ("wa Wa", "upper"), ("REGEN REGEN++", "re.sub")],
)
def test_lab207_fixes_what_the_spellings_differ_in(sentence: str, snippet: str) -> None:
    [finding] = findings("LAB207", variants(sentence))

    assert [snippet in fix.how for fix in finding.fixes] == [True]


def test_lab207_puts_each_group_under_what_first_merges_it() -> None:
    assert [v.by for v in variants("u\u0308ben üben ÜBEN").variants] == [
        "white space or Unicode form",
        "case",
    ]


def test_lab207_is_quiet_on_glosses_in_one_form() -> None:
    assert not findings("LAB207", variants("HAUS MAUS 15 16", "REGEN_1 REGEN_2 SIGN00 SIGN01"))
