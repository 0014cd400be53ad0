from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.evaluation.repeated_ngrams import longest_loop, repeated_ngrams

MakePairs = Any


def slow_covered(tokens: Sequence[str]) -> int:
    """Tokens of the longest loop, by trying every place, phrase and count."""
    best = 0
    for start in range(len(tokens)):
        for size in range(1, 9):
            for copies in range(3, len(tokens) + 1):
                end = start + size * copies
                phrase = list(tokens[start : start + size])
                if end <= len(tokens) and list(tokens[start:end]) == phrase * copies:
                    best = max(best, size * copies)
    return best if best >= 4 else 0


def test_the_longest_loop_is_that_of_a_search_of_all() -> None:
    rng = random.Random(5)
    for _ in range(300):
        tokens = rng.choices("AB", k=rng.randint(0, 14))
        loop = longest_loop(tokens)
        assert (len(loop[0]) * loop[1] if loop else 0) == slow_covered(tokens), tokens


@pytest.mark.parametrize(
    ("tokens", "loop"),
    [
        ("NO NO NO", None),  # emphasis
        ("NO NO NO NO", (("NO",), 4)),
        ("X A B A B A B", (("A", "B"), 3)),
        ("B A B A B A", (("A", "B"), 3)),
        ("A B A B", None),
        ("", None),
    ],
)
def test_three_copies_and_four_tokens_make_a_loop(tokens: str, loop: Any) -> None:
    assert longest_loop(tokens.split()) == loop


def test_what_references_repeat_is_no_loop(make_pairs: MakePairs) -> None:
    loop = "GO GO GO GO"
    found = repeated_ngrams(
        make_pairs([loop] * 3 + ["A B A B A B"] * 2 + ["A"] * 7, [loop] + ["A B"] * 11)
    )
    assert (found.looping, found.looping_references) == (2, 1)
    assert found.ids == ("clip3", "clip4") and found.phrases == (("A B", 2),)
    assert found.tokens == 8 and found.distinct == 3


def test_labels_cannot_loop(make_pairs: MakePairs) -> None:
    with pytest.raises(Unavailable, match="single labels"):
        repeated_ngrams(make_pairs(["A"] * 12, ["B"] * 12))
