"""The best renaming of tokens against every renaming, and against what it gains by chance."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from slrdoctor.arithmetic.error_rate import error_rate
from slrdoctor.facts.evaluation.token_renaming import learned, token_renaming
from slrdoctor.facts.labels.vocabulary import Vocabulary

MakePairs = Any
Corpus = Any


def renamed(hypotheses: Any, renaming: dict[str, str]) -> Any:
    return tuple(tuple(renaming.get(t, t) for t in h) for h in hypotheses)


def shifted(hypotheses: Any, types: int) -> Any:
    return renamed(hypotheses, {f"G{i}": f"G{(i + 1) % types}" for i in range(types)})


def test_no_other_renaming_of_few_tokens_is_better(corpus: Corpus) -> None:
    for seed in range(5):
        hypotheses, references = corpus(40, 5, wrong=0.3, seed=seed)
        hypotheses = renamed(hypotheses, {"G0": "G3", "G1": "G0", "G2": "G4", "G3": "G1", "G4": "G2"})
        types = sorted({t for s in (*hypotheses, *references) for t in s})
        best = min(
            error_rate(renamed(hypotheses, dict(zip(types, order))), references)
            for order in itertools.permutations(types)
        )
        assert error_rate(renamed(hypotheses, dict(learned(hypotheses, references))), references) == best


@pytest.mark.parametrize(
    ("samples", "types", "wrong"), [(300, 10, 0.05), (540, 400, 0.2), (60, 30, 0.1)]
)
def test_a_permuted_vocabulary_is_found_on_other_samples(
    corpus: Corpus, make_pairs: MakePairs, samples: int, types: int, wrong: float
) -> None:
    hypotheses, references = corpus(samples, types, wrong, seed=1)
    order = list(range(types))
    random.Random(0).shuffle(order)
    permuted = renamed(hypotheses, {f"G{i}": f"G{j}" for i, j in enumerate(order)})

    found = token_renaming(make_pairs(permuted, references), None)

    assert found.wer > 0.9 and found.renamed_wer < wrong + 0.1
    assert found.by_chance < 0.15 and found.mended > 5 * found.by_chance


def test_an_index_that_is_off_by_one_is_told(corpus: Corpus, make_pairs: MakePairs) -> None:
    hypotheses, references = corpus(100, 12, 0.1)
    vocabulary = Vocabulary(tuple(f"G{i}" for i in range(12)), (), "vocab.txt")
    found = token_renaming(make_pairs(shifted(hypotheses, 12), references), vocabulary)
    assert found.offset == 1 and found.examples[0] == ("G1", "G0")


def test_renaming_mends_nothing_of_pairs_that_do_not_belong_together(
    corpus: Corpus, make_pairs: MakePairs
) -> None:
    hypotheses, references = corpus(300, 50, 0.1)
    mixed = list(hypotheses)
    random.Random(0).shuffle(mixed)
    assert token_renaming(make_pairs(mixed, references), None).mended < 0.02


def test_a_constant_answer_is_no_other_vocabulary(make_pairs: MakePairs) -> None:
    references = ["A"] * 60 + ["B"] * 40
    found = token_renaming(make_pairs(["C"] * 100, references), None)
    assert found.mended == pytest.approx(0.6) and found.by_chance == pytest.approx(0.6)


def test_right_names_are_left_alone(corpus: Corpus, make_pairs: MakePairs) -> None:
    hypotheses, references = corpus(200, 100, 0.35)
    found = token_renaming(make_pairs(hypotheses, references), None)
    assert found.renamed_wer == found.wer and found.examples == ()


def test_what_is_only_written_otherwise_is_not_renamed(corpus: Corpus, make_pairs: MakePairs) -> None:
    _, references = corpus(100, 20)
    lower = tuple(tuple(t.lower() for t in r) for r in references)
    assert token_renaming(make_pairs(lower, references), None).wer == 0


def test_two_labels_that_are_guessed_are_not_surely_exchanged(make_pairs: MakePairs) -> None:
    rng = random.Random(1)
    references = [rng.choice("AB") for _ in range(24)]
    hypotheses = [r if i % 8 < 3 else "BA"["AB".index(r)] for i, r in enumerate(references)]
    assert token_renaming(make_pairs(hypotheses, references), None).sigmas < 3


def test_labels_are_renamed_as_sequences_are(make_pairs: MakePairs) -> None:
    rng = random.Random(3)
    references = [str(rng.randrange(8)) for _ in range(120)]
    hypotheses = [str((int(r) + 3) % 8) if rng.random() < 0.9 else "0" for r in references]
    found = token_renaming(make_pairs(hypotheses, references), None)
    assert found.are_single and found.renamed_wer < 0.15
