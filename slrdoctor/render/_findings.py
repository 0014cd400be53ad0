"""One cause as a person reads it: what is wrong, how it is known, what to do, what it explains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.text import Text

from slrdoctor.core.finding import Evidence, Fix, Severity, shown
from slrdoctor.core.outline import Cause, of_runs, sentence
from slrdoctor.core.ranking import Diagnosis
from slrdoctor.core.report import Report
from slrdoctor.render._colours import SEVERITIES, badge
from slrdoctor.render._layout import Line, table

INDENT = 3
SAMPLES_SHOWN, SAMPLES_VERBOSE = 5, 100  # all of them are in the JSON document
EVIDENCE_SHOWN = 6
LABEL = 8  # columns of "fix", "verify"


@dataclass(frozen=True)
class _Branches:
    """How a tree is drawn."""

    fork: str
    last: str
    through: str


DRAWN = _Branches("├─ ", "└─ ", "│  ")
ASCII = _Branches("|- ", "`- ", "|  ")


def explained(
    cause: Cause, report: Report, number: int, verbose: bool, width: int | None, ascii_only: bool
) -> Iterator[Line]:
    """A cause whole, and beneath it what it explains."""
    d = report.diagnoses[cause.rank - 1]
    yield Line(Text.assemble((f"{number}. ", "bold")).append(_title(d)))
    yield Line(Text(f"{of_runs(d)}{sentence(d.finding.message)}"), INDENT)
    yield from _details(d, report, verbose, width)
    if cause.explains:
        yield Line(Text())
        yield Line(Text("This explains:", "dim"), INDENT)
        branches = ASCII if ascii_only else DRAWN
        yield from _tree(cause, report, d.check.severity, "", branches, verbose, width)


def _title(d: Diagnosis) -> Text:
    title = Text.assemble((f"{d.check.code} {d.check.name}", "bold"), "  ")
    severity = badge(d.check.severity.word, SEVERITIES[d.check.severity])
    return title.append(severity).append(f" {d.check.confidence.word}", "dim")


def _tree(
    cause: Cause,
    report: Report,
    above: Severity,
    trunk: str,
    branches: _Branches,
    verbose: bool,
    width: int | None,
) -> Iterator[Line]:
    """Every symptom in a sentence; one that is graver than its cause is told whole."""
    for place, symptom in enumerate(cause.explains):
        is_last = place == len(cause.explains) - 1
        d = report.diagnoses[symptom.rank - 1]
        fork = branches.last if is_last else branches.fork
        below = trunk + ("   " if is_last else branches.through)
        words = Text.assemble((d.check.code, "bold"), f" {of_runs(d)}{sentence(d.finding.message)}")
        yield Line(words, INDENT, lead=Text(f"{trunk}{fork}", "dim"), rest=below)
        if verbose or d.check.severity > above:
            details = _details(d, report, verbose, width, INDENT + len(below))
            yield from (_beside(below, line) for line in details)
        # what is as grave as the finding above it is told by that one
        yield from _tree(symptom, report, max(above, d.check.severity), below, branches, verbose, width)


def _beside(trunk: str, line: Line) -> Line:
    """The line with the trunk of the tree before it; code stands alone, as it is copied."""
    if line.is_code or not trunk.strip():
        return line
    gap = " " * (line.indent - INDENT - len(trunk))
    lead = Text(f"{trunk}{gap}" if line.text.plain else trunk.rstrip(), "dim")
    return replace(line, indent=INDENT, lead=lead, rest=f"{trunk}{gap}")


def _details(
    d: Diagnosis, report: Report, verbose: bool, width: int | None, indent: int = INDENT
) -> Iterator[Line]:
    """Evidence, samples, fixes and the command to verify; of a mere note only what to do."""
    brief = d.check.severity == Severity.NOTE and not verbose
    if not brief:
        listed = d.finding.evidence if verbose else d.finding.evidence[:EVIDENCE_SHOWN]
        yield Line(Text())
        yield from _evidence(listed, indent, width, verbose)
        if verbose:
            yield from _sources(listed, indent)
        if d.finding.samples:
            yield _labelled("samples", Text(_samples(d, verbose)), "dim", indent)
        if verbose and d.likewise:
            yield from _likewise(d, indent)
        yield Line(Text())
    for place, fix in enumerate(d.finding.fixes[: 1 if brief else None]):
        yield from _fix(fix, "fix" if place == 0 else "or", brief, indent)
    if not brief:
        yield _labelled("verify", Text(report.verify(d), "cyan"), "bold", indent, is_code=True)


def _evidence(
    listed: Sequence[Evidence], indent: int, width: int | None, verbose: bool
) -> Iterator[Line]:
    """A table: what was measured, its value and the limit; and where it was read."""
    places = list(dict.fromkeys(e.read_from for e in listed if e.read_from))
    rows = []
    for e in listed:
        limit = f"limit {shown(e.limit.value, e.unit)}" if e.limit is not None else ""
        row = [Text(e.what), Text(e.shown, "bold"), Text(limit, "dim")]
        if verbose and len(places) > 1:
            row.append(Text(e.read_from, "dim"))
        rows.append(row)
    yield from table(rows, indent, width)
    if places and not (verbose and len(places) > 1):
        yield Line(Text(f"read from {'; '.join(places)}", "dim"), indent, 2)


def _sources(listed: Sequence[Evidence], indent: int) -> Iterator[Line]:
    for e in listed:
        if e.limit is not None:
            limit = shown(e.limit.value, e.unit)
            yield Line(Text(f"limit {limit} for {e.what}: {sentence(e.limit.source)}", "dim"), indent, 2)


def _samples(d: Diagnosis, verbose: bool) -> str:
    """The first ids, and how many samples there are beyond them."""
    ids = d.finding.samples[: SAMPLES_VERBOSE if verbose else SAMPLES_SHOWN]
    more = max(d.finding.affected or 0, len(d.finding.samples)) - len(ids)
    return ", ".join(ids) + (f" and {more} more" if more else "")


def _likewise(d: Diagnosis, indent: int) -> Iterator[Line]:
    for other in d.likewise:
        name = "/".join(part for part in other.case if part)
        yield Line(Text(f"[{name}] {sentence(other.finding.message)}", "dim"), indent, 2)


def _fix(fix: Fix, label: str, brief: bool, indent: int) -> Iterator[Line]:
    unsafe = "" if fix.safe else " (this changes what is scored or kept: keep a copy)"
    words = Text.assemble((fix.do, "bold"), (unsafe, "dim"))
    yield _labelled(label, words, "bold green", indent)
    if fix.how and not brief:
        for row in fix.how.rstrip().splitlines():
            yield Line(Text(row, "green"), indent + LABEL, is_code=True)


def _labelled(label: str, text: Text, style: str, indent: int, is_code: bool = False) -> Line:
    return Line(Text.assemble((f"{label:<{LABEL}}", style)).append(text), indent, LABEL, is_code=is_code)
