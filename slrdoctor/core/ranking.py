"""Causes before what they explain, then by severity, confidence and reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from slrdoctor.core.engine import Judged, Outcome
from slrdoctor.core.finding import Finding, Severity
from slrdoctor.core.registry import Check
from slrdoctor.core.roles import Symptom

# what is wrong with fewer of the samples leaves enough sound ones to learn something from
REACH = 0.25
Case = tuple[str, ...]  # () the run directory, (data set,), or (data set, training run)


@dataclass(frozen=True)
class Diagnosis:
    """A finding in its place: what it explains and what explains it, by code, where both fired."""

    rank: int
    case: Case
    check: Check
    finding: Finding
    explains: tuple[str, ...]
    explained_by: tuple[str, ...]
    likewise: tuple[Diagnosis, ...] = ()  # the same fault in other runs of the directory

    @property
    def is_root(self) -> bool:
        return not self.explained_by

    @property
    def cases(self) -> tuple[Case, ...]:
        """Every run or data set that the finding is about."""
        return (self.case, *(d.case for d in self.likewise))

    @property
    def case_names(self) -> tuple[str, ...]:
        """Their names; none where the directory holds only one."""
        names = ("/".join(part for part in case if part) for case in self.cases)
        return tuple(name for name in names if name)

    def shares_a_run_with(self, other: Diagnosis) -> bool:
        """Whether both are about one run, or one about the data set of the other's."""
        return any(
            a[: min(len(a), len(b))] == b[: min(len(a), len(b))] for a in self.cases for b in other.cases
        )


@dataclass(frozen=True)
class _Fired:
    case: Case
    check: Check
    finding: Finding


def rank(outcomes: Iterable[tuple[Case, Outcome]]) -> list[Diagnosis]:
    """Order all findings: root causes first, symptoms after the causes that explain them."""
    outcomes = list(outcomes)
    fired = [
        _Fired(case, outcome.check, finding)
        for case, outcome in outcomes
        if isinstance(outcome, Judged)
        for finding in outcome.findings
    ]
    links = _Links(fired, _Siblings(outcomes, fired))
    return [
        Diagnosis(
            place,
            fired[i].case,
            fired[i].check,
            fired[i].finding,
            _codes(fired[j] for j in links.symptoms[i]),
            _codes(fired[j] for j in links.causes[i]),
        )
        for place, i in enumerate(sorted(range(len(fired)), key=links.priority), start=1)
    ]


class _Links:
    """What explains what, by the places of the findings, and the order that follows from it."""

    def __init__(self, fired: Sequence[_Fired], siblings: _Siblings) -> None:
        self._fired = fired
        possible = [[i for i, s in enumerate(fired) if _explains(cause, s)] for cause in fired]
        self.symptoms = {
            cause: [i for i in found if not siblings.refute(fired[cause], fired[i])]
            for cause, found in enumerate(possible)
        }
        self.causes = {
            i: [c for c, found in self.symptoms.items() if i in found] for i in range(len(fired))
        }
        for i, cause in _seen_in_siblings(fired, self.causes, siblings):
            self.causes[i].append(cause)
            self.symptoms[cause].append(i)
        self._depth = {i: _depth(i, self.causes, ()) for i in range(len(fired))}
        self._refuted = {
            (fired[cause].check.code, fired[cause].case[:1])
            for cause, found in enumerate(possible)
            if len(self.symptoms[cause]) < len(found)
        }

    def priority(self, i: int) -> tuple[float | str, ...]:
        """What sorts the findings."""
        one, depth, symptoms = self._fired[i], self._depth[i], self.symptoms[i]
        grave = max(self._fired[j].check.severity for j in _below(i, self.symptoms))
        return (
            depth > 0,
            -grave if depth == 0 else depth,
            # the machine as it is now did not make the numbers of this run
            depth == 0 and one.check.family.is_machine,
            # what is there in runs that learn as well is not what keeps this one from it
            depth == 0 and not symptoms and (one.check.code, one.case[:1]) in self._refuted,
            # what came out knows no cause: of two as grave, whatever names one comes first
            depth == 0 and Symptom.NOTHING_LEARNED in one.check.shows,
            -one.check.severity,
            -one.check.confidence,
            -len(symptoms),
            -one.finding.share,
            one.check.code,
            "/".join(one.case),
        )


class _Siblings:
    """The runs on one data set: what one of them shows tells what explains another."""

    def __init__(self, outcomes: Sequence[tuple[Case, Outcome]], fired: Sequence[_Fired]) -> None:
        self._sound: dict[str, list[Case]] = {}  # by code, where a check judged and found nothing
        for case, outcome in outcomes:
            if isinstance(outcome, Judged) and not outcome.findings and len(case) == 2:
                self._sound.setdefault(outcome.check.code, []).append(case)
        self._ill: dict[str, list[Case]] = {}
        for one in fired:
            self._ill.setdefault(one.check.code, []).append(one.case)

    def is_sound(self, code: str, case: Case) -> bool:
        """Whether a check judged a run and found nothing."""
        return case in self._sound.get(code, ())

    def refute(self, cause: _Fired, symptom: _Fired) -> bool:
        """Whether a run on the same data has the cause and is seen not to have the symptom.

        Only what came out of a run refutes: a fault of a file, as weights that are lost, may be missing
        from another run that kept an earlier one.
        """
        return bool(symptom.check.shows) and any(
            run[0] == symptom.case[0] and ill == run[: len(ill)]
            for run in self._sound.get(symptom.check.code, ())
            for ill in self._ill[cause.check.code]
            if len(symptom.case) == 2
        )


def _seen_in_siblings(
    fired: Sequence[_Fired], causes: dict[int, list[int]], siblings: _Siblings
) -> list[tuple[int, int]]:
    """What explains a symptom in one run on a data set also does in another that was not judged for it.

    An earlier run without a config does not show its stride: that its loss is NaN as well is no cause.
    """
    found = []
    for i, one in enumerate(fired):
        alike = [
            j for j, other in enumerate(fired)
            if other.check.code == one.check.code and other.case[:1] == one.case[:1] and causes[j]
        ]  # fmt: skip
        if causes[i] or len(one.case) < 2:
            continue
        for cause in dict.fromkeys(cause for j in alike for cause in causes[j]):
            if not siblings.is_sound(fired[cause].check.code, one.case):
                found.append((i, cause))
    return found


def _explains(cause: _Fired, symptom: _Fired) -> bool:
    """A cause explains a symptom of the same run; a mere note never excuses something graver.

    That nothing at all was learned is not explained by what is wrong with a few of the samples.
    """
    if Symptom.NOTHING_LEARNED in symptom.check.shows and cause.finding.share < REACH:
        return False
    shared = min(len(cause.case), len(symptom.case))
    return (
        cause.check.would_explain(symptom.check)
        and cause.case[:shared] == symptom.case[:shared]
        and (cause.check.severity > Severity.NOTE or symptom.check.severity == Severity.NOTE)
    )


def _depth(i: int, causes: dict[int, list[int]], above: tuple[int, ...]) -> int:
    # `explains` is acyclic among our own checks (a test), but a user's pack may close a circle
    return max((1 + _depth(c, causes, (*above, i)) for c in causes[i] if c not in above), default=0)


def _below(i: int, symptoms: dict[int, list[int]]) -> set[int]:
    found = {i}
    waiting = [i]
    while waiting:
        for j in symptoms[waiting.pop()]:
            if j not in found:
                found.add(j)
                waiting.append(j)
    return found


def _codes(fired: Iterable[_Fired]) -> tuple[str, ...]:
    return tuple(sorted({one.check.code for one in fired}))


def roots(diagnoses: Sequence[Diagnosis]) -> list[Diagnosis]:
    return [d for d in diagnoses if d.is_root]
