from __future__ import annotations

from math import inf, nan
from typing import Any

import pytest

from slrdoctor.facts.evaluation.score_comparison import Comparison, ScoreComparison
from slrdoctor.facts.evaluation.score_evidence import SwapEvidence
from slrdoctor.facts.training.logged_scores import ErrorRates
from slrdoctor.testing import findings

RATES = ErrorRates("dev WER", 0, 0.41, 1.0, 20, "log.txt")
SWAPPED = Comparison(
    "wer", "dev", 0.61, 0.41, "val_wer at 20", 0.2, 0.41, "val_wer at 20", 0.2, 5e-5,
    "errors over hypothesis tokens", "swapped", 0.41, True, 540, True, "dev.json", "log.txt",
)  # fmt: skip


def judged(rates: ErrorRates | None = RATES, *rows: Comparison) -> Any:
    compared = ScoreComparison(rows, "dev.json") if rows else None
    return findings("EVL902", SwapEvidence(rates, compared, "log.txt"))


def with_(what: Any, **changes: Any) -> Any:
    from dataclasses import replace

    return replace(what, **changes)


def test_evl902_fires_on_a_score_that_is_over_hypothesis_tokens() -> None:
    (finding,) = judged(RATES, SWAPPED)
    assert finding.message == (
        "the logged dev WER of 41.00% is errors divided by hypothesis tokens, as if hypotheses and "
        "references were swapped. Divided by reference tokens, the stored predictions give 61.00%"
    )


def test_evl902_fires_on_bleu_the_wrong_way_round() -> None:
    bleu = with_(SWAPPED, quantity="bleu", recomputed=14.5, swapped=12.25,
                 explained_by="hypotheses taken for references")  # fmt: skip
    (finding,) = judged(None, bleu)
    assert "BLEU of 12.25 is that of hypotheses taken for references" in finding.message


def test_evl902_is_quiet_on_a_score_that_is_reproduced() -> None:
    assert not judged(RATES, with_(SWAPPED, is_swapped=False, kind="plain", swapped=nan))
    assert not judged(RATES)


def test_evl902_fires_on_an_infinite_error_rate() -> None:
    (finding,) = judged(with_(RATES, infinite=1))
    assert "infinite in 1 epoch:" in finding.message


@pytest.mark.parametrize(("last", "fires"), [(10.0, True), (9.99, False)])
def test_evl902_fires_at_the_boundary_of_a_thousand_percent(last: float, fires: bool) -> None:
    assert bool(judged(with_(RATES, last=last, largest=inf))) is fires


@pytest.mark.parametrize(("again", "fires"), [(4.9, True), (5.0, False), (12.0, False)])
def test_evl902_is_quiet_on_thousands_that_endless_hypotheses_make(again: float, fires: bool) -> None:
    row = with_(SWAPPED, is_swapped=False, kind="", recomputed=again)
    assert bool(judged(with_(RATES, last=10.0), row)) is fires
