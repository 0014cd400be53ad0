"""The report: verdicts, what passed and what was not looked at, finite numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass

import jsonschema
import numpy as np
import pytest

from slrdoctor.core.engine import Crashed, Judged, Outcome, Skipped
from slrdoctor.core.finding import Confidence, Evidence, Finding, Fix, Severity
from slrdoctor.core.plain import plain
from slrdoctor.core.ranking import Case
from slrdoctor.core.registry import Check
from slrdoctor.core.report import FailedRun, Report, build, schema
from slrdoctor.render import formats, render

RUN = {"path": "runs/x", "task": "ctc", "artifacts": []}


def nothing() -> Iterator[Finding]:
    yield from ()


def check(code: str, severity: Severity = Severity.BLOCKS) -> Check:
    return Check(code, nothing, (), severity, Confidence.LIKELY, (), "")


def finding(message: str = "a fault", value: float = 1.0) -> Finding:
    return Finding(message, (Evidence("x", value, "here"),), (Fix("mend it"),), ("s1",), 1, 2)


def report(*outcomes: tuple[Case, Outcome]) -> Report:
    return build("0", RUN, outcomes, (), (), {})


def fine(*codes: str) -> list[tuple[Case, Outcome]]:
    return [(("",), Judged(check(code), ())) for code in codes]


def test_healthy_needs_data_labels_and_history_to_have_been_judged() -> None:
    assert report(*fine("FEA104", "LAB205", "TRN502")).verdict == "healthy"
    assert report(*fine("FEA104", "LAB205")).verdict == "unknown"
    assert report(*fine("FEA104", "TRN502")).verdict == "unknown"


@pytest.mark.parametrize(
    ("severity", "verdict"),
    [
        (Severity.BLOCKS, "broken"),
        (Severity.MISLEADS, "broken"),
        (Severity.DEGRADES, "suspect"),
        (Severity.NOTE, "healthy"),
    ],
)
def test_the_worst_finding_makes_the_verdict(severity: Severity, verdict: str) -> None:
    fired = (("",), Judged(check("SPL301", severity), (finding(),)))

    assert report(*fine("FEA104", "LAB205", "TRN502"), fired).verdict == verdict


def test_a_crash_is_never_a_clean_bill() -> None:
    crashed = (("",), Crashed(check("CTC401"), "boom", "Traceback"))

    assert report(*fine("FEA104", "LAB205", "TRN502"), crashed).verdict == "unknown"


def test_a_check_that_was_skipped_for_one_run_says_so_where_it_passed_for_another() -> None:
    both: list[tuple[Case, Outcome]] = [
        (("", "a"), Judged(check("TRN503"), ())),
        (("", "b"), Skipped(check("TRN503"), "no log", "")),
    ]
    made = report(*both)

    assert (
        [e.code for e in made.passed] == ["TRN503"]
        and "1 of 2" in made.passed[0].text
        and "no log" in made.passed[0].text
    )
    assert not made.skipped


def test_numbers_that_are_not_finite_become_null() -> None:
    fired = (("",), Judged(check("TRN501"), (finding(value=math.nan),)))
    document = json.loads(render(report(fired), "json"))

    assert document["findings"][0]["evidence"][0]["value"] is None
    jsonschema.validate(document, schema())


@dataclass(frozen=True)
class Wide:
    values: np.ndarray[tuple[int], np.dtype[np.float64]]
    names: tuple[str, ...]


def test_long_facts_are_summarised() -> None:
    made = plain(Wide(np.arange(1000.0), tuple(map(str, range(1000)))))

    assert made["values"] == {"count": 1000, "min": 0.0, "median": 500.0, "max": 999.0}
    assert made["names"] == {"count": 1000, "first": ["0", "1", "2"]}


def test_raise_for_stops_a_job() -> None:
    made = report((("",), Judged(check("TRN501"), (finding("the loss is NaN"),))))

    with pytest.raises(FailedRun, match="TRN501: the loss is NaN"):
        made.raise_for("blocks")
    report((("",), Judged(check("TRN509", Severity.NOTE), (finding(),)))).raise_for("degrades")


@pytest.mark.parametrize("format", formats())
def test_every_format_writes_glosses_of_any_script(format: str) -> None:
    fired = (("",), Judged(check("LAB201"), (finding("বাংলা and عربي are not in the vocabulary"),)))

    assert "বাংলা" in render(report(fired), format)


def test_a_notebook_shows_the_report_escaped() -> None:
    fired = (("",), Judged(check("LAB201"), (finding("<script>alert(1)</script>"),)))

    assert "<script>" not in report(fired)._repr_html_()
