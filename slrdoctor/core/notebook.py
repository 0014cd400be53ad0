"""A report as a small piece of HTML, as a notebook shows it. Its colours suit light and dark pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from slrdoctor.core.outline import Cause, Gap, Outline, of_runs, sentence
from slrdoctor.core.record import Record

COLOURS = {"broken": "#b3261e", "suspect": "#8a6100", "healthy": "#1b6e3c", "unknown": "#5f6368"}
SEVERITIES = {"blocks": "#b3261e", "misleads": "#8e24aa", "degrades": "#8a6100", "note": "#00677d"}


def notebook_html(report: Record, outline: Outline) -> str:
    """One `div`: headline, causes that unfold, what was not judged, the decision."""
    badge = _badge(outline.badge.upper(), COLOURS.get(report.verdict, COLOURS["unknown"]))
    parts = [f"<p>{badge} <b>{escape(outline.headline)}</b></p>", f"<p>{escape(outline.looked_at)}</p>"]
    parts += [f"<p>{escape(sentence(run.sentence))}</p>" for run in outline.runs if run.sentence]
    parts += [_cause(cause, report, number == 0) for number, cause in enumerate(outline.causes)]
    parts += _not_judged(outline.not_judged)
    parts += [f"<p>{escape(outline.hint)}</p>"] if outline.hint else []
    if outline.decision is not None:
        parts.append(f"<p>{escape(outline.decision.sentence)}</p>")
        parts.append(_table((c.state, c.what) for c in outline.decision.conditions))
    parts.append(f"<p><small>{escape(outline.summary)}</small></p>")
    return f'<div class="slrdoctor">{"".join(parts)}</div>'


def _not_judged(gaps: Sequence[Gap]) -> Iterator[str]:
    if gaps:
        count = sum(len(gap.codes) for gap in gaps)
        said = (f"{', '.join(gap.codes)}: {sentence(gap.reason)} {gap.enable}" for gap in gaps)
        rows = "".join(f"<li>{escape(one)}</li>" for one in said)
        yield _unfolding(f"{count} checks could not judge", f"<ul>{rows}</ul>", False)


def _cause(cause: Cause, report: Record, is_open: bool) -> str:
    d = report.diagnoses[cause.rank - 1]
    badge = _badge(d.check.severity.word, SEVERITIES[d.check.severity.word])
    message = escape(f"{of_runs(d)}{sentence(d.finding.message)}")
    title = f"{badge} <b>{escape(d.check.code)}</b> {message}"
    return _unfolding(title, "".join(_details(cause, report)), is_open)


def _details(cause: Cause, report: Record) -> Iterator[str]:
    d = report.diagnoses[cause.rank - 1]
    yield _table((e.what, e.shown, e.read_from) for e in d.finding.evidence)
    for fix in d.finding.fixes:
        yield f"<p>Fix: {escape(fix.do)}</p>"
        if fix.how:
            yield f"<pre>{escape(fix.how.rstrip())}</pre>"
    yield f"<p>To verify: <code>{escape(report.verify(d))}</code></p>"
    for symptom in cause.explains:
        yield _cause(symptom, report, False)


def _unfolding(title: str, body: str, is_open: bool) -> str:
    """`title` and `body` are HTML."""
    return f"<details{' open' if is_open else ''}><summary>{title}</summary>{body}</details>"


def _table(rows: Iterable[Sequence[str]]) -> str:
    cells = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


def _badge(word: str, colour: str) -> str:
    style = f"background:{colour};color:#fff;padding:0 .4em;border-radius:.2em"
    return f'<span style="{style}">{escape(word)}</span>'
