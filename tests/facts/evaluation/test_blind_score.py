from __future__ import annotations

import itertools
import math
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from slrdoctor.arithmetic.constant_output import best_constant, grouped
from slrdoctor.arithmetic.error_rate import edits_of_all
from slrdoctor.artifacts.run import PredictionFile, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.evaluation.blind_score import (
    best_constant_hypothesis,
    blind_score,
    ctc_without_frames,
)
from slrdoctor.facts.labels.samples import Samples, Targets

RUN = TrainingRun("", Path())


def targets(**splits: list[str]) -> Targets:
    pairs = [(split, tuple(s.split())) for split, sentences in splits.items() for s in sentences]
    return Targets(
        tuple(map(str, range(len(pairs)))), tuple(s for s, _ in pairs), tuple(g for _, g in pairs), "csv"
    )


def slow_distance(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    before = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y)))
        before = row
    return before[-1]


def test_edit_distances_are_those_of_the_textbook() -> None:
    rng = np.random.default_rng(0)
    sentences = [tuple(f"G{g}" for g in rng.integers(0, 5, rng.integers(0, 8))) for _ in range(30)]
    got = edits_of_all(sentences, sentences)
    assert all(
        got[i, j] == slow_distance(a, b)
        for i, a in enumerate(sentences)
        for j, b in enumerate(sentences)
    )


def test_the_search_finds_the_best_of_all_short_answers() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        references = [
            tuple("ABC"[g] for g in rng.choice(3, size=rng.integers(1, 5), p=[0.6, 0.3, 0.1]))
            for _ in range(12)
        ]
        every = [s for n in range(6) for s in itertools.product("ABC", repeat=n)]
        best = min(sum(slow_distance(s, r) for r in references) for s in every)
        found = best_constant_hypothesis(references)
        assert sum(slow_distance(found, r) for r in references) <= best + 1


def test_the_blind_wer_is_at_most_that_of_saying_nothing() -> None:
    score = blind_score(RUN, None, targets(dev=["A B", "C D", "E F"]))
    assert score.wer <= 1
    different = blind_score(RUN, None, targets(train=["X Y Z X Y Z"] * 3, dev=["A"]))
    assert (different.wer, different.hypothesis) == (1.0, ())


def test_the_constant_answer_is_chosen_on_train_and_scored_on_dev() -> None:
    score = blind_score(RUN, None, targets(train=["A B"] * 5, dev=["A B", "A C"]))
    assert score.hypothesis == ("A", "B")
    assert score.wer == pytest.approx(1 / 4)
    assert score.split == "dev"


def test_of_classes_it_gives_majority_and_chance() -> None:
    score = blind_score(RUN, None, targets(train=["A", "A", "B", "C"], dev=["A", "B", "B", "D"]))
    assert (score.majority, score.accuracy, score.chance) == ("A", 0.25, 0.25)
    assert "'A'" in score.sentence


def test_sequences_have_no_accuracy() -> None:
    assert math.isnan(blind_score(RUN, None, targets(dev=["A B", "A"])).accuracy)


def predicted(*references: str) -> TrainingRun:
    pairs = tuple(tuple(r.split()) for r in references)
    ids = tuple(map(str, range(len(pairs))))
    file = PredictionFile("hyps.json", "json", "test", ids, ((),) * len(pairs), pairs)
    return TrainingRun("", Path(), predictions=(file,))


def test_references_of_predictions_stand_in_for_annotations() -> None:
    score = blind_score(predicted(*["A B", "A"] * 5), None, None)
    assert (score.samples, score.split, score.read_from) == (10, "test", "hyps.json")


def test_a_few_shown_predictions_are_no_evaluation() -> None:
    with pytest.raises(Unavailable, match="10 or more predictions"):
        blind_score(predicted("G", "H"), None, None)


def test_an_excerpt_of_a_data_set_does_not_show_its_labels() -> None:
    with pytest.raises(Unavailable):
        blind_score(RUN, Samples((), "folders", excerpt="few"), targets(train=["A", "B"]))


def test_chance_is_not_known_where_most_labels_are_unseen() -> None:
    assert math.isnan(blind_score(predicted(*"ABCDEFGHIJ"), None, None).chance)
    assert blind_score(predicted(*"AB" * 10), None, None).chance == 0.5


def test_with_nothing_to_score_it_says_what_was_looked_for() -> None:
    with pytest.raises(Unavailable, match="predictions"):
        blind_score(RUN, None, None)


def test_the_loss_without_frames_is_the_limit_of_many_frames() -> None:
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.full(40, 0.5))
    coded = [rng.choice(40, size=n, p=shares) for n in rng.integers(3, 9, 80)]
    sizes = np.array([len(t) for t in coded])
    repeats = np.array([int((t[1:] == t[:-1]).sum()) for t in coded])
    counts = Counter(int(g) for t in coded for g in t)
    prior = np.array([counts[g] for g in range(40)]) / sum(counts.values())
    estimate = ctc_without_frames([tuple(map(str, t)) for t in coded])
    for frames_a_gloss, within in ((100, 0.03), (5, 0.12)):
        groups = grouped(coded, sizes * frames_a_gloss, repeats, 1 / sizes)
        floor = best_constant(groups, prior, 1 - 1 / frames_a_gloss).loss * float(np.mean(1 / sizes))
        assert floor == pytest.approx(estimate, abs=within)


def test_a_large_set_takes_no_longer_than_a_few_seconds() -> None:
    rng = np.random.default_rng(0)
    many = [tuple(f"G{g}" for g in rng.zipf(1.5, rng.integers(5, 20)) % 1000) for _ in range(6000)]
    assert len(best_constant_hypothesis(many)) > 0


def test_the_search_ends_soon_where_references_are_hundreds_of_glosses_long() -> None:
    rng = np.random.default_rng(0)
    references = [tuple(rng.choice(list("ABCDEFGHIJ"), 400).tolist()) for _ in range(60)]
    start = time.process_time()
    best = best_constant_hypothesis(references)

    assert best in references
    assert time.process_time() - start < 20  # and not minutes
