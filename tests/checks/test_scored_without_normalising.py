from __future__ import annotations

from dataclasses import replace

import pytest

from slrdoctor.facts.evaluation.normalised_scores import NormalisedScores
from slrdoctor.facts.evaluation.score_comparison import ScoreComparison
from slrdoctor.facts.evaluation.score_evidence import Reproduction
from slrdoctor.testing import findings
from tests.making import COMPARED, PAIRS, Judge

LOWER = NormalisedScores(
    wer=1.0,
    forms=(("start, end and padding tokens", 1.0), ("white space or Unicode form", 1.0),
           ("case", 0.25), ("accents", 0.24), ("punctuation", 0.2)),
    examples=(("regen", "REGEN"),),
    samples=540,
    are_single=False,
    read_from="dev.json",
)  # fmt: skip


def forms(wer: float) -> tuple[tuple[str, float], ...]:
    return (("case", wer),)


judged = Judge("EVL903", LOWER)


def test_evl903_fires_on_hypotheses_in_lower_case_and_names_the_slightest_form() -> None:
    (finding,) = judged()
    assert finding.message == (
        "the WER is 100.0% as stored and 25.0% ignoring case: the hypotheses have 'regen' "
        "where the references have 'REGEN'"
    )


def test_evl903_shows_the_numbers_of_characters_that_look_the_same() -> None:
    (finding,) = judged(
        forms=(("white space or Unicode form", 0.1),), examples=(("MÖGLICH", "MO\u0308GLICH"),)
    )
    assert r"'M\xd6GLICH' where the references have 'MO\u0308GLICH'" in finding.message


@pytest.mark.parametrize(("wer", "fires"), [(0.399, True), (0.401, False)])
def test_evl903_fires_at_the_boundary_of_a_fifth_of_the_errors(wer: float, fires: bool) -> None:
    assert bool(judged(wer=0.5, forms=forms(wer))) is fires


@pytest.mark.parametrize(("wer", "fires"), [(0.019, True), (0.021, False)])
def test_evl903_fires_at_the_boundary_of_three_points(wer: float, fires: bool) -> None:
    assert bool(judged(wer=0.05, forms=forms(wer))) is fires


def test_evl903_is_quiet_on_hypotheses_that_are_written_as_their_references() -> None:
    assert not judged(wer=0.05, forms=forms(0.05)) and not judged(wer=0.0, forms=forms(0.0))


@pytest.mark.parametrize(("kind", "fires"), [("normalised", False), ("plain", True), ("", True)])
def test_evl903_is_quiet_where_the_logged_score_is_that_of_normalised_hypotheses(
    kind: str, fires: bool
) -> None:
    row = replace(COMPARED, recomputed=1.0, gap=0.75, gap_to_kept=0.75, kind=kind)
    pairs = replace(PAIRS, wer=1.0, drop=0.0, most_drop=0.0, p=1.0)
    log = Reproduction(pairs, ScoreComparison((row,), "dev.json"), None, "dev.json")
    assert bool(findings("EVL903", LOWER, log)) is fires
