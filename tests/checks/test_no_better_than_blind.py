from __future__ import annotations

from dataclasses import replace
from math import nan

import pytest

from slrdoctor.facts.evaluation.blind_comparison import BlindComparison
from slrdoctor.facts.training.progress import Progress
from slrdoctor.testing import fine, not_judged
from tests.making import LEARNED, PAIRS, Judge

BLIND = BlindComparison(
    metric="WER", score=0.97, blind=0.94, answer="MORGEN REGEN", chance=nan, removed=-0.03,
    least_removed=-0.05, most_removed=0.01, samples=540, length_share=0.9, empty_share=0.0,
    split="dev", read_from="dev.json",
)  # fmt: skip
IN_BLANK_PHASE = replace(LEARNED, floor=3.9, last_dev=3.2, best_metric=1.0, last_metric=1.0, epochs=3)
SHUFFLED = replace(
    PAIRS, wer=0.97, drop=0.03, most_drop=0.05, p=0.1, rematched_wer=0.9, unrelated_wer=0.9, distinct=300
)
judged = Judge("EVL904", BLIND)


def test_evl904_fires_on_a_score_that_one_answer_has_too() -> None:
    (finding,) = judged()
    assert finding.message == (
        "WER is 97.0% on 540 dev predictions; answering 'MORGEN REGEN' every time scores 94.0%. First "
        "goal: 47.0%"
    )
    assert {e.what: e.value for e in finding.evidence}["first goal, half way to perfect"] == 0.47


def test_evl904_fires_on_labels_with_a_table_of_chance_and_majority() -> None:
    (finding,) = judged(metric="accuracy", score=0.0, blind=0.5, chance=0.5, removed=-1.0,
                        least_removed=-1.0, most_removed=-0.4, samples=10, answer="HELLO")  # fmt: skip
    told = {e.what: e.value for e in finding.evidence}
    assert told["accuracy of the model"] == 0 and told["accuracy at random"] == 0.5
    assert told["first goal, half way to perfect"] == 0.75


@pytest.mark.parametrize(("least", "fires"), [(0.0, True), (0.001, False)])
def test_evl904_is_quiet_at_the_boundary_where_some_errors_are_surely_avoided(
    least: float, fires: bool
) -> None:
    assert bool(judged(least_removed=least)) is fires


@pytest.mark.parametrize(("most", "fires"), [(0.099, True), (0.1, False)])
def test_evl904_is_quiet_where_a_tenth_of_the_errors_may_be_avoided(most: float, fires: bool) -> None:
    assert bool(judged(most_removed=most)) is fires


def test_evl904_is_quiet_in_the_blank_phase_of_a_healthy_run() -> None:
    assert not judged(IN_BLANK_PHASE, length_share=0.0, empty_share=1.0)


@pytest.mark.parametrize(
    "progress",
    [
        None,
        replace(IN_BLANK_PHASE, last_dev=3.9),  # at the floor
        replace(IN_BLANK_PHASE, last_dev=nan, floor=nan),
        replace(IN_BLANK_PHASE, last_metric=0.2),  # the log does not know of blanks
    ],
)
def test_evl904_fires_on_blank_output_where_nothing_says_that_it_learns(
    progress: Progress | None,
) -> None:
    given = (progress,) if progress is not None else ()
    assert judged(*given, length_share=0.0, empty_share=1.0)


@pytest.mark.parametrize(("drop", "fires"), [(0.099, True), (0.1, False)])
def test_evl904_is_quiet_on_bad_predictions_that_depend_on_the_input(drop: float, fires: bool) -> None:
    assert bool(judged(replace(SHUFFLED, drop=drop))) is fires


def test_evl904_fires_on_output_of_full_length_however_low_the_loss() -> None:
    assert judged(IN_BLANK_PHASE, length_share=0.5)


def test_evl904_is_not_judged_where_predictions_are_too_few_to_tell() -> None:
    few = not_judged("EVL904", replace(BLIND, most_removed=0.2, samples=9))

    assert few.looks_ill and few.reason.startswith("9 predictions do not show")
    assert not not_judged("EVL904", replace(BLIND, removed=0.05, most_removed=0.2)).looks_ill


def test_evl904_is_not_judged_in_the_blank_phase() -> None:
    blank = replace(BLIND, score=1.0, length_share=0.0, empty_share=1.0)

    assert "still mostly blank" in not_judged("EVL904", blank, IN_BLANK_PHASE).reason


def test_evl904_says_by_how_much_a_constant_answer_was_beaten() -> None:
    assert "94.0%" in fine("EVL904", replace(BLIND, score=0.3, removed=0.6, least_removed=0.5))
