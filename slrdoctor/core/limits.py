"""The limits of a check, each with a name that a reader understands."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from slrdoctor.core.finding import Threshold, shown
from slrdoctor.core.registry import Check

# the parameters of Evidence, in their order
_FIELDS = ("what", "value", "read_from", "unit", "limit")

ABBREVIATIONS = ("WER", "AUC", "BLEU", "GPU")


@dataclass(frozen=True)
class Limit:
    """A limit by the evidence that it is held against, where that is one text; else by its name."""

    name: str
    value: str
    source: str


def thresholds(check: Check) -> dict[str, Threshold]:
    """The limits beside a check, by name: those of its file that its judge uses."""
    module = sys.modules[check.judge.__module__]
    by_name = {name: value for name, value in vars(module).items() if isinstance(value, Threshold)}
    used = _used(module, check.judge.__name__)
    return {name: value for name, value in sorted(by_name.items()) if name in used} or dict(
        sorted(by_name.items())
    )


def limits(check: Check) -> Iterator[Limit]:
    """The limits of a check as a page shows them."""
    held = _held_against(sys.modules[check.judge.__module__])
    for name, threshold in thresholds(check).items():
        what, unit = held.get(name, (_words(name), ""))
        yield Limit(what, shown(float(threshold.value), unit), threshold.source)


def _words(name: str) -> str:
    """`CONFIRMING_WER` as "confirming WER"."""
    return " ".join(w if w in ABBREVIATIONS else w.lower() for w in name.split("_"))


@cache
def _held_against(module: ModuleType) -> dict[str, tuple[str, str]]:
    """By the name of a limit, what the evidence with it measures, and in which unit."""
    by_name: dict[str, tuple[str, str]] = {}
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Evidence":
            given = dict(zip(_FIELDS, node.args, strict=False)) | {
                k.arg: k.value for k in node.keywords if k.arg
            }
            what, unit, limit = (given.get(name) for name in ("what", "unit", "limit"))
            if isinstance(limit, ast.Name) and isinstance(what, ast.Constant):
                word = unit.value if isinstance(unit, ast.Constant) else ""
                by_name.setdefault(limit.id, (str(what.value), str(word)))
    # one that two limits are held against names neither
    texts = [what for what, _ in by_name.values()]
    return {name: pair for name, pair in by_name.items() if texts.count(pair[0]) == 1}


def _used(module: ModuleType, judge: str) -> set[str]:
    """The names that a judge uses, itself or in whatever of its file it calls."""
    bodies = {
        node.name: {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }
    used: set[str] = set()
    waiting = [judge]
    while waiting:
        new = bodies.get(waiting.pop(), set()) - used
        used |= new
        waiting += new & bodies.keys()
    return used
