from __future__ import annotations

import itertools
from typing import Any

import pytest

from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.evaluation.blind_comparison import blind_comparison, wilson
from slrdoctor.facts.labels.samples import Targets
from slrdoctor.testing import outcome

MakePairs = Any
Corpus = Any


def training(*sentences: str) -> Targets:
    glosses = tuple(tuple(s.split()) for s in sentences)
    return Targets(tuple(map(str, range(len(glosses)))), ("train",) * len(glosses), glosses, "train.csv")


def test_the_constant_answer_is_as_good_as_any(make_pairs: MakePairs) -> None:
    references = ["A B", "A", "B A", "A C", "C A B"] * 4
    found = blind_comparison(make_pairs(["A"] * 20, references), None, None)
    answers = [s for n in range(4) for s in itertools.product("ABC", repeat=n)]
    from rapidfuzz.distance import Levenshtein

    fewest = min(sum(Levenshtein.distance(a, tuple(r.split())) for r in references) for a in answers)
    assert found.blind == fewest / sum(len(r.split()) for r in references)
    assert found.metric == "WER" and found.length_share == 20 / 40


def test_removed_is_the_share_of_the_constant_answers_errors(make_pairs: MakePairs) -> None:
    references = ["A B"] * 6 + ["C D"] * 6
    some_right = make_pairs([*["A X"] * 6, *["C"] * 3, *["C D"] * 3], references)
    found = blind_comparison(some_right, None, None)
    assert found.answer == "A B" and found.blind == 0.5
    assert found.score == 9 / 24 and found.removed == 0.25
    assert found.least_removed < 0.25 < found.most_removed <= 1


def test_a_perfect_model_removes_all_and_a_constant_one_nothing(
    corpus: Corpus, make_pairs: MakePairs
) -> None:
    _, references = corpus(60, 10)
    perfect = blind_comparison(make_pairs(references, references), None, None)
    assert (perfect.least_removed, perfect.most_removed) == (1, 1)
    answer = perfect.answer
    constant = blind_comparison(make_pairs([answer] * 60, references), None, None)
    assert (constant.least_removed, constant.most_removed) == (0, 0)


def test_labels_are_held_against_the_majority(make_pairs: MakePairs) -> None:
    references = ["A"] * 12 + ["B"] * 6 + ["C"] * 2
    found = blind_comparison(make_pairs(["B"] * 20, references), None, None)
    assert (found.metric, found.answer) == ("accuracy", "A")
    assert found.score == pytest.approx(6 / 20) and found.blind == pytest.approx(12 / 20)
    assert found.chance == pytest.approx(1 / 3)


def test_of_many_classes_the_majority_of_the_references_is_no_guess(make_pairs: MakePairs) -> None:
    references = [f"C{i % 50}" for i in range(120)] + ["C7"] * 3
    found = blind_comparison(make_pairs(["C3"] * 123, references), None, None)
    assert found.answer == "C7" and found.blind <= 5 / 123


@pytest.mark.parametrize(("right", "samples"), [(0, 10), (3, 166), (19, 258), (40, 40)])
def test_wilsons_interval_solves_its_equation(right: int, samples: int) -> None:
    share = right / samples
    for end in wilson(share, samples):
        assert (share - end) ** 2 == pytest.approx(2.576**2 * end * (1 - end) / samples, abs=1e-12)


def test_the_answer_is_what_training_teaches(make_pairs: MakePairs) -> None:
    pairs = make_pairs(["A"] * 12, ["A"] * 8 + ["B"] * 4)
    assert blind_comparison(pairs, training("B", "B", "A"), None).answer == "B"
    written_otherwise = training("b", "b", "a")
    assert blind_comparison(pairs, written_otherwise, None).answer == "A"


def test_texts_are_scored_by_chrf(make_pairs: MakePairs) -> None:
    references = [
        f"the {a} man reads the {b} book" for a in ("old", "young") for b in ("red", "new")
    ] * 5
    found = blind_comparison(make_pairs(references, references, is_text=True), None, None)
    assert found.metric == "chrF" and found.score == pytest.approx(100)
    assert 50 < found.blind < 100 and found.removed == pytest.approx(1)
    blank = blind_comparison(make_pairs([""] * 20, references, is_text=True), None, None)
    assert blank.score == 0 and blank.most_removed < 0


def test_without_a_reference_token_there_is_nothing_to_compare(make_pairs: MakePairs) -> None:
    with pytest.raises(Unavailable, match="empty"):
        blind_comparison(make_pairs(["A"] * 12, [""] * 12), None, None)


def test_what_is_missing_is_said() -> None:
    skipped = outcome("EVL904")
    assert getattr(skipped, "reason", "")


def test_where_all_references_are_the_same_a_constant_answer_says_nothing(make_pairs: MakePairs) -> None:
    with pytest.raises(Unavailable, match="are the same"):
        blind_comparison(make_pairs(["A"] * 20, ["A"] * 20), None, None)
