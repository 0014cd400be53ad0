"""Examples that stand beside a check: facts on which it must fire, and facts on which it must not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from slrdoctor.core.engine import Crashed, Facts, Judged, judge
from slrdoctor.core.registry import REGISTRY, Check

M = TypeVar("M", bound=Callable[[], Any])


@dataclass(frozen=True)
class Example:
    """Hand-made facts, and whether the check must find something in them."""

    code: str
    fires: bool
    facts: Callable[[], Any]  # one fact, or several

    @property
    def name(self) -> str:
        return self.facts.__name__.replace("_", " ")


@dataclass(frozen=True)
class Result:
    """What a check made of an example; `trouble` is empty where it did what it should."""

    code: str
    what: str  # "fires on four clips without frames"
    trouble: str


EXAMPLES: dict[str, list[Example]] = {}


def fires(code: str) -> Callable[[M], M]:
    """Register a function whose facts the check must fire on. It is named by what is wrong in them."""
    return _registered(code, True)


def quiet(code: str) -> Callable[[M], M]:
    """Register a function whose facts the check must judge, and find nothing in."""
    return _registered(code, False)


def _registered(code: str, must_fire: bool) -> Callable[[M], M]:
    def register(facts: M) -> M:
        EXAMPLES.setdefault(code, []).append(Example(code, must_fire, facts))
        return facts

    return register


def run_examples(checks: Iterable[Check]) -> Iterator[Result]:
    """Judge the examples of each check. One that lacks a kind of them is in trouble too."""
    for check in checks:
        examples = EXAMPLES.get(check.code, [])
        for example in examples:
            what = f"{'fires on' if example.fires else 'is quiet on'} {example.name}"
            yield Result(check.code, what, _trouble(check, example))
        for must_fire, word in ((True, "fires"), (False, "quiet")):
            if not any(example.fires == must_fire for example in examples):
                lacking = f"no function beside it has @{word}({check.code!r}) above it"
                yield Result(check.code, f"has an example under @{word}", lacking)


def _trouble(check: Check, example: Example) -> str:
    given = example.facts()
    facts = given if isinstance(given, (tuple, list)) else (given,)
    # what the example does not give is measured from what it gives, as in a scan
    outcome = judge(check, Facts(REGISTRY, facts))
    if isinstance(outcome, Crashed):
        return f"it crashed: {outcome.error}"
    if not isinstance(outcome, Judged):
        return f"it was not judged: {outcome.reason}"
    if example.fires and not outcome.findings:
        return "it found nothing"
    if not example.fires and outcome.findings:
        return f"it found: {outcome.findings[0].message}"
    return ""
