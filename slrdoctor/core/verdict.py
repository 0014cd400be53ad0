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
    final = _of_final_runs(outcomes, runs)
    doubted = any(isinstance(o, Crashed) for _, o in outcomes) or any(_looks_ill(o) for _, o in final)
    doubted = doubted or any(run.poor for run in runs)
    return "unknown" if doubted or undecided(outcomes, runs) else "healthy"


def _of_final_runs(
    outcomes: Sequence[tuple[Case, Outcome]], runs: Sequence[Run]
) -> list[tuple[Case, Outcome]]:
    """The outcomes without those of a pretraining, which the run that came of it stands for."""
    prepared = {run.name for run in runs if run.verdict == "pretraining"}
    return [(case, o) for case, o in outcomes if "/".join(filter(None, case)) not in prepared]


def _looks_ill(outcome: Outcome) -> bool:
    return isinstance(outcome, Abstained) and outcome.looks_ill


def undecided(outcomes: Sequence[tuple[Case, Outcome]], runs: Sequence[Run] = ()) -> list[Role]:
    """What must be judged in every run before the directory is healthy, and was not in some run."""
    final = _runs(_of_final_runs(outcomes, runs))
    judged = [{o.check.counts for o in run if isinstance(o, Judged)} for run in final]
    return [role for role in Role if not judged or any(role not in counted for counted in judged)]


def _runs(outcomes: Sequence[tuple[Case, Outcome]]) -> Iterator[list[Outcome]]:
    """The outcomes of each run, with those of the data set and the directory that it belongs to."""
    cases = dict.fromkeys(case for case, _ in outcomes)
    for case in cases:
        if not any(other[: len(case)] == case for other in cases if len(other) > len(case)):
            yield [o for of, o in outcomes if of == case[: len(of)]]
