"""Whether to go on as before: what must hold before more complexity is worth it, and whether it does."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slrdoctor.core.finding import Severity

if TYPE_CHECKING:
    from slrdoctor.core.report import Report

YES, NO, UNKNOWN = "yes", "no", "unknown"
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


@dataclass(frozen=True)
class Condition:
    """What must hold, whether it does (yes, no, unknown), and the checks that say so."""

    what: str
    state: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Decision:
    """What to do first, what must hold before more of anything helps, and how to find out the rest."""

    sentence: str
    conditions: tuple[Condition, ...]
    then: str  # a sentence that ends in a command, or empty

    def lines(self) -> Iterator[str]:
        yield self.sentence
        yield from (f"  {c.state:<7} {c.what} ({', '.join(c.codes)})" for c in self.conditions)
        if self.then:
            yield self.then


def decide(report: Report) -> Decision | None:
    """The decision; None where nothing is broken."""
    roots = [d for d in report.diagnoses if d.is_root and d.check.severity > Severity.NOTE]
    if report.verdict != "broken" or not roots:
        return None
    first = roots[0].check
    conditions = tuple(
        Condition(what, _state(report, codes), codes)
        for what, codes, task in CONDITIONS
        if task in ("", report.run["task"])
    )
    misleads = first.severity == Severity.MISLEADS
    if misleads:
        # the scorer or the bookkeeping is at fault: no larger model answers that
        sentence = f"Fix {first.code} first: until then the numbers of this run say little. Then check:"
    else:
        sentence = (
            f"Fix {first.code} first. More data, a larger model or more epochs help only when all of "
            "these hold:"
        )
    return Decision(sentence, conditions, _then(report, conditions))


def _then(report: Report, conditions: tuple[Condition, ...]) -> str:
    if not any(c.codes == EXPERIMENT and c.state == UNKNOWN for c in conditions):
        return ""
    path = shlex.quote(str(report.run["path"]))
    return (
        f"To find out the rest, run: slrdoctor overfit {path} --samples 5 "
        "--model path/to/file.py:factory"
    )


def _state(report: Report, codes: tuple[str, ...]) -> str:
    is_experiment = codes == EXPERIMENT
    if is_experiment and not report.own_model:
        return UNKNOWN  # a reference model says nothing of yours
    if {d.check.code for d in report.diagnoses} & set(codes):
        return NO
    others = (*report.not_looked_at, *report.ignored, *report.crashed)
    fine = {entry.code for entry in report.passed} - {entry.code for entry in others}
    if not fine.issuperset(codes) or (codes == LEARNED and not _learned(report)):
        return UNKNOWN
    return YES


def _learned(report: Report) -> bool:
    """Whether every run is seen to have learned: a check that is quiet may have had too few epochs."""
    return bool(report.runs) and all(run.verdict == "learned" for run in report.runs)
