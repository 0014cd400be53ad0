"""Columns that may hold a text, glosses or a class, and ids with blanks."""

from __future__ import annotations

import pytest

from slrdoctor.artifacts.formats.csv_table import table_of
from slrdoctor.artifacts.kinds.annotations import recognise_annotations
from slrdoctor.artifacts.run import AnnotationFile

NAMES = ("phrase", "utterance", "meaning", "lexeme", "Ausdruck", "significado", "短语", "фраза", "意味")


def annotated(text: str, where: str = "train.csv") -> AnnotationFile | None:
    return recognise_annotations(where, "csv", table_of(text))


@pytest.mark.parametrize("name", NAMES)
def test_a_column_of_words_that_come_again_is_the_class(name: str) -> None:
    rows = "".join(f"c{i},{('water', 'good morning', 'eat')[i % 3]}\n" for i in range(12))
    found = annotated(f"id,{name}\n{rows}")
    assert found is not None
    assert [row.glosses for row in found.rows[:3]] == [("water",), ("good morning",), ("eat",)]
    assert found.classification


@pytest.mark.parametrize("name", NAMES)
def test_a_column_of_sentences_is_the_text_and_of_capitals_the_glosses(name: str) -> None:
    texts = ("the sun shines today", "rain in the north", "cold wind at night", "snow on the hills")
    rows = "".join(f"clips/{i}.npy,{text}\n" for i, text in enumerate(texts))
    found = annotated(f"path,{name}\n{rows}")
    assert found is not None
    assert [row.text for row in found.rows] == list(texts)
    found = annotated(f"path,{name}\n{rows.upper().replace('CLIPS', 'clips').replace('NPY', 'npy')}")
    assert found is not None
    assert found.rows[0].glosses == ("THE", "SUN", "SHINES", "TODAY")


def test_an_utterance_with_a_number_stays_the_id() -> None:
    found = annotated("utterance,gloss\nutt_01,A B\nutt_02,C D\nutt_03,A C\n")
    assert found is not None
    assert [row.id for row in found.rows] == ["utt_01", "utt_02", "utt_03"]
    assert found.rows[0].glosses == ("A", "B")


def test_a_phrase_beside_a_gloss_is_its_text() -> None:
    found = annotated("id,gloss,phrase\na1,SUN SHINE,the sun shines\na2,RAIN NORTH,rain in the north\n")
    assert found is not None
    assert (found.rows[0].glosses, found.rows[0].text) == (("SUN", "SHINE"), "the sun shines")


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
@pytest.mark.parametrize("name", ["Ana Lopez take {}", "İbrahim Kaya ({})", "video nr. {} of day 2"])
def test_ids_with_blanks_in_a_table_without_a_header(name: str, separator: str) -> None:
    words = ("water", "good morning", "eat")
    text = "".join(f"{name.format(i)}{separator}{words[i % 3]}\n" for i in range(12))
    found = annotated(text)
    assert found is not None
    assert found.rows[1].id == name.format(1)
    assert found.rows[1].glosses == ("good morning",)


def test_sentences_in_a_table_without_a_header_are_not_ids() -> None:
    texts = ("I am 3 years old", "call 112 now", "it is 5 degrees", "we met 2 friends", "he has 4 cats",
             "buy 6 apples", "at 7 we eat")  # fmt: skip
    assert annotated("".join(f"{text},life\n" for text in texts)) is None


@pytest.mark.parametrize("column", ["text", "sentence", "Übersetzung"])
def test_a_text_of_one_word_that_comes_again_is_a_class(column: str) -> None:
    rows = "".join(f"a{i:03d},{('дом', 'хлеб', 'вода')[i % 3]}\n" for i in range(12))
    found = annotated(f"id,{column}\n{rows}")
    assert found is not None and found.classification
    rows = "".join(f"a{i:03d},{('good day', 'bread', 'cold water')[i % 3]} {i}\n" for i in range(12))
    found = annotated(f"id,{column}\n{rows}")
    assert found is not None and found.rows[0].text == "good day 0"


@pytest.mark.parametrize(
    ("column", "yes", "no", "splits"),
    [
        ("train", "True", "False", ("train", "test")),
        ("is_train", "1", "0", ("train", "test")),
        ("is_val", "true", "false", ("dev", "train")),
        ("isTest", "1", "0", ("test", "train")),
    ],
)
def test_a_flag_tells_the_split(column: str, yes: str, no: str, splits: tuple[str, str]) -> None:
    rows = "".join(f"a{i},{('A', 'B')[i % 2]},{yes if i < 6 else no}\n" for i in range(9))
    found = annotated(f"id,label,{column}\n{rows}", "annotations.csv")
    assert found is not None
    assert [row.split for row in found.rows] == [splits[0]] * 6 + [splits[1]] * 3


def test_a_column_of_numbers_under_the_name_of_a_split_is_no_flag() -> None:
    rows = "".join(f"a{i},{('A', 'B')[i % 2]},{i}\n" for i in range(9))
    found = annotated(f"id,label,test\n{rows}", "annotations.csv")
    assert found is not None and {row.split for row in found.rows} == {""}
