"""Whether to go on as before: what must hold before more complexity is worth it, and whether it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from slrdoctor.core.finding import Severity
from slrdoctor.core.record import Entry, Record
from slrdoctor.core.registry import REGISTRY
from slrdoctor.core.roles import Gate

YES, NO, UNKNOWN = "yes", "no", "unknown"


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


def decide(report: Record) -> Decision | None:
    """The decision; None where nothing is broken."""
    roots = [d for d in report.diagnoses if d.is_root and d.check.severity > Severity.NOTE]
    if report.verdict != "broken" or not roots:
        return None
    first = roots[0].check
    conditions = tuple(
        Condition(gate.what, _state(report, gate, codes), codes)
        for gate, codes in _gates().items()
        if gate.task in ("", report.run["task"])
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


def unjudged(report: Record, gate: Gate) -> Entry | None:
    """The first check of a condition that could not judge, with its reason."""
    codes = _gates().get(gate, ())
    return next((entry for entry in report.not_looked_at if entry.code in codes), None)


def _gates() -> dict[Gate, tuple[str, ...]]:
    """The conditions in their order, each with the codes of the checks that decide it."""
    codes: dict[Gate, list[str]] = {}
    for code, check in sorted(REGISTRY.checks.items()):
        if check.gate is not None:
            codes.setdefault(check.gate, []).append(code)
    return {gate: tuple(codes[gate]) for gate in sorted(codes, key=lambda gate: gate.order)}


def _then(report: Record, conditions: tuple[Condition, ...]) -> str:
    own = {gate.what for gate in _gates() if gate.own_model}
    if report.again or not any(c.what in own and c.state == UNKNOWN for c in conditions):
        return ""
    command = "slrdoctor overfit RUN_DIR --samples 5 --model path/to/file.py:factory"
    return report.with_path(f"To find out the rest, run: {command}")


def _state(report: Record, gate: Gate, codes: tuple[str, ...]) -> str:
    if gate.own_model and not report.own_model:
        return UNKNOWN  # a reference model says nothing of yours
    if {d.check.code for d in report.diagnoses} & set(codes):
        return NO
    others = (*report.not_looked_at, *report.ignored, *report.crashed)
    fine = {e.code for e in report.passed if not e.partly} - {entry.code for entry in others}
    return YES if fine.issuperset(codes) else UNKNOWN
