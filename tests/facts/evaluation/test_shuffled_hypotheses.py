"""The shuffle test against all permutations, one by one."""

from __future__ import annotations

import itertools
import math
import random
from typing import Any

import pytest

from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.evaluation.shuffled_hypotheses import shuffled_hypotheses

MakePairs = Any
Corpus = Any


def edits(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    before = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y)))
        before = row
    return before[-1]


def test_the_shuffled_error_rate_is_the_mean_of_all_orders(make_pairs: MakePairs) -> None:
    rng = random.Random(4)
    sentences = [" ".join(rng.choices("ABCD", k=rng.randint(1, 4))) for _ in range(12)]
    pairs = make_pairs(sentences[:6], sentences[6:])
    every = [
        sum(edits(pairs.hypotheses[i], r) for i, r in zip(order, pairs.references))
        for order in itertools.permutations(range(6))
    ]
    tokens = sum(map(len, pairs.references))
    stored, mean = every[0], sum(every) / len(every)

    found = shuffled_hypotheses(pairs)

    assert found.wer == stored / tokens
    assert found.shuffled_wer == pytest.approx(mean / tokens, rel=0.02)
    assert found.rematched_wer == min(every) / tokens
    spread = math.sqrt(sum((e - mean) ** 2 for e in every) / len(every))
    assert found.most_drop == pytest.approx((mean - stored + 2.33 * spread) / mean, abs=0.03)


def test_right_hypotheses_lose_everything_when_shuffled(corpus: Corpus, make_pairs: MakePairs) -> None:
    hypotheses, references = corpus(100, 30, 0.1)
    found = shuffled_hypotheses(make_pairs(hypotheses, references))
    assert found.drop > 0.8 and found.p <= 0.001
    assert math.isnan(found.rematched_wer), "there is nothing to match anew"


def test_a_dependence_that_few_rare_words_show_is_seen(corpus: Corpus, make_pairs: MakePairs) -> None:
    unrelated, references = corpus(400, 300, seed=1)[1], corpus(400, 300, seed=2)[1]
    said = [h[:-1] + r[-1:] if i % 5 == 0 else h for i, (h, r) in enumerate(zip(unrelated, references))]
    assert shuffled_hypotheses(make_pairs(said, references)).p < 0.01
    assert shuffled_hypotheses(make_pairs(unrelated, references)).p > 0.01


def test_one_sentence_for_all_cannot_be_shuffled(corpus: Corpus, make_pairs: MakePairs) -> None:
    _, references = corpus(50, 20)
    found = shuffled_hypotheses(make_pairs([("G0", "G1")] * 50, references))
    assert found.drop == 0 and found.most_drop == 0 and found.p == 1 and found.distinct == 1
    assert found.commonest == (("g0 g1", 50),)


def test_a_list_in_another_order_fits_when_it_is_matched_anew(
    corpus: Corpus, make_pairs: MakePairs
) -> None:
    hypotheses, references = corpus(100, 50, 0.1)
    found = shuffled_hypotheses(make_pairs((*hypotheses[1:], hypotheses[0]), references))
    assert found.wer > 0.8 and found.rematched_wer < 0.15 < found.unrelated_wer / 2


def test_case_does_not_count(make_pairs: MakePairs, corpus: Corpus) -> None:
    _, references = corpus(40, 20)
    lower = [tuple(t.lower() for t in r) for r in references]
    assert shuffled_hypotheses(make_pairs(lower, references)).wer == 0


def test_references_without_a_token_are_nothing_to_shuffle(make_pairs: MakePairs) -> None:
    with pytest.raises(Unavailable, match="no gloss or word"):
        shuffled_hypotheses(make_pairs(["A"] * 12, ["."] * 12))
