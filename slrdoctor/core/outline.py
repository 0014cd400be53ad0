"""What a report says, in order, as plain data: every output format prints it and adds nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slrdoctor.core.decision import Decision, decide
from slrdoctor.core.finding import Severity
from slrdoctor.core.headline import headline
from slrdoctor.core.ranking import Diagnosis
from slrdoctor.core.record import Answer, Entry, Record, Run
from slrdoctor.core.registry import REGISTRY

SIZED = {"vocabulary": "vocabulary of {} tokens", "history": "history of {} rows"}
NAMES_SHOWN = 3


@dataclass(frozen=True)
class Cause:
    """A finding by its rank, and the findings that it explains."""

    rank: int
    explains: tuple[Cause, ...]


@dataclass(frozen=True)
class Gap:
    """Checks that could not judge for one reason, and what would enable them."""

    codes: tuple[str, ...]
    reason: str
    enable: str


@dataclass(frozen=True)
class Outline:
    """The report in the order in which it is read."""

    badge: str  # broken | suspect | healthy | unknown, or the answer of an experiment
    headline: str
    looked_at: str
    choices: tuple[str, ...]  # of several candidates, which was used and why; links that were followed
    problems: tuple[str, ...]  # files that could not be read, or were not run
    runs: tuple[Run, ...]
    causes: tuple[Cause, ...]
    not_judged: tuple[Gap, ...]
    decision: Decision | None  # None where nothing is broken
    summary: str
    answer: Answer | None = None  # of an experiment; the headline is its sentence
    hint: str = ""  # what to do where the folder has a run's outputs and not its data


def outlined(report: Record) -> Outline:
    """The outline of a report."""
    placed: set[int] = set()
    return Outline(
        badge=report.answer.badge if report.answer else report.verdict,
        headline=headline(report),
        looked_at=_looked_at(report.run),
        choices=tuple(_choices(report.run)),
        problems=tuple(_problems(report.run)),
        runs=report.runs,
        causes=tuple(_cause(d, report.diagnoses, placed) for d in report.diagnoses if d.is_root),
        not_judged=tuple(_gaps(report.not_looked_at, report)),
        decision=decide(report),
        summary=_summary(report),
        answer=report.answer,
        hint=_hint(report),
    )


def _hint(report: Record) -> str:
    """What would let most be judged, where neither features nor annotations were seen in any form."""
    run = report.run
    seen = {one["kind"] for part in ("artifacts", "problems") for one in run.get(part, ())}
    seen |= {kind for one in report.unopened for kind in one["kind"].split()}
    of_outputs = seen & {"history", "checkpoint", "predictions", "log_probs", "embeddings"}
    if report.answer or report.again or not of_outputs or seen & {"features", "annotations"}:
        return ""
    return report.with_path(
        "This folder has what a run put out, and neither features nor annotations. Scan a folder that "
        "has them too, or name them in the slrdoctor.toml that this writes: slrdoctor init RUN_DIR"
    )


def _cause(d: Diagnosis, diagnoses: Sequence[Diagnosis], placed: set[int]) -> Cause:
    """What a finding explains, each once, and beneath each what that explains in turn."""
    placed.add(d.rank)
    symptoms = [s for s in diagnoses if d.check.code in s.explained_by and d.shares_a_run_with(s)]
    return Cause(d.rank, tuple(_cause(s, diagnoses, placed) for s in symptoms if s.rank not in placed))


def _looked_at(run: Mapping[str, Any]) -> str:
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for artifact in run["artifacts"]:
        by_kind.setdefault(artifact["kind"], []).append(artifact)
    kinds = [
        _of_a_kind(kind, [_size(one) for one in sorted(artifacts, key=_split_order)])
        for kind, artifacts in by_kind.items()
    ]
    task = (run["task"] or "task unknown").replace("ctc", "CTC")
    return f"{run['path']} ({task}): {'; '.join(kinds) or 'nothing that could be read'}"


def _size(artifact: Mapping[str, Any]) -> str:
    count = "" if artifact["samples"] is None else str(artifact["samples"])
    return f"{count} {artifact['split']}".strip()


def _split_order(artifact: Mapping[str, Any]) -> int:
    return ("train", "dev", "test", artifact["split"]).index(artifact["split"])


def _of_a_kind(kind: str, sizes: Sequence[str]) -> str:
    if len(sizes) == 1 and sizes[0].isdigit() and kind in SIZED:
        return SIZED[kind].format(sizes[0])
    sized = [size for size in sizes if size]
    without_split = len(sizes) > 1 and all(size.isdigit() for size in sized)
    if not sized or without_split or len(sizes) > 2 * NAMES_SHOWN:
        return f"{kind} in {len(sizes)} files" if len(sizes) > 1 else kind
    return f"{kind} {', '.join(sized)}"


def _choices(run: Mapping[str, Any]) -> Iterator[str]:
    for choice in run.get("choices", ()):
        others = few(choice["others"], NAMES_SHOWN)
        if not choice["taken"]:
            yield f"{others}: not used as {choice['kind']} of the run, since {choice['why']}"
            continue
        yield (
            f"several candidates for {choice['kind']}: using {choice['taken']}, since {choice['why']}, "
            f"not {others}"
        )
    links = [f"{link['path']} to {link['leads_to']}" for link in run.get("links", ())]
    if links:
        yield f"followed out of the run directory: {few(links, NAMES_SHOWN)}"


def _problems(run: Mapping[str, Any]) -> Iterator[str]:
    """One line for the files of which the same is to be said."""
    places: dict[tuple[str, str], list[str]] = {}
    for problem in run.get("problems", ()):
        places.setdefault((problem["fault"], problem["message"]), []).append(problem["path"])
    for (fault, message), paths in places.items():
        files = few(paths, 1)
        if fault == "imports":
            yield f"{files}: refused to import {few(message.split(', '), NAMES_SHOWN)}"
        else:
            yield f"{files}: could not be read: {message}"


def _gaps(entries: Sequence[Entry], report: Record) -> Iterator[Gap]:
    """What keeps the run from being healthy, then what can be enabled; the largest of each first."""
    deciding = {code for code, c in REGISTRY.checks.items() if c.counts in report.undecided}
    grouped: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        grouped.setdefault((entry.text, entry.enable), []).append(entry.code)

    def order(item: tuple[tuple[str, str], list[str]]) -> tuple[bool, bool, int]:
        (_, enable), codes = item
        return not deciding.intersection(codes), not enable, -len(codes)

    for (reason, enable), codes in sorted(grouped.items(), key=order):
        yield Gap(tuple(codes), reason, report.with_path(enable))


def _summary(report: Record) -> str:
    """The counts that a person wants to see last."""
    roots = [d for d in report.diagnoses if d.is_root]
    causes = sum(d.check.severity > Severity.NOTE for d in roots)
    counts = [
        (causes, "cause"),
        (len(report.diagnoses) - len(roots), "symptom"),
        (len(roots) - causes, "note"),
    ]
    counted = [f"{count} {word}{'s' * (count > 1)}" for count, word in counts if count]
    parts = [
        ", ".join(counted) or "no findings",
        f"{len(report.passed)} fine",
        f"{len(report.not_looked_at)} not judged",
        *([f"{len(report.ignored)} ignored"] if report.ignored else []),
        *([f"{len(report.crashed)} crashed"] if report.crashed else []),
    ]
    if report.diagnoses:
        first = report.diagnoses[0].check
        parts.append(f"explain: slrdoctor explain {first.code}{REGISTRY.option_for(first)}")
    return "; ".join(parts)


def few(names: Sequence[str], most: int) -> str:
    """The first names, and how many there are beyond them."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def lines(report: Record, outline: Outline) -> Iterator[str]:
    """The outline as lines of plain text, none of them wrapped."""
    yield f"{outline.badge.upper()}  {outline.headline}"
    if report.answer:
        yield from (part for part in (report.answer.then, *report.answer.details) if part)
        yield from ("  ".join(row) for row in report.answer.table)
    yield from (outline.looked_at, *outline.choices)
    yield from (
        f"{f'[{run.name}] ' if run.name else ''}{sentence(run.sentence)}" for run in outline.runs
    )
    for number, cause in enumerate(outline.causes, start=1):
        yield ""
        yield from _lines_of(cause, report, f"{number}. ", "   ")
    yield ""
    yield from outline.problems
    for gap in outline.not_judged:
        enable = f" To enable: {gap.enable}" if gap.enable else ""
        yield f"not judged  {', '.join(gap.codes)}: {sentence(gap.reason)}{enable}"
    if outline.hint:
        yield outline.hint
    if outline.decision is not None:
        yield from ("", *outline.decision.lines())
    yield f"{outline.badge.upper()}  {outline.summary}"


def _lines_of(cause: Cause, report: Record, mark: str, indent: str) -> Iterator[str]:
    d = report.diagnoses[cause.rank - 1]
    grade = f"({d.check.severity.word}, {d.check.confidence.word})"
    yield f"{mark}{d.check.code} {d.check.name} {grade}: {of_runs(d)}{sentence(d.finding.message)}"
    for fix in d.finding.fixes if d.is_root else ():
        yield f"{indent}fix     {fix.do}"
        yield from (f"{indent}        {line}" for line in fix.how.rstrip().splitlines())
    if d.is_root:
        yield f"{indent}verify  {report.verify(d)}"
    for symptom in cause.explains:
        yield from _lines_of(symptom, report, f"{indent}explains ", f"{indent}  ")


def of_runs(d: Diagnosis) -> str:
    """The runs that a finding is about, before its message; nothing where there is one only."""
    names = d.case_names
    return f"[{few(names, NAMES_SHOWN)}] " if names else ""


def sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text.endswith((".", "!", "?", ":")) else f"{text}."
