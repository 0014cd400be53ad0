"""The report: plain data, the same for every output format. CONTRACT: the JSON document."""

from __future__ import annotations

import dataclasses
import difflib
import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slrdoctor.core.engine import Crashed, Judged, Outcome, Skipped
from slrdoctor.core.finding import Severity
from slrdoctor.core.folding import fold
from slrdoctor.core.notebook import notebook_html
from slrdoctor.core.outline import Answer, Outline, Run, lines, outlined
from slrdoctor.core.plain import plain
from slrdoctor.core.ranking import Case, Diagnosis, rank

SCHEMA_VERSION = 1

# What must have been judged before a run may be called healthy, by the families of codes.
# FEA104 has read the values; FEA101 alone has only looked for files.
DATA, LABELS, OUTCOME = ("FEA104",), ("LAB",), ("TRN", "EVL", "DEC", "EMB", "CTC41")


class FailedRun(Exception):
    """Raised by `Report.raise_for`: the run has findings at or above a severity."""


@dataclass(frozen=True)
class Entry:
    """A check that is no finding: passed (message), skipped (reason, enable), ignored, crashed."""

    code: str
    name: str
    text: str
    enable: str = ""
    trace: str = ""


@dataclass(frozen=True, repr=False)
class Report:
    """What one scan found. `run` and `facts` are plain data already."""

    version: str
    run: Mapping[str, Any]
    verdict: str  # broken | suspect | healthy | unknown
    diagnoses: tuple[Diagnosis, ...]
    passed: tuple[Entry, ...]
    skipped: tuple[Entry, ...]
    ignored: tuple[Entry, ...]
    crashed: tuple[Entry, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    runs: tuple[Run, ...] = ()  # what each training run did, where anything tells
    own_model: bool = False  # whether the user's own model was run
    answer: Answer | None = None  # of an experiment

    @property
    def outline(self) -> Outline:
        """Headline, runs, causes, what was not judged and the decision: what every format prints."""
        return outlined(self)

    @property
    def not_looked_at(self) -> tuple[Entry, ...]:
        """The checks that could not judge, for whatever reason."""
        return self.skipped

    @property
    def findings(self) -> list[dict[str, Any]]:
        return [_finding(d, self.verify(d)) for d in self.diagnoses]

    def verify(self, d: Diagnosis) -> str:
        """The command that shows whether a finding is fixed: its own, or scanning again for it."""
        own = d.finding.verify or f"slrdoctor scan RUN_DIR --select {d.check.code}"
        return self.with_path(own)

    def with_path(self, text: str) -> str:
        """A command or a snippet with the path of the run in place of RUN_DIR."""
        path = str(self.run["path"])
        return text.replace("'RUN_DIR", f"'{path}").replace("RUN_DIR", shlex.quote(path))

    def as_dict(self) -> dict[str, Any]:
        """The JSON document, to the letter of its schema."""
        document = {
            "schema_version": SCHEMA_VERSION,
            "tool": {"name": "slrdoctor", "version": self.version},
            "run": dict(self.run),
            "verdict": self.verdict,
            "outline": dataclasses.asdict(self.outline),
            "findings": self.findings,
            "passed": [{"code": e.code, "name": e.name, "message": e.text} for e in self.passed],
            "skipped": [
                {"code": e.code, "name": e.name, "reason": e.text, "enable": e.enable}
                for e in self.skipped
            ],
            "ignored": [{"code": e.code, "reason": e.text} for e in self.ignored],
            "crashed": [{"code": e.code, "error": e.text} for e in self.crashed],
            "facts": dict(self.facts),
        }
        plained: dict[str, Any] = plain(document, listed=None)
        return plained

    def worst(self) -> Severity | None:
        return max((d.check.severity for d in self.diagnoses), default=None)

    def raise_for(self, severity: str = "blocks") -> None:
        """Raise FailedRun where a finding is at or above `severity`; ValueError for an unknown one."""
        limit = _severity(severity)
        bad = [d for d in self.diagnoses if d.check.severity >= limit]
        if bad:
            raise FailedRun("; ".join(f"{d.check.code}: {d.finding.message}" for d in bad))

    def __str__(self) -> str:
        return "\n".join(lines(self))

    def __repr__(self) -> str:
        found = len(self.diagnoses)
        return f"<Report of {self.run['path']}: {self.verdict}, {found} finding{'s' * (found != 1)}>"

    def _repr_html_(self) -> str:
        return notebook_html(self)


def _severity(word: str) -> Severity:
    """The severity of that name, in any case of letters."""
    words = [severity.word for severity in Severity]
    if word.lower() not in words:
        near = difflib.get_close_matches(word.lower(), words, n=1)
        meant = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(words)}"
        raise ValueError(f"{word!r} is not a severity: {meant}")
    return Severity[word.upper()]


def schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    path = Path(__file__).with_name("report.schema.json")
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def build(
    version: str,
    run: Mapping[str, Any],
    outcomes: Sequence[tuple[Case, Outcome]],
    ignored: Sequence[Entry],
    facts: Iterable[tuple[Case, object]],
    broken_packs: Mapping[str, str],
    runs: Sequence[Run] = (),
    own_model: bool = False,
) -> Report:
    """Rank the outcomes and write everything down. `broken_packs` maps files to tracebacks."""
    diagnoses = tuple(fold(rank(outcomes)))
    crashed = [
        Entry(o.check.code, o.check.name, _in_case(case, o.error), trace=o.traceback)
        for case, o in outcomes
        if isinstance(o, Crashed)
    ]
    crashed += [
        Entry(path, "pack file", trace.strip().splitlines()[-1], trace=trace)
        for path, trace in broken_packs.items()
    ]
    return Report(
        version=version,
        run=run,
        verdict=_verdict(diagnoses, outcomes),
        diagnoses=diagnoses,
        passed=tuple(_passed(outcomes)),
        skipped=tuple(_skipped(outcomes)),
        ignored=tuple(ignored),
        crashed=tuple(crashed),
        facts=_facts(facts),
        runs=tuple(runs),
        own_model=own_model,
    )


def _verdict(diagnoses: Sequence[Diagnosis], outcomes: Sequence[tuple[Case, Outcome]]) -> str:
    worst = max((d.check.severity for d in diagnoses), default=Severity.NOTE)
    if worst >= Severity.MISLEADS:
        return "broken"
    if worst == Severity.DEGRADES:
        return "suspect"
    judged = {o.check.code for _, o in outcomes if isinstance(o, Judged)}
    looked = all(any(c.startswith(family) for c in judged) for family in (DATA, LABELS, OUTCOME))
    # a crash leaves something unlooked at, whatever else was fine
    whole = not any(isinstance(o, Crashed) for _, o in outcomes)
    return "healthy" if looked and whole else "unknown"


def _by_check(outcomes: Sequence[tuple[Case, Outcome]]) -> dict[str, list[tuple[Case, Outcome]]]:
    grouped: dict[str, list[tuple[Case, Outcome]]] = {}
    for case, outcome in outcomes:
        grouped.setdefault(outcome.check.code, []).append((case, outcome))
    return grouped


def _passed(outcomes: Sequence[tuple[Case, Outcome]]) -> Iterable[Entry]:
    for code, group in _by_check(outcomes).items():
        judged = [o for _, o in group if isinstance(o, Judged)]
        if not judged or any(o.findings for o in judged):
            continue
        said = dict.fromkeys(s for o in judged for s in _sentences(o))
        message = "; ".join(list(said)[:3])
        unlooked = [o for _, o in group if isinstance(o, Skipped)]
        if unlooked:
            message += f" (looked at in {len(judged)} of {len(group)}; elsewhere {unlooked[0].reason})"
        yield Entry(code, judged[0].check.name, message)


def _sentences(outcome: Judged) -> Iterable[str]:
    for fact in outcome.seen:
        said = getattr(fact, "sentence", "")
        if isinstance(said, str) and said:
            yield said


def _skipped(outcomes: Sequence[tuple[Case, Outcome]]) -> Iterable[Entry]:
    for code, group in _by_check(outcomes).items():
        skipped = [o for _, o in group if isinstance(o, Skipped)]
        if len(skipped) == len(group):
            first = skipped[0]
            yield Entry(code, first.check.name, first.reason, enable=first.enable)


def _in_case(case: Case, text: str) -> str:
    return f"{case[-1]}: {text}" if case and case[-1] else text


def _finding(d: Diagnosis, verify: str) -> dict[str, Any]:
    finding = d.finding
    return {
        "rank": d.rank,
        "code": d.check.code,
        "name": d.check.name,
        "severity": d.check.severity.word,
        "confidence": d.check.confidence.word,
        "root_cause": d.is_root,
        "explains": list(d.explains),
        "explained_by": list(d.explained_by),
        "case": "/".join(part for part in d.case if part),
        "cases": list(d.case_names),
        "likewise": [_elsewhere(other) for other in d.likewise],
        "message": finding.message,
        "evidence": [dataclasses.asdict(e) for e in finding.evidence],
        "samples": list(finding.samples),
        "affected": finding.affected,
        "total": finding.total,
        "fixes": [dataclasses.asdict(f) for f in finding.fixes],
        "verify": verify,
    }


def _elsewhere(d: Diagnosis) -> dict[str, Any]:
    """The same fault in another run: its own numbers."""
    return {
        "case": "/".join(part for part in d.case if part),
        "message": d.finding.message,
        "evidence": [dataclasses.asdict(e) for e in d.finding.evidence],
        "samples": list(d.finding.samples),
        "affected": d.finding.affected,
        "total": d.finding.total,
    }


def _facts(facts: Iterable[tuple[Case, object]]) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for case, fact in facts:
        name = type(fact).__name__
        said = "/".join(part for part in case if part)
        written[f"{name} ({said})" if said else name] = plain(fact)
    return written
