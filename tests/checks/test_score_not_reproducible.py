from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from slrdoctor.facts.evaluation.reference_source import ReferenceSource
from slrdoctor.facts.evaluation.score_comparison import Comparison, ScoreComparison
from slrdoctor.facts.evaluation.score_evidence import Reproduction
from slrdoctor.facts.evaluation.shuffled_hypotheses import ShuffledHypotheses
from tests.making import COMPARED, PAIRS, Judge

ROW = replace(
    COMPARED, recomputed=0.78, logged=0.70, logged_as="val_wer at 3", gap=0.08, gap_to_kept=0.50, kind=""
)
REORDERED = replace(PAIRS, wer=1.0, rematched_wer=0.25, unrelated_wer=0.8)
SOURCE = ReferenceSource(540, 0, (), ("", "", ""), "dev.json")


def reproduction(
    row: Comparison | None = None,
    pairs: ShuffledHypotheses = PAIRS,
    source: ReferenceSource | None = None,
) -> Reproduction:
    compared = ScoreComparison((row,), "dev.json") if row else None
    return Reproduction(pairs, compared, source, "dev.json")


judged = Judge("EVL906", reproduction)


def test_evl906_fires_on_a_score_that_no_epoch_has() -> None:
    (finding,) = judged(ROW)
    assert finding.message == (
        "the 540 stored predictions give a dev WER of 78.00%, but the log says 70.00% (val_wer at 3)"
    )


@pytest.mark.parametrize(("gap", "fires"), [(0.03, False), (0.031, True)])
def test_evl906_is_quiet_up_to_the_boundary_of_three_points(gap: float, fires: bool) -> None:
    assert bool(judged(replace(ROW, gap=gap, gap_to_kept=gap))) is fires


@pytest.mark.parametrize(("gap", "fires"), [(0.09, False), (0.091, True)])
def test_evl906_is_quiet_near_an_early_epoch_unless_it_is_far_from_the_last(
    gap: float, fires: bool
) -> None:
    found = judged(replace(ROW, gap=0.02, gap_to_kept=gap))
    assert bool(found) is fires
    assert all("25.00% (val_wer at 20)" in finding.message for finding in found)


@pytest.mark.parametrize(("allowance", "fires"), [(0.0, True), (0.05, False)])
def test_evl906_is_quiet_where_an_excerpt_explains_the_difference(allowance: float, fires: bool) -> None:
    row = replace(ROW, gap=0.07, gap_to_kept=0.07, allowance=allowance, whole=False)
    assert bool(judged(row)) is fires


@pytest.mark.parametrize(
    ("samples", "whole", "fires"), [(29, False, False), (30, False, True), (12, True, True)]
)
def test_evl906_is_quiet_on_a_few_chosen_predictions(samples: int, whole: bool, fires: bool) -> None:
    assert bool(judged(replace(ROW, samples=samples, whole=whole))) is fires


@pytest.mark.parametrize("kind", ["plain", "definition", "normalised", "swapped"])
def test_evl906_is_quiet_on_a_score_that_is_the_logged_one_otherwise_computed(kind: str) -> None:
    assert not judged(replace(ROW, explained_by="mean over samples", kind=kind))


@pytest.mark.parametrize(("points", "fires"), [(3.0, False), (3.1, True)])
def test_evl906_judges_bleu_by_points(points: float, fires: bool) -> None:
    assert bool(judged(replace(ROW, quantity="bleu", gap=points, gap_to_kept=points))) is fires


def test_evl906_fires_on_references_of_other_samples() -> None:
    example = ("clip0", "A B", "C D")
    wrong = replace(SOURCE, elsewhere=55, ids=("clip0",), example=example)
    (finding,) = judged(source=wrong)
    assert "clip0 is stored with 'A B' and annotated 'C D'" in finding.message
    assert (finding.affected, finding.total) == (55, 540)
    assert not judged(source=replace(wrong, elsewhere=54)), "a tenth is allowed"


def test_evl906_fires_on_hypotheses_that_fit_other_references() -> None:
    (finding,) = judged(pairs=REORDERED)
    assert "100.0% as stored and 25.0% after rematching them" in finding.message


@pytest.mark.parametrize(
    ("changes", "fires"),
    [
        ({"rematched_wer": 0.399}, True),
        ({"rematched_wer": 0.4}, False),  # half of what unrelated sentences leave
        ({"wer": 0.5}, False),  # half of the errors
        ({"samples": 19}, False),
        ({"distinct_references": 270}, True),
        ({"distinct_references": 269}, False),  # where sentences recur, any set fits
        ({"are_single": True}, False),
    ],
)
def test_evl906_is_quiet_at_the_boundaries_of_matching_anew(
    changes: dict[str, Any], fires: bool
) -> None:
    pairs = replace(REORDERED, **changes)
    assert bool(judged(pairs=pairs)) is fires


def test_evl906_is_quiet_on_a_score_that_is_reproduced() -> None:
    assert not judged(replace(ROW, gap=0.0, gap_to_kept=0.0, explained_by="as logged", kind="plain"))
    assert not judged(source=SOURCE) and not judged()


def test_evl906_is_not_judged_without_a_logged_score_and_annotations() -> None:
    assert "no logged score" in judged.abstained(pairs=replace(REORDERED, samples=19)).reason


@pytest.mark.parametrize(
    ("stored", "logged", "fires"),
    [
        ("dev_beam10.csv", "dev_wer_greedy", False),  # two decoders
        ("out/greedy_dev.json", "val_wer_beam", False),
        ("dev.json", "val_wer", True),
        ("dev_beam10.csv", "dev_wer_beam5", True),
        ("dev_greedy.csv", "dev_wer", True),  # 8 points are more than a decoder makes
    ],
)
def test_evl906_does_not_compare_the_scores_of_two_decoders(
    stored: str, logged: str, fires: bool
) -> None:
    assert bool(judged(replace(ROW, read_from=stored, logged_as=logged))) is fires


def test_evl906_leaves_room_for_another_decoder_where_only_one_side_names_one() -> None:
    assert not judged(replace(ROW, read_from="best.BW_10.dev.json", gap=0.05, gap_to_kept=0.05))
    assert judged(replace(ROW, gap=0.05, gap_to_kept=0.05))
