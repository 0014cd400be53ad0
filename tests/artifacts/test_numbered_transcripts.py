"""Lines of text that begin with a number: targets of numbered clips, or classes, counts and frames."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from slrdoctor.artifacts.content import Text
from slrdoctor.artifacts.kinds.annotations.lines import recognise_lines

SIGNS = ("REGEN", "SONNE", "WIND", "NORD", "KALT")
SHUFFLED = [(7 * i + 3) % 40 for i in range(40)]


def sentence(i: int) -> str:
    return f"{SIGNS[i % 5]} {SIGNS[(i // 5) % 5]}"


def lines(numbers: Sequence[int], words: Sequence[str]) -> Text:
    return Text([f"{number} {word}" for number, word in zip(numbers, words, strict=True)])


@pytest.mark.parametrize("where", ["data/labels_train.txt", "annotations/val.txt", "test.txt"])
@pytest.mark.parametrize("numbers", [SHUFFLED, list(range(40))])
def test_words_that_come_again_are_targets_of_numbered_clips(where: str, numbers: list[int]) -> None:
    text = lines(numbers, [sentence(i) for i in range(40)])

    file = recognise_lines(where, "text", text, None)
    assert file is not None
    assert [row.id for row in file.rows] == [str(number) for number in numbers]
    assert file.rows[7].glosses == tuple(sentence(7).split())


def test_one_word_each_is_a_target_where_the_numbers_do_not_rise() -> None:
    file = recognise_lines(
        "labels.txt", "text", lines(SHUFFLED, [SIGNS[i % 5] for i in range(40)]), None
    )

    assert file is not None
    assert file.rows[7].glosses == (SIGNS[2],)


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (list(range(40)), [f"SIGN{chr(65 + i % 26)}{i // 26}" for i in range(40)]),  # classes
        (SHUFFLED, [f"WORD{chr(65 + i % 26)}{i // 26}" for i in range(40)]),  # counts of words
        (list(range(40)), [SIGNS[i // 8] for i in range(40)]),  # frames
        (list(range(40)), [f"loss {4 / (i + 1)} wer {90 - i}" for i in range(40)]),  # a log
    ],
)
def test_classes_counts_frames_and_logs_are_not_samples(numbers: list[int], words: list[str]) -> None:
    assert recognise_lines("data/labels_train.txt", "text", lines(numbers, words), None) is None
