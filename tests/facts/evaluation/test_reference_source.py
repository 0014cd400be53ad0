from __future__ import annotations

from typing import Any

import pytest

from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.evaluation.reference_source import reference_source
from slrdoctor.facts.labels.samples import Targets, Texts

MakePairs = Any
SENTENCES = ["A B", "B C D", "C", "D A", "E F", "F G", "G H", "H I J", "I K", "J L", "K M", "L N"]


def targets(sentences: list[str] = SENTENCES, split: str = "dev") -> Targets:
    glosses = tuple(tuple(s.split()) for s in sentences)
    ids = tuple(f"{split}/clip{i}.npy" for i in range(len(glosses)))
    return Targets(ids, (split,) * len(ids), glosses, "dev.csv")


def test_references_are_found_by_id_whatever_its_folder_and_suffix(make_pairs: MakePairs) -> None:
    found = reference_source(make_pairs(SENTENCES, SENTENCES), targets(), None)
    assert (found.compared, found.elsewhere) == (12, 0)


def test_references_in_another_order_are_those_of_other_samples(make_pairs: MakePairs) -> None:
    turned = SENTENCES[1:] + SENTENCES[:1]
    found = reference_source(make_pairs(SENTENCES, turned), targets(), None)
    assert found.elsewhere == 10, "of two that share a gloss of two, one may be the other cleaned"
    assert found.example == ("clip0", "B C D", "A B")


@pytest.mark.parametrize(
    "change",
    [str.lower, lambda s: s.replace("A", "A(1)"), lambda s: s + " __ON__", lambda s: "<unk> " + s[2:]],
)
def test_cleaned_references_are_still_those_of_their_samples(make_pairs: MakePairs, change: Any) -> None:
    cleaned = [change(s) for s in SENTENCES]
    assert reference_source(make_pairs(SENTENCES, cleaned), targets(), None).elsewhere == 0


def test_ids_that_count_lead_nowhere(make_pairs: MakePairs) -> None:
    pairs = make_pairs(SENTENCES, SENTENCES, ids=tuple(map(str, range(12))))
    with pytest.raises(Unavailable, match="only count"):
        reference_source(pairs, targets(), None)


def test_targets_of_another_split_are_not_looked_at(make_pairs: MakePairs) -> None:
    with pytest.raises(Unavailable, match="0 of them are annotated"):
        reference_source(make_pairs(SENTENCES, SENTENCES), targets(split="train"), None)


def test_texts_are_held_against_texts(make_pairs: MakePairs) -> None:
    words = [("It", "rains", f"on{i}", "day.") for i in range(12)]
    texts = Texts(tuple(f"clip{i}" for i in range(12)), ("dev",) * 12, tuple(words), "dev.csv")
    pairs = make_pairs(words, [tuple(w.lower() for w in s) for s in words], is_text=True)
    assert reference_source(pairs, targets(), texts).elsewhere == 0
    with pytest.raises(Unavailable, match="no annotated texts"):
        reference_source(pairs, targets(), None)
