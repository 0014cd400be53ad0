"""Go on or change course: what must hold before more complexity is worth it, and whether it does."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from slrdoctor.core.finding import Severity
from slrdoctor.core.report import Report

YES, NO, UNKNOWN = "yes", "no", "not known"
EXPERIMENT = ("ACT001", "ACT002")
LEARNED = ("TRN502",)
# In the order in which a run is to be trusted: what comes later says nothing without what is before.
# What must hold, the checks that say so, and the one task that it is asked of.
CONDITIONS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("the features are there and finite", ("FEA101", "FEA104"), ""),
    ("the features say something of their labels", ("FEA114", "LAB209"), ""),
    ("the targets fit into the frames that CTC is given", ("CTC401",), "ctc"),
    ("your model reproduces five samples", EXPERIMENT, ""),
    ("gradients reach every parameter", ("ACT004",), ""),
    ("training gets beyond what a model reaches without its input", LEARNED, ""),
    ("the output is more than blanks", ("CTC411",), "ctc"),
)


def decision(report: Report) -> Iterator[RenderableType]:
    """The decision in a sentence, then a line for every condition; nothing where nothing is broken."""
    roots = [d for d in report.diagnoses if d.is_root]
    if report.verdict != "broken" or not roots:
        return
    first = next((d for d in roots if d.check.severity > Severity.NOTE), roots[0])
    yield Text()
    yield Text(
        f"Change course: mend {first.check.code} first. More data, a larger model or more epochs are "
        "worth it only when all of this holds:",
        "bold",
    )
    table = Table.grid(padding=(0, 1))
    table.add_column(width=len(UNKNOWN))
    table.add_column(overflow="fold")
    for what, codes, task in CONDITIONS:
        if task in ("", report.run["task"]):
            state = _state(report, codes)
            table.add_row(state, f"{what} ({', '.join(codes)})")
    yield Padding(table, (0, 0, 0, 2), expand=False)
    if _state(report, EXPERIMENT) == UNKNOWN:
        path = shlex.quote(str(report.run["path"]))
        yield Text(
            f"What is not known of your model is told by: slrdoctor overfit {path} --samples 5 "
            "--model path/to/file.py:factory"
        )


def _state(report: Report, codes: tuple[str, ...]) -> str:
    if {d.check.code for d in report.diagnoses} & set(codes):
        return NO
    not_looked = {entry.code for entry in (*report.skipped, *report.ignored, *report.crashed)}
    fine = {entry.code for entry in report.passed} - not_looked
    if not fine.issuperset(codes) or (codes == LEARNED and not _learned(report)):
        return UNKNOWN
    return YES


def _learned(report: Report) -> bool:
    """Whether every run is seen to have learned: a check that is quiet may have had too few epochs."""
    runs = [fact for key, fact in report.facts.items() if key.partition(" (")[0] == "Progress"]
    return bool(runs) and all(fact.get("learned") for fact in runs)
