"""The end of a report: whether to go on as before, and what must hold first."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from slrdoctor.core.engine import Judged
from slrdoctor.core.finding import Confidence, Evidence, Finding, Fix, Severity
from slrdoctor.core.ranking import rank
from slrdoctor.core.registry import Check
from slrdoctor.core.report import Entry, Report
from slrdoctor.render._decision import decision


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
        tuple(Entry(code, "", "") for code in skipped),
        (),
        (),
    )


def printed(given: Report) -> str:
    console = Console(file=io.StringIO(), width=200)
    for part in decision(given):
        console.print(part)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("passed", "skipped", "said"),
    [
        (("FEA101", "FEA104"), (), "yes "),
        (("FEA101",), ("FEA104",), "not known "),
        (("FEA101", "FEA104"), ("FEA104",), "not known "),
    ],
)
def test_a_condition_holds_where_all_its_checks_have_looked(
    passed: tuple[str, ...], skipped: tuple[str, ...], said: str
) -> None:
    lines = printed(report({"TRN502": Severity.BLOCKS}, passed, skipped)).splitlines()

    [line] = [line for line in lines if "FEA104" in line]
    assert line.strip().startswith(said)


def test_it_names_the_first_cause_and_what_does_not_hold() -> None:
    said = printed(report({"FEA101": Severity.BLOCKS, "LAB207": Severity.NOTE}))

    assert "Change course: mend FEA101 first." in said
    [line] = [line for line in said.splitlines() if "features are there" in line]
    assert line.strip().startswith("no ")
    assert "slrdoctor overfit 'my run' --samples 5" in said


def test_what_only_ctc_has_is_not_asked_of_other_tasks() -> None:
    assert "CTC401" in printed(report({"TRN502": Severity.BLOCKS}))
    assert "CTC4" not in printed(report({"TRN502": Severity.BLOCKS}, task="classification"))


def test_a_run_that_is_not_broken_gets_no_decision() -> None:
    assert printed(report({})) == ""
