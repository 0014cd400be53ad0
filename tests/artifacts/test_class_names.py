"""Names of classes that have several words, told from gloss sequences."""

from __future__ import annotations

from typing import Any

import pytest

from slrdoctor.artifacts.content import Tree
from slrdoctor.artifacts.kinds.annotations import recognise_annotations
from slrdoctor.artifacts.run import AnnotationFile

NAMES = ["book", "thank you", "who", "ice cream", "go", "no"]


def annotated(records: list[dict[str, Any]]) -> AnnotationFile:
    found = recognise_annotations("train_200.json", "json", Tree(records))
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["gloss", "annotation", "Glosse", "glosa"])
@pytest.mark.parametrize("number", ["label", "target", "class", "class_id", "etiqueta", "标签"])
@pytest.mark.parametrize("is_written", [False, True])
def test_a_class_number_beside_the_names_makes_them_classes(
    name: str, number: str, is_written: bool
) -> None:
    records: list[dict[str, Any]] = [
        {"video_id": f"v{i:03}", name: NAMES[i % 6], number: str(i % 6) if is_written else i % 6}
        for i in range(30)
    ]

    found = annotated(records)

    assert found.classification
    assert [row.glosses for row in found.rows[:3]] == [("book",), ("thank you",), ("who",)]


@pytest.mark.parametrize(
    "numbers",
    [
        list(range(30)),  # each row its own
        [i % 4 for i in range(30)],  # of something else
        [0] * 30,
    ],
)
def test_a_number_of_something_else_makes_no_classes(numbers: list[int]) -> None:
    records = [{"video_id": f"v{i:03}", "gloss": NAMES[i % 6], "label": numbers[i]} for i in range(30)]

    assert annotated(records).rows[1].glosses == ("thank", "you")


def test_numbered_sentences_stay_sequences() -> None:
    sentences = ["I GO HOME", "RAIN TOMORROW", "YES", "BOOK GOOD READ", "WHO YOU", "SUN SHINE"]
    records = [{"id": f"v{i:03}", "gloss": sentences[i % 6], "label": i % 6} for i in range(30)]

    found = annotated(records)

    assert found.rows[0].glosses == ("I", "GO", "HOME") and not found.classification
