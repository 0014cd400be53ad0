"""The verdict: healthy means that what decides it was judged, and not only that nothing was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slrdoctor.core.engine import Abstained, Crashed, Judged, Outcome
from slrdoctor.core.finding import Severity
from slrdoctor.core.ranking import Case
from slrdoctor.core.record import Run
from slrdoctor.core.roles import Role


def verdict(outcomes: Sequence[tuple[Case, Outcome]], runs: Sequence[Run] = ()) -> str:
    """broken, suspect, healthy or unknown.

    A run with a poor score of which no cause was found is unknown: something keeps it from more.
    """
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
    doubted = doubted or any(run.poor for run in runs)
    return "unknown" if doubted or undecided(outcomes) else "healthy"


def _looks_ill(outcome: Outcome) -> bool:
    return isinstance(outcome, Abstained) and outcome.looks_ill


def undecided(outcomes: Sequence[tuple[Case, Outcome]]) -> list[Role]:
    """What must be judged in every run before the directory is healthy, and was not in some run."""
    runs = [{o.check.counts for o in run if isinstance(o, Judged)} for run in _runs(outcomes)]
    return [role for role in Role if not runs or any(role not in judged for judged in runs)]


def _runs(outcomes: Sequence[tuple[Case, Outcome]]) -> Iterator[list[Outcome]]:
    """The outcomes of each run, with those of the data set and the directory that it belongs to."""
    cases = dict.fromkeys(case for case, _ in outcomes)
    for case in cases:
        if not any(other[: len(case)] == case for other in cases if len(other) > len(case)):
            yield [o for of, o in outcomes if of == case[: len(of)]]
