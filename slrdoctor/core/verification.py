"""Whether one fault is fixed: the answer of one check alone, whatever its severity."""

from __future__ import annotations

from dataclasses import replace

from slrdoctor.core.record import Answer
from slrdoctor.core.report import Report

FIXED, FIRES, NOT_JUDGED = "fixed", "not fixed", "not judged"


def verified(report: Report, code: str) -> Report:
    """The report of a scan for one check, with its answer: fixed, not fixed or not judged."""
    badge, sentence = _answer(report, code)
    return replace(report, answer=Answer(badge, f"{code} {sentence.rstrip('.')}.", "", ()))


def is_fixed(report: Report) -> bool:
    """Whether the check that was asked found its fault no more, in every run it could judge."""
    return report.answer is not None and report.answer.badge == FIXED


def _answer(report: Report, code: str) -> tuple[str, str]:
    """The badge, and what the check says."""
    found = [d for d in report.diagnoses if d.check.code == code]
    if found:
        cases = sum(len(d.cases) for d in found)
        more = f" (and {cases - 1} more)" if cases > 1 else ""
        return FIRES, f"still fires: {found[0].finding.message.rstrip('.')}{more}"
    for entry in (*report.crashed, *report.not_looked_at, *report.ignored):
        if entry.code == code:
            enable = f". To enable: {report.with_path(entry.enable)}" if entry.enable else ""
            return NOT_JUDGED, f"could not be judged: {entry.text.rstrip('.')}{enable}"
    passed = {entry.code: entry.text for entry in report.passed}
    if code not in passed:
        return NOT_JUDGED, "could not be judged: no check has this code"
    return FIXED, f"is fixed: {passed[code] or 'it finds nothing any more'}"
