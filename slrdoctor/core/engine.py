"""Measure each needed fact once, then let every check judge the facts it needs."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar, cast

from slrdoctor.core.finding import Finding
from slrdoctor.core.registry import Check, Need, NotJudged, Registry, Unavailable
from slrdoctor.extras import missing_package

F = TypeVar("F")


@dataclass(frozen=True)
class Judged:
    check: Check
    findings: tuple[Finding, ...]
    fine: str = ""  # what the check saw where it found nothing, in its own words


@dataclass(frozen=True)
class Abstained:
    """The check had its facts and could not judge by them."""

    check: Check
    reason: str
    enable: str
    looks_ill: bool = False


@dataclass(frozen=True)
class Skipped:
    """A fact that the check needs could not be measured."""

    check: Check
    missing: str  # the name of the first fact that was missing, on which the others rest
    reason: str
    enable: str


@dataclass(frozen=True)
class Crashed:
    check: Check
    error: str  # the last line, for the report
    traceback: str


Outcome = Judged | Abstained | Skipped | Crashed


class MeasureCrashed(Exception):
    """A measure raised what it should not have: the checks that need it crashed with it."""

    def __init__(self, fact: type, trace: str) -> None:
        super().__init__(f"measuring {fact.__name__} crashed: {trace.strip().splitlines()[-1]}")
        self.trace = trace


class Facts:
    """The facts of one run, each measured when first asked for.

    Several training runs may share one data set. Their facts have the data set's as
    `parent`: what does not rest on anything given to the run itself is measured there,
    once for all of them.
    """

    def __init__(
        self, registry: Registry, given: Iterable[object] = (), parent: Facts | None = None
    ) -> None:
        self._registry = registry
        self._given = {type(fact): fact for fact in given}
        self._known: dict[type, object] = dict(self._given)
        self._parent = parent

    def get(self, fact: type[F]) -> F:
        """The fact; raises Unavailable, or MeasureCrashed, each time it is asked for."""
        if self._parent is not None and not self.rests_on_given(fact):
            return self._parent.get(fact)
        if fact not in self._known:
            self._known[fact] = self._measure(fact)
        known = self._known[fact]
        if isinstance(known, (Unavailable, MeasureCrashed)):
            raise known.with_traceback(None)
        return cast(F, known)

    def measured(self) -> Iterator[object]:
        """Every fact that was measured here and is there, in the order of measuring."""
        for fact, known in self._known.items():
            if fact not in self._given and not isinstance(known, Exception):
                yield known

    def rests_on_given(self, fact: type) -> bool:
        """Whether measuring `fact` would use, directly or not, what was given here."""
        seen: set[type] = set()
        waiting = [fact]
        while waiting:
            need = waiting.pop()
            if need in self._given:
                return True
            if need not in seen and need in self._registry.measures:
                seen.add(need)
                waiting += [n.fact for n in self._registry.measures[need].needs]
        return False

    def take(self, need: Need) -> object:
        """The fact of a parameter: None for an optional one that is missing."""
        try:
            return self.get(need.fact)
        except Unavailable:
            if need.optional:
                return None
            raise

    def _measure(self, fact: type) -> object:
        measure = self._registry.measures.get(fact)
        if measure is None:
            return Unavailable(f"nothing measures {fact.__name__}", fact=fact.__name__)
        try:
            return measure.function(*(self.take(need) for need in measure.needs))
        except Unavailable as missing:
            return Unavailable(missing.reason, missing.enable, missing.fact or fact.__name__)
        except MeasureCrashed as crashed:
            return crashed
        except ImportError as error:
            lacking = missing_package(error, f"measuring {fact.__name__}")
            if lacking is None:
                return MeasureCrashed(fact, traceback.format_exc())
            return Unavailable(lacking.reason, lacking.command, fact.__name__)
        except Exception:
            return MeasureCrashed(fact, traceback.format_exc())


def judge(check: Check, facts: Facts) -> Outcome:
    """Run one check, so that neither a missing fact nor a crash stops the others."""
    try:
        needs = tuple(facts.take(need) for need in check.needs)
        findings, fine = _run(iter(check.judge(*needs)))
        return Judged(check, findings, fine)
    except NotJudged as abstained:
        return Abstained(check, abstained.reason, abstained.enable or check.enable, abstained.looks_ill)
    except Unavailable as missing:
        return Skipped(check, missing.fact, missing.reason, missing.enable or check.enable)
    except MeasureCrashed as crashed:
        return Crashed(check, str(crashed), crashed.trace)
    except Exception as error:
        return Crashed(check, f"{type(error).__name__}: {error}", traceback.format_exc())


def _run(judge: Iterator[Finding]) -> tuple[tuple[Finding, ...], str]:
    """What a judge yields, and the sentence that it returns where it found nothing."""
    findings: list[Finding] = []
    while True:
        try:
            findings.append(next(judge))
        except StopIteration as stop:
            return tuple(findings), "" if findings else str(stop.value or "")
        except NotJudged:
            # what was seen until then stands
            if not findings:
                raise
            return tuple(findings), ""
