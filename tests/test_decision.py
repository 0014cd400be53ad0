"""The end of a report: whether to go on as before, and what must hold first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from slrdoctor.core import packs
from slrdoctor.core.decision import decide
from slrdoctor.core.engine import Judged
from slrdoctor.core.finding import Confidence, Evidence, Finding, Fix, Severity
from slrdoctor.core.ranking import rank
from slrdoctor.core.record import Entry
from slrdoctor.core.registry import Check
from slrdoctor.core.report import Report

packs.load_all()


def report(
    fired: dict[str, Severity],
    passed: tuple[str, ...] = (),
    skipped: tuple[str, ...] = (),
    task: str = "ctc",
) -> Report:
    finding = Finding("m", (Evidence("x", 1, "here"),), (Fix("mend"),))
    outcomes = [
        ((), Judged(Check(code, lambda: iter(()), (), grave, Confidence.LIKELY, (), ""), (finding,)))
        for code, grave in fired.items()
    ]
    return Report(
        "0",
        {"path": "my run", "task": task},
        "broken" if fired else "healthy",
        tuple(rank(outcomes)),
        tuple(Entry(code, "", "") for code in passed),
        (),
        tuple(Entry(code, "", "") for code in skipped),
        (),
        (),
    )


def states(given: Report) -> dict[tuple[str, ...], str]:
    decision = decide(given)
    assert decision is not None
    return {condition.codes: condition.state for condition in decision.conditions}


@pytest.mark.parametrize(
    ("passed", "skipped", "state"),
    [
        (("FEA101", "FEA104"), (), "yes"),
        (("FEA101",), ("FEA104",), "unknown"),
        (("FEA101", "FEA104"), ("FEA104",), "unknown"),
    ],
)
def test_a_condition_holds_where_all_its_checks_have_looked(
    passed: tuple[str, ...], skipped: tuple[str, ...], state: str
) -> None:
    given = states(report({"TRN502": Severity.BLOCKS}, passed, skipped))

    assert given["FEA101", "FEA104"] == state


def test_it_names_the_first_cause_and_what_does_not_hold() -> None:
    decision = decide(report({"FEA101": Severity.BLOCKS, "LAB207": Severity.NOTE}))

    assert decision is not None and decision.sentence.startswith("Fix FEA101 first.")
    assert "a larger model" in decision.sentence
    assert decision.conditions[0].state == "no"
    assert f"slrdoctor overfit '{Path('my run').absolute()}' --samples 5" in decision.then


def test_a_larger_model_is_not_spoken_of_where_only_the_scorer_is_at_fault() -> None:
    decision = decide(report({"EVL901": Severity.MISLEADS}))

    assert decision is not None and decision.sentence.startswith("Fix EVL901 first")
    assert "larger model" not in decision.sentence


def test_what_only_ctc_has_is_not_asked_of_other_tasks() -> None:
    assert ("CTC401",) in states(report({"TRN502": Severity.BLOCKS}))
    assert ("CTC401",) not in states(report({"TRN502": Severity.BLOCKS}, task="classification"))


def test_only_the_experiment_with_your_model_says_that_your_model_reproduces_samples() -> None:
    both = ("ACT001", "ACT002")
    of_the_reference = report({"TRN502": Severity.BLOCKS}, passed=both)

    assert states(of_the_reference)[both] == "unknown"
    assert states(replace(of_the_reference, own_model=True))[both] == "yes"


def test_a_run_that_is_not_broken_gets_no_decision() -> None:
    assert decide(report({})) is None


def test_a_condition_that_was_judged_in_some_runs_only_is_unknown() -> None:
    given = report({"TRN502": Severity.BLOCKS}, passed=("FEA101",))
    partly = replace(given, passed=(*given.passed, Entry("FEA104", "", "", partly=True)))

    assert states(partly)["FEA101", "FEA104"] == "unknown"
