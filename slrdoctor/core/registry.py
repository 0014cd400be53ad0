"""The checks and measures that their decorators register."""

from __future__ import annotations

import inspect
import re
import shlex
import types
import typing
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from slrdoctor.core.catalogue import family_of
from slrdoctor.core.finding import Confidence, Finding, Severity
from slrdoctor.core.roles import Extent, Family, Gate, Role, Symptom

# what a judge gives: findings, and a sentence on what it saw where there is none
Findings = Generator[Finding, None, Any]
J = TypeVar("J", bound=Callable[..., Iterator[Finding]])
M = TypeVar("M", bound=Callable[..., object])

_CODE = re.compile(r"[A-Z]{2,8}[0-9]{3}")


class Unavailable(Exception):
    """A fact cannot be measured in this run.

    The message says what was looked for and where; `enable` says what would make it
    measurable, in words that a user can act on.
    """

    def __init__(self, reason: str, enable: str = "", fact: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.enable = enable
        self.fact = fact  # the name of the fact that was missing first, written by the engine


class NotJudged(Exception):
    """Raised by a check that has its facts and still cannot judge by them.

    The reason is what keeps it from judging, as a sentence without its full stop ("3 epochs were
    logged, and 5 show whether a loss stands still"); `enable` is what to do about it, in words that
    a user can act on. A check that looked and saw nothing wrong returns instead. `looks_ill` is
    true where what there is speaks against the run, too little as it is: no run with it is healthy.
    """

    def __init__(self, reason: str, enable: str = "", *, looks_ill: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.enable = enable
        self.looks_ill = looks_ill


@dataclass(frozen=True)
class Need:
    """A fact that a function takes; an optional one (`Fact | None`) may be missing."""

    fact: type
    optional: bool = False


@dataclass(frozen=True)
class Check:
    """A judge, the facts it needs, what its findings explain, and the parts that it plays."""

    code: str
    judge: Callable[..., Iterator[Finding]]
    needs: tuple[Need, ...]
    severity: Severity
    confidence: Confidence
    explains: tuple[str | Symptom, ...]  # codes, or what other checks show
    enable: str
    pack: str = ""
    counts: Role | None = None
    shows: tuple[Symptom, ...] = ()
    extent: Extent | None = None
    gate: Gate | None = None
    overfit: bool = False
    own_family: Family | None = None

    @property
    def name(self) -> str:
        return self.judge.__name__.replace("_", "-")

    @property
    def family(self) -> Family:
        return self.own_family or family_of(self.code)

    @property
    def in_overfit(self) -> bool:
        """Whether it is judged where a model is trained on a few samples."""
        return self.overfit or self.family.in_overfit

    def would_explain(self, other: Check) -> bool:
        """Whether its findings explain those of `other`, by code or by what the other shows."""
        if other.code == self.code:
            return False
        tasks = {self.family.task, other.family.task} - {""}
        by_role = len(tasks) < 2 and any(role in self.explains for role in other.shows)
        return by_role or other.code in self.explains

    @property
    def doc(self) -> str:
        return inspect.cleandoc(self.judge.__doc__ or "")

    @property
    def title(self) -> str:
        """The statement of the fault: the docstring's first line."""
        return self.doc.partition("\n")[0]


@dataclass(frozen=True)
class Measure:
    """The function that measures one fact, and the facts it measures it from."""

    function: Callable[..., object]
    needs: tuple[Need, ...]


@dataclass
class Registry:
    checks: dict[str, Check] = field(default_factory=dict)
    measures: dict[type, Measure] = field(default_factory=dict)
    pack: str = ""  # the pack whose files are being imported
    folders: dict[str, str] = field(default_factory=dict)  # the folders of the user's packs, by name

    def option_for(self, check: Check) -> str:
        """What a command needs to know a check of the user's own; "" for any other."""
        folder = self.folders.get(check.pack)
        return f" --checks {shlex.quote(folder)}" if folder else ""

    def explained(self, check: Check) -> list[str]:
        """The codes of the checks whose findings it would explain."""
        return [code for code, other in sorted(self.checks.items()) if check.would_explain(other)]


REGISTRY = Registry()


def check(
    code: str,
    *,
    severity: Severity,
    confidence: Confidence,
    explains: tuple[str | Symptom, ...] = (),
    enable: str = "",
    counts: Role | None = None,
    shows: tuple[Symptom, ...] = (),
    needs: Extent | None = None,
    gate: Gate | None = None,
    overfit: bool = False,
    family: Family | None = None,
) -> Callable[[J], J]:
    """Register a judge. The facts it needs are its annotated parameters.

    A parameter annotated `Fact | None` gets None where the fact cannot be measured.
    `explains` names what are symptoms of this fault when both fire: the codes of checks, or a
    role, as NOTHING_LEARNED, which is every check that `shows` it. `enable` says what to give the
    doctor so that a skipped check can be judged, where the facts themselves do not say it.

    `counts`: what must have been judged before a run is healthy, and is judged by this check.
    `needs`: EVERY_SAMPLE, where some batches of a loader would mislead it. `gate`: the condition
    for going on that it decides. `overfit`: whether it says, with the families of features, labels
    and experiments, whether a few samples can be learned. `family`: of a pack's own checks.

    A judge yields findings. It raises NotJudged where it cannot judge by the facts that it has,
    and may return a sentence that says what it saw where it found nothing.
    """
    if not _CODE.fullmatch(code):
        raise ValueError(f"{code!r} is not a code: two to eight capitals and three digits, like CTC401")

    def register(judge: J) -> J:
        if code in REGISTRY.checks:
            raise ValueError(f"two checks are called {code}")
        facts, _ = _signature(judge)
        REGISTRY.checks[code] = Check(
            code,
            judge,
            facts,
            severity,
            confidence,
            explains,
            enable,
            REGISTRY.pack,
            counts,
            shows,
            needs,
            gate,
            overfit,
            family,
        )
        return judge

    return register


def measure(function: M) -> M:
    """Register the measure of the fact that `function` returns."""
    needs, fact = _signature(function)
    if fact in REGISTRY.measures:
        raise ValueError(f"two measures provide {fact.__name__}")
    REGISTRY.measures[fact] = Measure(function, needs)
    return function


def _signature(function: Callable[..., Any]) -> tuple[tuple[Need, ...], type]:
    hints = typing.get_type_hints(function)
    if "return" not in hints:
        raise TypeError(
            f"{function.__name__} needs a return annotation: it names the fact that it gives"
        )
    returned = hints.pop("return")
    return tuple(_need(hint) for hint in hints.values()), returned


def _need(hint: Any) -> Need:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        facts = [arm for arm in typing.get_args(hint) if arm is not type(None)]
        if len(facts) != 1 or len(typing.get_args(hint)) != 2:
            raise TypeError(f"a parameter is a fact or `Fact | None`, not {hint}")
        return Need(facts[0], optional=True)
    return Need(hint)
