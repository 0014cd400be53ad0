from __future__ import annotations

from typing import Any

import pytest

from slrdoctor.facts.evaluation._scored_forms import (
    SCORED_FORMS,
    bare,
    merged,
    normalised,
    written_alike,
)
from slrdoctor.facts.evaluation.normalised_scores import normalised_scores
from slrdoctor.facts.labels.vocabulary import Vocabulary

FORM = dict(SCORED_FORMS)
MakePairs = Any


@pytest.mark.parametrize(
    ("what", "one", "other"),
    [
        ("white space or Unicode form", "MÖGLICH", "MO\u0308GLICH"),
        ("case", "Regen", "REGEN"),
        ("accents", "ΕΓΏ", "ΕΓΩ"),
        ("look-alike letters", "ΚAI", "KAI"),
        ("annotation marks", "ΕΓΩ(1)", "ΕΓΩ"),
        ("annotation marks", "loc-NORD", "NORD"),
        ("punctuation", "tomorrow.", "tomorrow"),
    ],
)
def test_a_form_and_all_after_it_make_two_spellings_one(what: str, one: str, other: str) -> None:
    names = list(FORM)
    assert all(FORM[n](one) == FORM[n](other) for n in names[names.index(what) :])
    assert FORM[names[names.index(what) - 1]](one) != FORM[names[names.index(what) - 1]](other)


@pytest.mark.parametrize("token", ["<s>", "</s>", "<pad>", "[SEP]"])
def test_padding_is_left_out_from_the_first_form_on(token: str) -> None:
    assert not any(form(token) for form in FORM.values())


def test_an_unknown_word_is_no_padding() -> None:
    assert FORM["start, end and padding tokens"]("<unk>") == "<unk>"


def test_a_token_of_punctuation_leaves_nothing_bare() -> None:
    assert bare("...") == bare("__ON__") == bare("IX-1") == "" and bare("(HAUS)!") == "haus"
    assert normalised((("HAUS", "."),), bare) == (("haus",),)


def test_adjacent_repeats_become_one() -> None:
    assert merged((("A", "A", "B", "A"), ())) == (("A", "B", "A"), ())


def test_writing_is_mended_and_confusion_is_not() -> None:
    alike, meant = written_alike(
        (("haus", "ΕΓΩ(1)"),), (("HAUS", "ΕΓΩ(2)"),), FORM["annotation marks"], ()
    )
    assert alike == meant, "neither side knows both variants"
    both = (("ΕΓΩ(1)", "ΕΓΩ(2)"),), (("ΕΓΩ(2)", "ΕΓΩ(1)"),)
    assert written_alike(*both, FORM["annotation marks"], ()) == both


def test_what_the_vocabulary_tells_apart_stays_apart() -> None:
    sides = (("IX(1)", "A"),), (("IX(2)", "A"),)
    kept = written_alike(*sides, FORM["annotation marks"], {"IX(1)", "IX(2)"})
    assert kept[0] != kept[1]
    assert len(set(written_alike(*sides, FORM["annotation marks"], {"IX(1)"}))) == 1


def test_a_mark_that_both_sides_have_stays_and_one_of_one_side_goes() -> None:
    form = FORM["marks that stand alone"]
    assert written_alike((("IX", "A"),), (("A", "IX"),), form, ())[0] == (("IX", "A"),)
    assert written_alike((("A",),), (("A", "__ON__"),), form, ()) == ((("A",),), (("A",),))


def test_the_slightest_form_that_mends_is_named(make_pairs: MakePairs) -> None:
    found = normalised_scores(make_pairs(["regen NORD"] * 12, ["REGEN NORD"] * 12), None)
    assert found.wer == 0.5 and found.best == ("case", 0.0)
    assert found.examples == (("regen", "REGEN"),)


def test_a_vocabulary_keeps_variants_that_are_confused(make_pairs: MakePairs) -> None:
    pairs = make_pairs(["a b"] * 12, ["A b"] * 12)
    assert normalised_scores(pairs, None).best[1] == 0
    known = Vocabulary(("a", "A", "b"), (), "vocab.json")
    assert normalised_scores(pairs, known).best[1] == 0.5
    both = make_pairs(["a b", "A b"] * 6, ["A b", "a b"] * 6)
    assert normalised_scores(both, None).best[1] == 0.5
