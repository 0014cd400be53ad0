"""The verdict: healthy means that what decides it was judged, and not only that nothing was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slrdoctor.core.engine import Abstained, Crashed, Judged, Outcome
from slrdoctor.core.finding import Severity
from slrdoctor.core.ranking import Case
from slrdoctor.core.roles import Role


def verdict(outcomes: Sequence[tuple[Case, Outcome]]) -> str:
    """broken, suspect, healthy or unknown."""
    worst = max(
        (o.check.severity for _, o in outcomes if isinstance(o, Judged) and o.findings),
        default=Severity.NOTE,
    )
    if worst >= Severity.MISLEADS:
        return "broken"
    if worst == Severity.DEGRADES:
        return "suspect"
    # a crash leaves something that nobody looked at, whatever else was fine
    doubted = any(isinstance(o, Crashed) or _looks_ill(o) for _, o in outcomes)
    runs = list(_runs(outcomes))
    return "unknown" if doubted or not runs or any(undecided(run) for run in runs) else "healthy"


def _looks_ill(outcome: Outcome) -> bool:
    return isinstance(outcome, Abstained) and outcome.looks_ill


def undecided(outcomes: Sequence[Outcome]) -> list[Role]:
    """What must have been judged before one run is healthy, and was not."""
    judged = {o.check.counts for o in outcomes if isinstance(o, Judged)}
    return [role for role in Role if role not in judged]


def _runs(outcomes: Sequence[tuple[Case, Outcome]]) -> Iterator[list[Outcome]]:
    """The outcomes of each run, with those of the data set and the directory that it belongs to."""
    cases = dict.fromkeys(case for case, _ in outcomes)
    for case in cases:
        if not any(other[: len(case)] == case for other in cases if len(other) > len(case)):
            yield [o for of, o in outcomes if of == case[: len(of)]]
