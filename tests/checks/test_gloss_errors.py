from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from slrdoctor.facts.evaluation.gloss_errors import GlossErrors
from slrdoctor.facts.evaluation.predictions import ErrorCounts
from tests.making import Judge

# 162 of 966 glosses, as in a public run with 87% WER
FEW = ErrorCounts(
    split="dev", samples=540, substitutions=2400, deletions=2200, insertions=200, reference_tokens=5500,
    hypothesis_tokens=3500, exact=4, empty=10, distinct_hypothesis=162, distinct_reference=966,
    commonest="REGEN", commonest_share=0.1, is_classification=False, read_from="dev.json",
)  # fmt: skip


def of(**changes: Any) -> GlossErrors:
    return GlossErrors(replace(FEW, **changes), "dev.json")


few = Judge("CTC413", of)
short = Judge("CTC414", of)


def test_ctc413_fires_on_a_sixth_of_the_vocabulary() -> None:
    (finding,) = few()
    assert "the hypotheses use only 162 glosses where the references use 966 (17%)" in finding.message


@pytest.mark.parametrize(("distinct", "fires"), [(193, True), (194, False)])
def test_ctc413_is_quiet_from_the_boundary_of_a_fifth_on(distinct: int, fires: bool) -> None:
    assert bool(few(distinct_hypothesis=distinct)) is fires


@pytest.mark.parametrize(("empty", "fires"), [(269, True), (270, False), (540, False)])
def test_ctc413_is_quiet_on_blank_output(empty: int, fires: bool) -> None:
    assert bool(few(empty=empty)) is fires


@pytest.mark.parametrize(("signed", "fires"), [(10, True), (9, False)])
def test_ctc413_is_quiet_on_a_handful_of_glosses(signed: int, fires: bool) -> None:
    assert bool(few(distinct_hypothesis=1, distinct_reference=signed)) is fires


def test_ctc414_fires_on_hypotheses_of_less_than_half_the_length() -> None:
    (finding,) = short(hypothesis_tokens=2000, deletions=3600)
    assert (
        "have 3.7 glosses per sample where 10.2 are signed: 3600 of 6200 errors are deletions"
        in finding.message
    )


@pytest.mark.parametrize(("tokens", "fires"), [(2749, True), (2750, False)])
def test_ctc414_is_quiet_from_the_boundary_of_half_the_length_on(tokens: int, fires: bool) -> None:
    assert bool(short(hypothesis_tokens=tokens)) is fires


@pytest.mark.parametrize(("distinct", "fires"), [(5, True), (4, False), (0, False)])
def test_ctc414_is_quiet_on_output_that_has_collapsed(distinct: int, fires: bool) -> None:
    assert bool(short(hypothesis_tokens=1000, distinct_hypothesis=distinct)) is fires


@pytest.mark.parametrize("judged", [few, short])
def test_ctc413_and_ctc414_are_quiet_on_a_healthy_model_with_more_deletions_than_insertions(
    judged: Judge,
) -> None:
    healthy = {
        "deletions": 300,
        "insertions": 120,
        "hypothesis_tokens": 5320,
        "distinct_hypothesis": 900,
    }
    assert not judged(**healthy)


def test_ctc413_is_not_judged_on_blank_output_and_looks_ill() -> None:
    one = few.abstained(empty=540)

    assert "100%" in one.reason and one.looks_ill is True


def test_ctc413_is_not_judged_on_a_handful_of_glosses() -> None:
    one = few.abstained(distinct_hypothesis=1, distinct_reference=9)

    assert "9 glosses" in one.reason and one.looks_ill is False


def test_ctc414_is_not_judged_on_output_that_has_collapsed_and_looks_ill() -> None:
    one = short.abstained(hypothesis_tokens=1000, distinct_hypothesis=4)

    assert "4 glosses" in one.reason and one.looks_ill is True
