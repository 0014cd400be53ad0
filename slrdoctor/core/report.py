"""The report: plain data, the same for every output format. CONTRACT: the JSON document."""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slrdoctor.core.engine import Abstained, Crashed, Judged, Outcome, Skipped
from slrdoctor.core.finding import Severity
from slrdoctor.core.folding import fold
from slrdoctor.core.legible import legible
from slrdoctor.core.notebook import notebook_html
from slrdoctor.core.outline import Outline, lines, outlined
from slrdoctor.core.placeholders import in_place
from slrdoctor.core.plain import plain
from slrdoctor.core.ranking import Case, Diagnosis, rank
from slrdoctor.core.record import Entry, Record, Run
from slrdoctor.core.verdict import undecided, verdict
from slrdoctor.words.controls import escaped, one_line

if TYPE_CHECKING:
    import pandas

SCHEMA_VERSION = 2


class FailedRun(Exception):
    """Raised by `Report.raise_for`: the run has findings at or above a severity."""


@dataclass(frozen=True, repr=False)
class Report(Record):
    """What one scan found, and how it is told."""

    @property
    def outline(self) -> Outline:
        """Headline, runs, causes, what was not judged and the decision: what every format prints."""
        return outlined(self)

    @property
    def findings(self) -> list[dict[str, Any]]:
        return [_finding(d, self.verify(d)) for d in self.diagnoses]

    def _reasoned(self, e: Entry) -> dict[str, str]:
        enable = self.with_path(e.enable)
        return {"code": e.code, "name": e.name, "reason": e.text, "enable": enable}

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
            "not_judged": [self._reasoned(e) for e in self.not_judged],
            "skipped": [self._reasoned(e) | {"missing": e.missing} for e in self.skipped],
            "ignored": [{"code": e.code, "reason": e.text} for e in self.ignored],
            "crashed": [{"code": e.code, "error": e.text} for e in self.crashed],
            "readings": [dict(one) for one in self.readings],
            "unopened": [dict(one) for one in self.unopened],
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
            raise FailedRun("; ".join(f"{d.check.code}: {one_line(d.finding.message)}" for d in bad))

    def to_frame(self) -> pandas.DataFrame:
        """A pandas frame with a row per sample that any finding names, and a column per code.

        The index is the sample's id, `case` the data set or run where there are several, `severity`
        the worst of its findings; under each code stands whether that finding names the sample:
        `frame.index[frame["CTC401"]]`. Raises PackageMissing where pandas is not installed.
        """
        from slrdoctor.core.frame import frame_of

        return frame_of(self.diagnoses)

    def __str__(self) -> str:
        shown = legible(self)
        return "\n".join(lines(shown, shown.outline))

    def __repr__(self) -> str:
        found = len(self.diagnoses)
        path = one_line(str(self.run["path"]))
        return f"<Report of {path}: {self.verdict}, {found} finding{'s' * (found != 1)}>"

    def _repr_html_(self) -> str:
        shown = legible(self)
        return escaped(notebook_html(shown, shown.outline))


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
    readings: Sequence[Mapping[str, Any]] = (),
    unopened: Sequence[Mapping[str, Any]] = (),
) -> Report:
    """Rank the outcomes and write everything down. `broken_packs` maps files to tracebacks."""
    diagnoses = tuple(in_place(d, str(run["path"])) for d in fold(rank(outcomes)))
    crashed = [
        Entry(o.check.code, o.check.name, _in_case(case, o.error), trace=o.traceback)
        for case, o in outcomes
        if isinstance(o, Crashed)
    ]
    crashed += [
        Entry(path, "pack file", trace.strip().splitlines()[-1], trace=trace)
        for path, trace in broken_packs.items()
    ]
    passed, abstained, skipped = _entries(outcomes)
    return Report(
        version=version,
        run=run,
        verdict=verdict(outcomes, runs),
        diagnoses=diagnoses,
        passed=tuple(passed),
        not_judged=tuple(abstained),
        skipped=tuple(skipped),
        ignored=tuple(ignored),
        crashed=tuple(crashed),
        facts=_facts(facts),
        runs=tuple(runs),
        own_model=own_model,
        readings=tuple(readings),
        unopened=tuple(unopened),
        undecided=tuple(undecided(outcomes, runs)),
    )


def _entries(
    outcomes: Sequence[tuple[Case, Outcome]],
) -> tuple[list[Entry], list[Entry], list[Entry]]:
    """Of the checks without a finding: those that passed, that abstained, and that were skipped."""
    groups: dict[str, list[tuple[Case, Outcome]]] = {}
    for case, outcome in outcomes:
        groups.setdefault(outcome.check.code, []).append((case, outcome))
    passed, abstained, skipped = [], [], []
    for group in groups.values():
        judged = [o for _, o in group if isinstance(o, Judged)]
        if any(o.findings for o in judged):
            continue
        if judged:
            passed.append(_passed(judged, group))
        elif all(isinstance(o, (Abstained, Skipped)) for _, o in group):
            unsure = [(case, o) for case, o in group if isinstance(o, Abstained)]
            missing = [(case, o) for case, o in group if isinstance(o, Skipped)]
            if unsure:
                abstained.append(_unlooked(unsure, len(group)))
            else:
                skipped.append(_unlooked(missing, len(group)))
    return passed, abstained, skipped


def _passed(judged: Sequence[Judged], group: Sequence[tuple[Case, Outcome]]) -> Entry:
    """What a check saw in its own words, and where it could not look."""
    text = "; ".join(list(dict.fromkeys(o.fine for o in judged if o.fine))[:3])
    elsewhere = [_in_case(case, o.reason) for case, o in group if isinstance(o, (Abstained, Skipped))]
    if elsewhere:
        limited = f"judged in {len(judged)} of {len(group)}, not in {elsewhere[0]}"
        text = f"{text} ({limited})" if text else limited
    return Entry(judged[0].check.code, judged[0].check.name, text, partly=bool(elsewhere))


def _unlooked(group: Sequence[tuple[Case, Abstained | Skipped]], cases: int) -> Entry:
    """The first reason; the case is named where it does not hold in all of them."""
    case, first = group[0]
    same = all(o.reason == first.reason for _, o in group) and len(group) == cases
    return Entry(
        first.check.code,
        first.check.name,
        first.reason if same else _in_case(case, first.reason),
        enable=first.enable,
        missing=first.missing if isinstance(first, Skipped) else "",
    )


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
