"""The first sentence of a report: never more than what was judged, and no finding word for word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slrdoctor.core.finding import Severity
from slrdoctor.core.ranking import Diagnosis
from slrdoctor.core.record import Record


def headline(report: Record) -> str:
    """One to three sentences; the answer where an experiment gave one."""
    if report.answer:
        return report.answer.sentence
    first = report.diagnoses[0] if report.diagnoses else None
    if first is not None and first.check.severity > Severity.NOTE:
        sentences = list(_of_the_cause(first, report))
    else:
        sentences = [_calm(report)]
    # a score that never moved is never passed over, whatever else is said
    stuck = [run for run in report.runs if run.never_moved]
    if len(stuck) == 1 and len(report.runs) == 1:
        sentences.append(f"{stuck[0].never_moved[:1].upper()}{stuck[0].never_moved[1:]}.")
    elif stuck:
        sentences.append(f"In {len(stuck)} of {len(report.runs)} runs {stuck[0].never_moved}.")
    return " ".join(sentences)


def _of_the_cause(first: Diagnosis, report: Record) -> Iterator[str]:
    """The fault as its check states it; a graver symptom of a milder cause comes before that cause."""
    below = _explained(first, report.diagnoses)
    gravest = max(below, key=lambda d: (d.check.severity, -d.rank), default=None)
    if gravest is not None and gravest.check.severity > first.check.severity:
        yield f"{_placed(gravest, report)}."
        yield f"{_placed(first, report)}, which may be why."
    else:
        yield f"{_placed(first, report)}."


def _explained(cause: Diagnosis, diagnoses: Sequence[Diagnosis]) -> list[Diagnosis]:
    """What a finding explains, directly or in turn."""
    below: list[Diagnosis] = []
    waiting = [cause]
    while waiting:
        one = waiting.pop()
        for d in diagnoses:
            if one.check.code in d.explained_by and one.shares_a_run_with(d) and d not in below:
                below.append(d)
                waiting.append(d)
    return below


def _placed(d: Diagnosis, report: Record) -> str:
    """The fault as its check states it, and in how many of several runs it is."""
    title = d.check.title.rstrip(".") or d.check.name
    fault = f"{title} ({d.check.code})"
    if len(report.runs) < 2 or not d.case_names:
        return fault
    lower = fault if fault[:2].isupper() else f"{fault[:1].lower()}{fault[1:]}"
    if len(d.case_names) == 1:
        return f"In {d.case_names[0]}: {lower}"
    return f"In {len(d.case_names)} of {len(report.runs)} runs: {lower}"


def _calm(report: Record) -> str:
    judged = len({e.code for e in report.passed} | {d.check.code for d in report.diagnoses})
    counted = f"{judged} check{'s' * (judged != 1)}"
    poor = [run for run in report.runs if run.poor]
    if report.verdict == "healthy":
        sentence = f"{counted} found nothing that keeps this run from learning."
    elif poor and not report.undecided:
        which = f" of {poor[0].name}" if len(report.runs) > 1 and poor[0].name else ""
        sentence = f"No cause was found by {counted}, but the score{which} is poor: {poor[0].poor}."
    else:
        sentence = f"{counted} found nothing wrong. Not judged: {', '.join(_unjudged(report))}."
    crashed = len(report.crashed)
    return f"{sentence} {crashed} crashed (--verbose)." if crashed else sentence


def _unjudged(report: Record) -> list[str]:
    missing = [role.value for role in report.undecided]
    return missing or [f"{len(report.not_looked_at)} other checks"]
