from __future__ import annotations

import unicodedata

import pytest

from slrdoctor.arithmetic.gloss_forms import (
    FORMS,
    core,
    cores,
    is_mark,
    is_numbers,
    same_target,
    without_marks,
)


@pytest.mark.parametrize(
    ("one", "other", "by"),
    [
        ("HAUS ", "HAUS", "white space or Unicode form"),
        ("ÜBEN", unicodedata.normalize("NFD", "ÜBEN"), "white space or Unicode form"),
        ("HA\u200bUS", "HAUS", "white space or Unicode form"),
        ("Haus", "HAUS", "case"),
        ("STRASSE", "straße", "case"),
        ("ΚΑΛΟΣ", "καλος", "case"),
        ("ΚΑΛΗ", "καλή", "accents"),
        ("kαλή", "ΚΑΛΗ", "look-alike letters"),
        ("ΕΓΩ(1)", "ΕΓΩ", "annotation marks"),
        ("loc-NORD", "nord", "annotation marks"),
        ("REGEN++", "REGEN", "annotation marks"),
        ("4. Bird", "bird", "annotation marks"),
        ("HAUS", "MAUS", ""),
        ("কি", "কু", ""),
    ],
)
def test_the_slightest_form_in_which_two_glosses_agree(one: str, other: str, by: str) -> None:
    assert next((name for name, form in FORMS if form(one) == form(other)), "") == by


def test_each_form_ignores_what_the_ones_before_it_do() -> None:
    words = ["Haus", "HAUS ", "ΚΑΛΗ", "kαλή", "REGEN++", "loc-x", "éa", "à"]
    for one in words:
        for other in words:
            agree = [form(one) == form(other) for _, form in FORMS]
            assert agree == sorted(agree)


@pytest.mark.parametrize(
    "mark", ["__ON__", "__EMOTION__", "IX", "IX-3", "loc-NORD", "cl-KOMMEN", "poss-BEIN"]
)
def test_marks_are_told_from_glosses(mark: str) -> None:
    assert is_mark(mark)


@pytest.mark.parametrize("gloss", ["SIX", "IXORA", "local", "NEGATIV", "_", "A__B", "ON"])
def test_glosses_are_no_marks(gloss: str) -> None:
    assert not is_mark(gloss)


def test_marks_alone_are_kept_as_they_are() -> None:
    assert without_marks("(1)") == "(1)"
    assert core("__ON__") == ""
    assert cores(("__ON__", "Regen++")) == ("regen",)


def test_hostile_lengths_take_no_time() -> None:
    for long in ("+" * 100_000 + "x", "(" * 100_000, "1" * 100_000, "a_" * 50_000):
        assert core(long)
        assert not is_numbers((long,))


def test_targets_are_the_same_without_case_and_marks() -> None:
    assert same_target(("__ON__", "ABEND", "REGEN++"), ("abend", "regen"))
    assert not same_target(("A", "B"), ("B", "A"))
    assert is_numbers(("1", "20"))
    assert not is_numbers(("1", "x"))
    assert not is_numbers(())
    assert not is_numbers(("²",))
