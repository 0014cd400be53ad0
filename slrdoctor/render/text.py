"""What a person reads on a terminal: the verdict, then causes with what they explain beneath."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from math import isfinite

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from slrdoctor.core.finding import Evidence, Severity
from slrdoctor.core.ranking import Diagnosis
from slrdoctor.core.report import Entry, Report
from slrdoctor.render._decision import decision

WIDTH = 100
COLOURS = {
    Severity.BLOCKS: "bold red",
    Severity.MISLEADS: "bold magenta",
    Severity.DEGRADES: "yellow",
    Severity.NOTE: "cyan",
}
VERDICT_COLOURS = {"broken": "bold white on red", "suspect": "bold black on yellow"} | {
    "healthy": "bold black on green",
    "unknown": "bold black on white",
}
SKIPS_SHOWN = 4
_CHAIN = re.compile(r"^(?:no [A-Z]\w+: )+")  # "no CtcLengths: no LayerStack: " before the reason itself


def render(report: Report) -> str:
    """The report as plain text."""
    console = Console(
        file=io.StringIO(), width=WIDTH, color_system=None, force_terminal=False, highlight=False
    )
    show(report, console)
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def show(report: Report, console: Console, *, quiet: bool = False, verbose: bool = False) -> None:
    """Print the report; `quiet` only the first lines, `verbose` every passed and skipped check."""
    for part in _parts(report, quiet, verbose):
        console.print(part, soft_wrap=False)


def _parts(report: Report, quiet: bool, verbose: bool) -> Iterator[RenderableType]:
    yield _headline(report)
    if not quiet:
        yield from _looked_at(report, verbose)
        roots = [d for d in report.diagnoses if d.is_root]
        shown: set[int] = set()
        for root in roots:
            yield Text()
            yield _cause(root, report, shown, verbose)
        yield Text()
        yield from _remainder(report, verbose)
        yield from decision(report)


def _headline(report: Report) -> Text:
    text = Text.assemble((f" {report.verdict.upper()} ", VERDICT_COLOURS[report.verdict]))
    first = report.diagnoses[0] if report.diagnoses else None
    graver = first is not None and first.check.severity > Severity.NOTE
    if first is not None and graver:
        return text.append(f" {_in_case(first)}{_sentence(first.finding.message)}", "bold")
    return text.append(f" {_calm_sentence(report)}", "bold")


def _calm_sentence(report: Report) -> str:
    """What to say where nothing is wrong: never more than what was looked at."""
    learned = list(dict.fromkeys(e.text for e in report.passed if e.code == "TRN502" and e.text))
    said = f" {_sentence(learned[0].partition('; ')[0])}" if learned else ""
    judged = len(report.passed) + len({d.check.code for d in report.diagnoses})
    if report.verdict == "healthy":
        return f"Nothing that keeps this run from learning was found by {judged} checks.{said}"
    return f"Nothing wrong was found by {judged} checks, but {_unlooked(report)}.{said}"


def _unlooked(report: Report) -> str:
    judged = [e.code for e in report.passed] + [d.check.code for d in report.diagnoses]
    families = {"FEA": "features", "LAB": "labels", "TRN": "training history"}
    missing = [
        word for family, word in families.items() if not any(c.startswith(family) for c in judged)
    ]
    told = []
    if missing or not report.crashed:
        names = " and ".join([", ".join(missing[:-1]), missing[-1]] if len(missing) > 1 else missing)
        told.append(f"{names or 'something'} {'were' if len(missing) > 1 else 'was'} not judged")
    if report.crashed:
        told.append(f"{len(report.crashed)} check{'s' * (len(report.crashed) > 1)} crashed")
    return " and ".join(told)


def _looked_at(report: Report, verbose: bool) -> Iterator[RenderableType]:
    kinds: dict[str, list[str]] = {}
    for artifact in report.run["artifacts"]:
        count = artifact["samples"]
        size = f" {count}" if count else ""
        split = f" {artifact['split']}" if artifact["split"] else ""
        kinds.setdefault(artifact["kind"], []).append(f"{artifact['path']}{split}{size}")
    task = report.run["task"] or "task unknown"
    listed = [f"{kind} {_few(names, 3 if not verbose else 99)}" for kind, names in kinds.items()]
    yield Text(f"{report.run['path']} ({task}): {'; '.join(listed)}", "dim")
    for choice in report.run.get("choices", ()):
        others = _few(choice["others"], 2)
        yield Text(
            f"of several {choice['kind']} took {choice['taken']}, since {choice['why']}; not {others}",
            "dim",
        )
        if verbose:
            yield _indented(Text(choice["how"], "dim"), 4)
    for name, said in _told(report):
        yield Text(f"{name}{_sentence(said)}", "dim")
    problems = report.run.get("problems", ())
    for problem in problems if verbose else problems[:3]:
        said = "did not run what it names" if problem["fault"] == "imports" else "could not read"
        yield Text(f"{said}, {problem['path']}: {problem['message']}", "yellow")
    if len(problems) > 3 and not verbose:
        yield Text(f"and {len(problems) - 3} more files that could not be read (--verbose)", "yellow")


def _first_samples(d: Diagnosis) -> str:
    """The first ids, and how many samples there are beyond them."""
    shown = d.finding.samples[:5]
    more = max(d.finding.affected or 0, len(d.finding.samples)) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _told(report: Report) -> Iterator[tuple[str, str]]:
    """What each run did, in the words of its facts, where there are several runs."""
    for key, fact in report.facts.items():
        name, _, case = key.partition(" (")
        if case and name in ("Progress", "ErrorCounts") and fact.get("sentence"):
            yield f"[{case.rstrip(')')}] ", fact["sentence"]


def _few(names: Sequence[str], most: int) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _cause(d: Diagnosis, report: Report, shown: set[int], verbose: bool) -> RenderableType:
    """A cause whole, and beneath it, in one line each, what it explains."""
    below: list[RenderableType] = [
        Text(f"{_in_case(d)}{_sentence(d.finding.message)}"),
        _details(d, report.verify(d), verbose),
    ]
    symptoms = list(_symptoms(d, report, shown, 1))
    if symptoms:
        below += [Text("which explains", "dim"), *symptoms]
    return Group(_title(d), _indented(Group(*below), 3))


def _symptoms(d: Diagnosis, report: Report, shown: set[int], depth: int) -> Iterator[RenderableType]:
    """What a finding explains, each once, and beneath each what that explains in turn."""
    shown.add(d.rank)
    for symptom in report.diagnoses:
        if symptom.rank not in shown and d.check.code in symptom.explained_by and _related(d, symptom):
            shown.add(symptom.rank)
            yield _indented(_symptom(symptom), 2 * depth)
            yield from _symptoms(symptom, report, shown, depth + 1)


def _details(d: Diagnosis, verify: str, verbose: bool) -> RenderableType:
    """Evidence, samples, fixes and the command to verify: of a mere note only what to do."""
    brief = d.check.severity == Severity.NOTE and not verbose
    rows: list[tuple[str, str, str]] = []
    if not brief:
        rows += [("seen", _evidence(e), "") for e in d.finding.evidence[: None if verbose else 3]]
        if d.finding.samples:
            rows.append(("samples", _first_samples(d), ""))
    for fix in d.finding.fixes[: 1 if brief else None]:
        unsafe = "" if fix.safe else " (changes what is scored or kept: keep a copy)"
        rows.append(("fix", fix.do + unsafe, "green"))
        if fix.how and not brief:
            rows += [("", line, "green") for line in fix.how.rstrip().splitlines()]
    if not brief:
        rows.append(("verify", verify, ""))
    table = Table.grid(padding=(0, 1))
    table.add_column(style="dim", width=7)
    table.add_column(overflow="fold")
    for label, text, style in rows:
        table.add_row(label, Text(text, style))
    return table


def _indented(part: RenderableType, columns: int) -> RenderableType:
    return Padding(part, (0, 0, 0, columns), expand=False)


def _related(cause: Diagnosis, symptom: Diagnosis) -> bool:
    shared = min(len(cause.case), len(symptom.case))
    return cause.case[:shared] == symptom.case[:shared]


def _title(d: Diagnosis) -> Text:
    text = Text(f"{d.rank}. {d.check.code} {d.check.name}", COLOURS[d.check.severity])
    return text.append(f"  ({d.check.severity.word}, {d.check.confidence.word})", "dim")


def _symptom(d: Diagnosis) -> Text:
    return Text.assemble(
        (f"{d.check.code} {d.check.name} ", COLOURS[d.check.severity]), _sentence(d.finding.message)
    )


def _in_case(d: Diagnosis) -> str:
    named = [part for part in d.case if part]
    return f"[{named[-1]}] " if named else ""


def _evidence(e: Evidence) -> str:
    unit = f" {e.unit}" if e.unit not in ("", "share") else ""
    text = f"{e.what} = {_number(e.value, e.unit)}{unit}"
    if e.limit is not None:
        text += f", limit {_number(e.limit.value, e.unit)} ({e.limit.source.rstrip('.')})"
    return f"{text}, in {e.read_from}" if e.read_from else text


def _number(value: float | int | str, unit: str = "") -> str:
    """58,950 and not 5.895e+04; a share as a percentage."""
    if isinstance(value, str):
        return value
    if unit == "share":
        return f"{_number(100.0 * value)}%"
    if isinstance(value, float) and not abs(value) >= 10_000:
        return f"{value:.4g}"
    if not isfinite(value):
        return str(value)
    return f"{value:,.0f}" if isinstance(value, float) else f"{value:,}"


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", ":")) else f"{text}."


def _remainder(report: Report, verbose: bool) -> Iterator[RenderableType]:
    """What was fine, what was not looked at and why, what was ignored, what crashed."""
    if verbose:
        for entry in report.passed:
            yield Text.assemble(
                ("fine     ", "green"), f"{entry.code} {entry.name}: {entry.text or 'nothing found'}"
            )
    else:
        yield Text.assemble(
            ("Fine: ", "green"), f"{len(report.passed)} checks ({_families(report.passed)})."
        )
    if report.skipped:
        yield from _skips(report.skipped, verbose)
    for entry in report.ignored:
        yield Text(f"ignored  {entry.code} {entry.name}: {entry.text}", "dim")
    for entry in _once(report.crashed):
        yield Text(f"crashed  {entry.code} {entry.name}: {entry.text}", "bold red")
        if verbose and entry.trace:
            yield _indented(Text(entry.trace.rstrip(), "dim"), 4)


def _once(entries: Sequence[Entry]) -> list[Entry]:
    """One entry a check: of a crash in each of six runs the first tells all."""
    return list({entry.code: entry for entry in reversed(entries)}.values())[::-1]


def _skips(skipped: Sequence[Entry], verbose: bool) -> Iterator[RenderableType]:
    if verbose:
        for entry in skipped:
            enable = f" To enable: {entry.enable}" if entry.enable else ""
            yield Text.assemble(
                ("skipped  ", "yellow"), f"{entry.code} {entry.name}: {_sentence(entry.text)}{enable}"
            )
        return
    by_reason: dict[str, list[Entry]] = {}
    for entry in skipped:
        by_reason.setdefault(_CHAIN.sub("", entry.text), []).append(entry)
    yield Text.assemble(("Not looked at: ", "yellow"), f"{len(skipped)} checks.")
    ordered = sorted(by_reason.items(), key=lambda item: -len(item[1]))
    for reason, entries in ordered[:SKIPS_SHOWN]:
        codes = _few([e.code for e in entries], 6)
        yield _indented(Text(f"{codes}: {_sentence(reason)}", "dim"), 2)
    rest = ordered[SKIPS_SHOWN:]
    if rest:
        left = sum(len(entries) for _, entries in rest)
        reasons = "1 other reason" if len(rest) == 1 else f"{len(rest)} other reasons"
        yield _indented(Text(f"and {left} more for {reasons} (--verbose)", "dim"), 2)


def _families(entries: Sequence[Entry]) -> str:
    counts: dict[str, int] = {}
    for entry in entries:
        family = entry.code.rstrip("0123456789")
        counts[family] = counts.get(family, 0) + 1
    return ", ".join(f"{family} {count}" for family, count in counts.items()) or "none"
