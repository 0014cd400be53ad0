"""Marks between glosses, told from marks inside them by the vocabulary."""

from __future__ import annotations

import pytest

from slrdoctor.artifacts.kinds.annotations.separators import with_separate_glosses
from slrdoctor.artifacts.run import AnnotationFile, Row, VocabularyFile

SENTENCES = [("HOUSE", "TREE", "RAIN"), ("SUN",), ("RAIN", "SUN"), ("TREE", "HOUSE")]


def annotated(texts: list[str], classification: bool = False) -> AnnotationFile:
    rows = tuple(Row(f"s{i}", "train", tuple(text.split())) for i, text in enumerate(texts))
    return AnnotationFile("train.csv", "csv", "csv with a header", rows, classification)


def vocabulary(*tokens: str, target: str = "gloss") -> VocabularyFile:
    return VocabularyFile("vocab.txt", "text", ("<blank>", *tokens), (), target)


def glosses(
    texts: list[str], *vocabularies: VocabularyFile, classification: bool = False
) -> list[tuple[str, ...] | None]:
    [file] = with_separate_glosses([annotated(texts, classification)], vocabularies)
    return [row.glosses for row in file.rows]


WORDS = ("HOUSE", "TREE", "RAIN", "SUN")


@pytest.mark.parametrize("mark", ["/", ",", ", ", " , ", ";", "; ", "|", " | ", "+", "、", " / "])
@pytest.mark.parametrize("ending", ["", "mark"])
@pytest.mark.parametrize("classification", [False, True])
def test_a_mark_between_tokens_of_the_vocabulary_parts_them(
    mark: str, ending: str, classification: bool
) -> None:
    texts = [mark.join(words) + (mark if ending and len(words) > 1 else "") for words in SENTENCES]

    [file] = with_separate_glosses([annotated(texts, classification)], [vocabulary(*WORDS)])

    assert [row.glosses for row in file.rows] == SENTENCES
    assert mark.strip() in file.convention and not file.classification


@pytest.mark.parametrize("mark", [", ", "; "])
def test_a_list_of_words_with_commas_is_parted_without_a_vocabulary(mark: str) -> None:
    assert glosses([mark.join(words) for words in SENTENCES]) == SENTENCES
    assert glosses([mark.join(words) for words in SENTENCES], vocabulary("cat", "dog")) == SENTENCES


def test_glosses_that_the_vocabulary_lacks_are_parted_with_the_rest() -> None:
    known = vocabulary("HOUSE", "TREE", "RAIN")
    assert glosses(["/".join(words) for words in SENTENCES], known) == SENTENCES


def test_a_part_of_several_words_stays_one_gloss_where_the_vocabulary_has_it() -> None:
    texts = ["THANK YOU, RAIN", "RAIN, THANK YOU", "RAIN, SUN"]
    known = vocabulary("THANK YOU", "RAIN", "SUN")
    assert glosses(texts, known) == [("THANK YOU", "RAIN"), ("RAIN", "THANK YOU"), ("RAIN", "SUN")]


@pytest.mark.parametrize(
    ("texts", "tokens"),
    [
        (["HI/HELLO", "BYE/CIAO", "RAIN"], ("HI/HELLO", "BYE/CIAO", "RAIN")),  # names of classes
        (["RAIN SUN", "SUN+RAIN TREE", "TREE RAIN", "RAIN+TREE"], ("RAIN", "SUN", "TREE")),  # compounds
        (["RAIN/SUN", "TREE"], ("RAIN", "SUN", "TREE")),  # one alone shows nothing
        (["A/B", "C/D"], ("RAIN", "SUN")),
        (["2,5", "3,5"], ("RAIN", "SUN")),
    ],
)
def test_a_mark_inside_glosses_stays(texts: list[str], tokens: tuple[str, ...]) -> None:
    expected = [tuple(text.split()) for text in texts]
    assert glosses(texts, vocabulary(*tokens)) == expected
    assert glosses(texts) == expected


def test_a_vocabulary_of_texts_parts_no_glosses() -> None:
    texts = ["/".join(words) for words in SENTENCES]
    assert glosses(texts, vocabulary(*WORDS, target="text")) == [(text,) for text in texts]


@pytest.mark.parametrize(("mine", "other"), [("/", " "), ("|", " "), (" ", "/"), ("+", "/")])
def test_a_copy_of_the_samples_that_parts_glosses_otherwise_has_the_same_targets(
    mine: str, other: str
) -> None:
    files = [annotated([mark.join(words) for words in SENTENCES]) for mark in (mine, other)]

    parted = with_separate_glosses(files, [vocabulary(*WORDS)])

    assert [[row.glosses for row in file.rows] for file in parted] == [SENTENCES, SENTENCES]


def test_a_file_of_compounds_stays_whole_beside_one_whose_glosses_a_mark_parts() -> None:
    compounds = ["RAIN+SUN", "SUN+RAIN", "TREE+SUN"]
    known = vocabulary(*WORDS, *compounds)
    files = [annotated(["/".join(words) for words in SENTENCES]), annotated(compounds)]

    parted = with_separate_glosses(files, [known])

    assert [row.glosses for row in parted[0].rows] == SENTENCES
    assert [row.glosses for row in parted[1].rows] == [(compound,) for compound in compounds]
