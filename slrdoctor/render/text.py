"""For people: the verdict, causes with what they explain beneath them, and what to do next."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from slrdoctor.core.legible import legible
from slrdoctor.core.outline import Gap, Outline, few, sentence
from slrdoctor.core.record import Answer, Entry, Run
from slrdoctor.core.report import Report
from slrdoctor.render import _findings
from slrdoctor.render._colours import BADGES, FAULT, OUTCOMES, STATES, badge
from slrdoctor.render._layout import Line, fits, put, room, table

GAPS_SHOWN = 3
PROBLEMS_SHOWN = 3
RUNS_SHOWN = 20
CODES_SHOWN = 6
PROGRAM = "slrdoctor"  # what a command or a call of ours begins with


def render(report: Report) -> str:
    """The report as plain text, no line of it wrapped."""
    file = io.StringIO()
    # in a notebook too, where rich would print to the cell
    console = Console(
        file=file, color_system=None, force_terminal=False, force_jupyter=False, highlight=False
    )
    show(report, console)
    return file.getvalue()


def show(report: Report, console: Console, *, quiet: bool = False, verbose: bool = False) -> None:
    """Print the report; `quiet` only its headline, `verbose` every check and every limit's source."""
    report = legible(report)
    outline = report.outline
    put([_headline(outline)], console)
    if not quiet:
        put(_body(outline, report, verbose, room(console), console.options.ascii_only), console)


def _body(
    outline: Outline, report: Report, verbose: bool, width: int | None, ascii_only: bool
) -> Iterator[Line]:
    if outline.answer is not None:
        yield from _answer(outline.answer, width)
    yield from _looked_at(outline, report, verbose)
    yield from _runs(outline.runs, width, verbose)
    for number, cause in enumerate(outline.causes, start=1):
        yield Line(Text())
        yield from _findings.explained(cause, report, number, verbose, width, ascii_only)
    yield Line(Text())
    yield from _remainder(outline, report, verbose)
    yield from _decision(outline, ascii_only)
    yield Line(Text())
    yield _last(outline)


def _answer(answer: Answer, width: int | None) -> Iterator[Line]:
    """What follows from an experiment, and how it was seen."""
    if answer.then:
        yield Line(Text(answer.then, "bold"), 1, 1)
    yield from (Line(Text(detail, "dim"), 2, 2) for detail in answer.details)
    if answer.table:
        yield Line(Text())
        yield from table([[Text(cell) for cell in row] for row in answer.table], 1, width)
    yield Line(Text())


def _verdict(outline: Outline) -> Text:
    return badge(outline.badge.upper(), BADGES.get(outline.badge, FAULT))


def _headline(outline: Outline) -> Line:
    return Line(_verdict(outline).append("  ").append(outline.headline, "bold"), 0, 1)


def _looked_at(outline: Outline, report: Report, verbose: bool) -> Iterator[Line]:
    yield Line(Text(outline.looked_at, "dim"), 1, 1)
    if verbose:
        for artifact in report.run["artifacts"]:
            split = f", {artifact['split']}" if artifact["split"] else ""
            size = f", {artifact['samples']}" if artifact["samples"] is not None else ""
            joined = (
                f"; {', '.join(artifact['parts'])} joined in this order" if "parts" in artifact else ""
            )
            what = f"{artifact['kind']}: {artifact['path']} ({artifact['format']}{split}{size}{joined})"
            yield Line(Text(what, "dim"), 3, 2)
    for choice in outline.choices:
        yield Line(Text(choice, "dim"), 1, 2)


def _runs(runs: Sequence[Run], width: int | None, verbose: bool) -> Iterator[Line]:
    """One run in its sentence, several in a table."""
    if len(runs) == 1 and runs[0].sentence:
        yield Line(Text(_capital(sentence(runs[0].sentence))), 1, 1)
    if len(runs) < 2:
        return
    shown = runs if verbose else runs[:RUNS_SHOWN]
    rows = [[Text(word, "dim") for word in ("run", "score", "loss", "")]]
    rows += [
        [Text(run.name), Text(run.score), Text(run.loss), Text(run.verdict, OUTCOMES[run.verdict])]
        for run in shown
    ]
    if width is not None and not fits(rows, 1, width):
        # the score and what it means are worth more than the losses
        rows = [[row[0], row[1], row[3]] for row in rows]
    yield Line(Text())
    yield from table(rows, 1, width)
    if len(shown) < len(runs):
        yield Line(Text(f"and {len(runs) - len(shown)} more runs (--verbose)", "dim"), 1)


def _remainder(outline: Outline, report: Report, verbose: bool) -> Iterator[Line]:
    """What was fine, what could not be judged and why, what was ignored, what crashed."""
    if verbose:
        for entry in report.passed:
            text = f"{entry.code} {entry.name}: {entry.text or 'nothing found'}"
            yield Line(Text.assemble(("fine     ", "green"), text), 0, 9)
    shown = outline.problems if verbose else outline.problems[:PROBLEMS_SHOWN]
    for problem in shown:
        yield Line(Text(problem, "yellow"), 0, 2)
    if len(shown) < len(outline.problems):
        more = len(outline.problems) - len(shown)
        yield Line(Text(f"and {more} more files that could not be read (--verbose)", "yellow"))
    yield from _gaps(outline.not_judged, verbose)
    if outline.hint:
        said, _, command = outline.hint.rpartition(": ")
        yield Line(Text(f"{said}:"), 0, 2)
        yield Line(Text(command), 2, is_code=True)
    for entry in report.ignored:
        yield Line(Text(f"ignored  {entry.code} {entry.name}: {entry.text}", "dim"), 0, 9)
    for entry in _once(report.crashed):
        yield Line(Text(f"crashed  {entry.code} {entry.name}: {entry.text}", "bold red"), 0, 9)
        if verbose:
            for row in entry.trace.rstrip().splitlines():
                yield Line(Text(row, "dim"), 4, is_code=True)


def _once(entries: Sequence[Entry]) -> list[Entry]:
    """One entry a check: of a crash in each of six runs the first says all."""
    return list({entry.code: entry for entry in reversed(entries)}.values())[::-1]


def _gaps(gaps: Sequence[Gap], verbose: bool) -> Iterator[Line]:
    if not gaps:
        return
    count = sum(len(gap.codes) for gap in gaps)
    yield Line(Text(f"Not judged: {count} check{'s' * (count > 1)}", "bold"))
    shown = gaps if verbose else gaps[:GAPS_SHOWN]
    for gap in shown:
        codes = few(gap.codes, len(gap.codes) if verbose else CODES_SHOWN)
        yield Line(Text(f"{codes}: {sentence(gap.reason)}", "dim"), 2, 2)
        yield from _enabling(gap.enable)
    rest = sum(len(gap.codes) for gap in gaps[len(shown) :])
    if rest:
        yield Line(Text(f"and {rest} more for other reasons (--verbose)", "dim"), 2)


def _enabling(enable: str) -> Iterator[Line]:
    """What would help: a sentence, or a command on a line of its own."""
    where, _, command = enable.rpartition(": ")
    if command.startswith(PROGRAM):
        words = f"To enable, {where}:" if where else "To enable:"
        yield Line(Text(words), 4, 2)
        yield Line(Text(command, "cyan"), 6, is_code=True)
    elif enable:
        yield Line(Text(f"To enable: {sentence(enable)}"), 4, 2)


def _decision(outline: Outline, ascii_only: bool) -> Iterator[Line]:
    if outline.decision is None:
        return
    yield Line(Text())
    yield Line(Text(outline.decision.sentence, "bold"))
    for condition in outline.decision.conditions:
        mark, style = STATES[condition.state]
        state = condition.state if ascii_only else f"{mark} {condition.state}"
        codes = f" ({', '.join(condition.codes)})"
        yield Line(Text.assemble((f"{state:<10}", style), condition.what, (codes, "dim")), 2, 10)
    if outline.decision.then:
        words, _, command = outline.decision.then.partition(": ")
        yield Line(Text(f"{words}:"))
        yield Line(Text(command, "cyan"), 2, is_code=True)


def _last(outline: Outline) -> Line:
    return Line(_verdict(outline).append(f"  {outline.summary}"), 0, 1)


def _capital(text: str) -> str:
    # a name of a split or a file keeps its letters
    return text if text.split(" ")[0] in ("dev", "train", "test") else text[:1].upper() + text[1:]
