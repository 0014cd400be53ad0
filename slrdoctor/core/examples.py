"""Examples that stand beside a check: facts on which it must fire, be quiet, or abstain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from slrdoctor.core.engine import Abstained, Crashed, Facts, Judged, judge
from slrdoctor.core.registry import REGISTRY, Check

M = TypeVar("M", bound=Callable[[], Any])


@dataclass(frozen=True)
class Example:
    """Hand-made facts, and what the check must make of them."""

    code: str
    kind: str  # fires | quiet | abstains
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

    def __str__(self) -> str:
        told = f"{self.code} {self.what}"
        return f"FAILED  {told}: {self.trouble}" if self.trouble else f"passed  {told}"


WORDS = {"fires": "fires on", "quiet": "is quiet on", "abstains": "abstains on"}
EXAMPLES: dict[str, list[Example]] = {}


def fires(code: str) -> Callable[[M], M]:
    """Register a function whose facts the check must fire on. It is named by what is wrong in them."""
    return _registered(code, "fires")


def quiet(code: str) -> Callable[[M], M]:
    """Register a function whose facts the check must judge, and find nothing in."""
    return _registered(code, "quiet")


def abstains(code: str) -> Callable[[M], M]:
    """Register a function whose facts the check cannot judge: it must raise NotJudged."""
    return _registered(code, "abstains")


def _registered(code: str, kind: str) -> Callable[[M], M]:
    def register(facts: M) -> M:
        EXAMPLES.setdefault(code, []).append(Example(code, kind, facts))
        return facts

    return register


def run_examples(checks: Iterable[Check]) -> Iterator[Result]:
    """Judge the examples of each check. One that lacks a kind of them is in trouble too."""
    for check in checks:
        examples = EXAMPLES.get(check.code, [])
        for example in examples:
            what = f"{WORDS[example.kind]} {example.name}"
            yield Result(check.code, what, _trouble(check, example))
        kinds = ["fires", "quiet"]
        if "NotJudged" in check.judge.__code__.co_names:
            kinds.append("abstains")
        for kind in kinds:
            if not any(example.kind == kind for example in examples):
                lacking = f"no function beside it has @{kind}({check.code!r}) above it"
                yield Result(check.code, f"has an example under @{kind}", lacking)


def _trouble(check: Check, example: Example) -> str:
    given = example.facts()
    facts = given if isinstance(given, (tuple, list)) else (given,)
    # what the example does not give is measured from what it gives, as in a scan
    outcome = judge(check, Facts(REGISTRY, facts))
    if isinstance(outcome, Crashed):
        return f"it crashed: {outcome.error}"
    if isinstance(outcome, Abstained):
        return "" if example.kind == "abstains" else f"it was not judged: {outcome.reason}"
    if not isinstance(outcome, Judged):
        return f"a fact is missing: {outcome.reason}"
    if example.kind == "fires":
        return "" if outcome.findings else "it found nothing"
    if outcome.findings:
        return f"it found: {outcome.findings[0].message}"
    return "it was judged" if example.kind == "abstains" else ""
