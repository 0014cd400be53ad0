from __future__ import annotations

from dataclasses import replace
from math import inf, nan

import pytest

from slrdoctor.facts.evaluation.score_comparison import Comparison, ScoreComparison
from slrdoctor.facts.evaluation.score_evidence import SwapEvidence
from slrdoctor.facts.training.logged_scores import ErrorRates
from tests.making import COMPARED, Judge

RATES = ErrorRates("dev WER", 0, 0.41, 1.0, 20, "log.txt")
SWAPPED = replace(
    COMPARED, recomputed=0.61, logged=0.41, gap=0.2, kept=0.41, gap_to_kept=0.2, allowance=5e-5,
    explained_by="errors over hypothesis tokens", kind="swapped", swapped=0.41, is_swapped=True,
)  # fmt: skip


def evidence(rates: ErrorRates | None, *rows: Comparison) -> SwapEvidence:
    return SwapEvidence(rates, ScoreComparison(rows, "dev.json") if rows else None, "log.txt")


judged = Judge("EVL902", evidence)


def test_evl902_fires_on_a_score_that_is_over_hypothesis_tokens() -> None:
    (finding,) = judged(RATES, SWAPPED)
    assert finding.message == (
        "the logged dev WER of 41.00% is errors divided by hypothesis tokens, as if hypotheses and "
        "references were swapped. Divided by reference tokens, the stored predictions give 61.00%"
    )


def test_evl902_fires_on_bleu_the_wrong_way_round() -> None:
    bleu = replace(SWAPPED, quantity="bleu", recomputed=14.5, swapped=12.25,
                 explained_by="hypotheses taken for references")  # fmt: skip
    (finding,) = judged(None, bleu)
    assert "BLEU of 12.25 is that of hypotheses taken for references" in finding.message


def test_evl902_is_quiet_on_a_score_that_is_reproduced() -> None:
    assert not judged(RATES, replace(SWAPPED, is_swapped=False, kind="plain", swapped=nan))
    assert not judged(RATES)


def test_evl902_fires_on_an_infinite_error_rate() -> None:
    (finding,) = judged(replace(RATES, infinite=1))
    assert "infinite in 1 epoch:" in finding.message


@pytest.mark.parametrize(("last", "fires"), [(10.0, True), (9.99, False)])
def test_evl902_fires_at_the_boundary_of_a_thousand_percent(last: float, fires: bool) -> None:
    assert bool(judged(replace(RATES, last=last, largest=inf))) is fires


@pytest.mark.parametrize(("again", "fires"), [(4.9, True), (5.0, False), (12.0, False)])
def test_evl902_is_quiet_on_thousands_that_endless_hypotheses_make(again: float, fires: bool) -> None:
    row = replace(SWAPPED, is_swapped=False, kind="", recomputed=again)
    assert bool(judged(replace(RATES, last=10.0), row)) is fires
