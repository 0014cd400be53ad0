"""Recomputed scores against slow, obvious implementations and against what real runs logged."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.run import PredictionFile, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.evaluation.scores import Recount, recounts

MakeFile = Any


def of(*files: PredictionFile) -> dict[str, Recount]:
    rows = recounts(TrainingRun("", Path(), predictions=files), None, None, None).rows
    return {row.quantity: row for row in rows}


def value(row: Recount, what: str) -> float:
    return next(r.value for r in row.readings if r.what == what)


def alignments(hypothesis: Sequence[str], reference: Sequence[str]) -> list[tuple[int, int]]:
    """(cost, edits) of every alignment by sclite's costs: insertion and deletion 3, substitution 4."""
    if not hypothesis or not reference:
        rest = len(hypothesis) + len(reference)
        return [(3 * rest, rest)]
    wrong = int(hypothesis[-1] != reference[-1])
    found = [(c + 4 * wrong, e + wrong) for c, e in alignments(hypothesis[:-1], reference[:-1])]
    found += [(c + 3, e + 1) for c, e in alignments(hypothesis[:-1], reference)]
    found += [(c + 3, e + 1) for c, e in alignments(hypothesis, reference[:-1])]
    return sorted(set(found))


def test_every_reading_of_the_error_rate_is_what_it_says(make_file: MakeFile) -> None:
    pairs = [("A B C", "A X C"), ("A", "A B C D"), ("A B", "A"), ("", "A B")] + [("A", "A")] * 8
    row = of(make_file(pairs))["wer"]
    assert row.plain == (1 + 3 + 1 + 2) / (3 + 4 + 1 + 2 + 8)
    assert value(row, "mean over samples") == pytest.approx((1 / 3 + 3 / 4 + 1 + 1) / 12)
    assert value(row, "share of samples with an error") == 4 / 12
    assert value(row, "mean over samples of errors over the longer") == pytest.approx(
        (1 / 3 + 3 / 4 + 1 / 2 + 1) / 12
    )
    assert row.swapped == 7 / (3 + 1 + 2 + 0 + 8)


def test_the_errors_of_sclite_are_among_those_of_its_cheapest_alignments(make_file: MakeFile) -> None:
    rng = random.Random(2)
    pairs = [
        (
            " ".join(rng.choices("ABC", k=rng.randint(0, 5))),
            " ".join(rng.choices("ABC", k=rng.randint(1, 5))),
        )
        for _ in range(40)
    ] + [("C X Y", "A B C")]  # three substitutions cost what two deletions and two insertions do
    row = of(make_file(pairs))["wer"]
    fewest = most = 0
    for hypothesis, reference in pairs:
        every = alignments(hypothesis.split(), reference.split())
        cheapest = [edits for cost, edits in every if cost == every[0][0]]
        fewest, most = fewest + min(cheapest), most + max(cheapest)
    tokens = sum(len(r.split()) for _, r in pairs)
    told = {r.value for r in row.readings if "sclite" in r.what}
    assert told == {fewest / tokens, most / tokens} and fewest < most


def test_scripts_that_clean_before_they_score_are_followed(make_file: MakeFile) -> None:
    row = of(make_file([("regen REGEN loc-NORD", "REGEN NORD __ON__")] * 12))["wer"]
    assert row.plain == 1
    assert value(row, "without marks that stand alone") == 0.5
    assert value(row, "without marks that stand alone, adjacent repeats made one") == 0


def test_single_labels_have_an_accuracy(make_file: MakeFile) -> None:
    rows = of(make_file([("A", "A")] * 6 + [("A", "B")] * 4 + [("B", "B")] * 2))
    assert rows["accuracy"].plain == 8 / 12
    assert value(rows["accuracy"], "mean over classes") == (6 / 6 + 2 / 6) / 2
    assert rows["accuracy"].error == pytest.approx((8 / 12 * 4 / 12 / 12) ** 0.5)


def test_the_latest_file_of_every_split_counts(make_file: MakeFile) -> None:
    right, wrong = [("A B", "A B")] * 12, [("A", "A B")] * 12
    files = (
        make_file(wrong, "gls/900.dev.hyp.gls"),
        make_file(right, "gls/12000.dev.hyp.gls"),
        make_file(wrong, "test.json", split="test"),
        make_file(wrong[:4], "99000.dev.json"),
    )
    rows = recounts(TrainingRun("", Path(), predictions=files), None, None, None).rows
    told = {(row.split, row.read_from): row.plain for row in rows if row.quantity == "wer"}
    assert told == {("dev", "gls/12000.dev.hyp.gls"): 0, ("test", "test.json"): 0.5}


def test_a_handful_of_predictions_is_no_evaluation(make_file: MakeFile) -> None:
    with pytest.raises(Unavailable, match="fewer than 10"):
        of(make_file([("A", "A")] * 9))


def test_texts_have_bleu_and_chrf(make_file: MakeFile) -> None:
    pairs = [("the man reads a book today", "the man reads the book today")] * 12
    rows = of(make_file(pairs, "txt/5.dev.hyp.txt"))
    # 5 of 6 words, 3 of 5 bigrams, 1 of 4 trigrams; no 4-gram: its count is halved once, 1 / (2 * 3)
    counts = [(60, 72), (36, 60), (12, 48), (0.5, 36)]
    expected = 100.0
    for right, total in counts:
        expected *= (right / total) ** 0.25
    assert rows["bleu"].plain == pytest.approx(expected)
    assert 50 < rows["chrf"].plain < 100
    assert value(rows["bleu"], "up to 1-grams") == pytest.approx(100 * 5 / 6)


def test_the_recomputed_scores_of_six_real_runs_are_the_logged_ones(shared_data: Path) -> None:
    ((_, runs),) = discover(shared_data / "juanmcastroviejo__asl-cslr").cases
    assert len(runs) == 6
    for run in runs:
        summary = shared_data / "juanmcastroviejo__asl-cslr" / run.name / "summary.json"
        logged = json.loads(summary.read_text(encoding="utf-8"))
        rows = {row.quantity: row.plain for row in recounts(run, None, None, None).rows}
        # stored by beam search in most runs; no run is off by a hundredth of a point
        wers = [logged[how]["wer"] for how in ("test_greedy", "test_beam")]
        assert min(abs(rows["wer"] - wer) for wer in wers) < 1e-4
        assert rows["sentence_accuracy"] == pytest.approx(logged["test_beam"]["sentence_acc"])
