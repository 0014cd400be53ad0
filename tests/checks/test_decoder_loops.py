from __future__ import annotations

import pytest

from slrdoctor.facts.evaluation.repeated_ngrams import RepeatedNgrams
from tests.making import Judge

LOOPS = RepeatedNgrams(
    looping=80, looping_references=2, tokens=900, hypothesis_tokens=6000, distinct=300, samples=500,
    ids=("a", "b"), phrases=(("und dann", 30), ("im norden", 9)), read_from="dev.json",
)  # fmt: skip
judged = Judge("DEC802", LOOPS)


def test_dec802_fires_on_phrases_that_come_again_and_again() -> None:
    (finding,) = judged()
    assert "80 of 500 hypotheses (16%) repeat a phrase three times in a row or more (30 of them" in (
        finding.message
    )
    assert finding.samples == ("a", "b") and finding.affected == 80


@pytest.mark.parametrize(("looping", "fires"), [(25, False), (26, True)])
def test_dec802_is_quiet_up_to_the_boundary_of_one_in_twenty(looping: int, fires: bool) -> None:
    assert bool(judged(looping=looping)) is fires


@pytest.mark.parametrize(("references", "fires"), [(26, True), (27, False)])
def test_dec802_is_quiet_where_signers_repeat_themselves(references: int, fires: bool) -> None:
    assert bool(judged(looping_references=references)) is fires


@pytest.mark.parametrize(("distinct", "fires"), [(5, True), (4, False)])
def test_dec802_is_quiet_on_output_that_has_collapsed(distinct: int, fires: bool) -> None:
    assert bool(judged(distinct=distinct)) is fires


def test_dec802_is_not_judged_on_output_that_has_collapsed_and_looks_ill() -> None:
    one = judged.abstained(distinct=4)

    assert "4 tokens" in one.reason and one.looks_ill is True
