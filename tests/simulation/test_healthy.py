"""A healthy run of every task, in every layout, is read whole and called healthy."""

from __future__ import annotations

from pathlib import Path

import pytest

import slrdoctor
from slrdoctor.core.finding import Severity
from slrdoctor.core.report import Report
from slrdoctor.simulation import simulate
from slrdoctor.simulation.conventions import conventions_of
from slrdoctor.simulation.worlds import SIZES, TASKS

pytestmark = pytest.mark.slow

LAYOUTS = [(task, convention) for task in TASKS for convention in conventions_of(task)]


def samples(report: Report, kind: str) -> dict[str, int]:
    return {
        artifact["split"]: artifact["samples"]
        for artifact in report.run["artifacts"]
        if artifact["kind"] == kind and artifact.get("split")
    }


@pytest.mark.parametrize(("task", "convention"), LAYOUTS, ids=["-".join(pair) for pair in LAYOUTS])
def test_a_healthy_run_is_read_whole_and_nothing_is_broken(
    task: str, convention: str, tmp_path: Path
) -> None:
    made = simulate("healthy", tmp_path / "run", task=task, convention=convention)
    report = slrdoctor.scan(made.folder)

    assert report.run["task"] == task
    assert samples(report, "features") == SIZES[task], report.run["artifacts"]
    assert not report.crashed
    assert [d.check.code for d in report.diagnoses if d.check.severity >= Severity.MISLEADS] == []
