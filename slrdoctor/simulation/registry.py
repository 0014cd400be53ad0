"""The faults by name, and the decorator that adds one."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from slrdoctor.simulation.experiment import Experiment
from slrdoctor.simulation.worlds import TASKS

Change = Callable[[Experiment], None]
HEALTHY = "healthy"
PLUS = "+"


@dataclass(frozen=True)
class Fault:
    """`codes`: the first root cause that a doctor should name, then others that are as right.

    A variant that is healthy has no codes: nothing that blocks or misleads is to be found in it.
    """

    name: str
    codes: tuple[str, ...]
    tasks: tuple[str, ...]  # the first is the usual one
    harms: bool  # the score must be worse than that of the healthy twin
    sentence: str
    change: Change
    families: tuple[str, ...] = ()  # of reference models; () where any of the task's will do
    conventions: tuple[str, ...] = ()  # in which it can be written; () for all
    parts: tuple[Fault, ...] = ()  # of a run with several faults at once

    @property
    def is_healthy(self) -> bool:
        return not self.codes

    @property
    def area(self) -> str:
        """FEA, LAB, ...: the family of its first code."""
        return self.codes[0][:3] if self.codes else HEALTHY


FAULTS: dict[str, Fault] = {}


def fault(
    name: str,
    *,
    codes: tuple[str, ...],
    harms: bool,
    tasks: tuple[str, ...] = TASKS,
    families: tuple[str, ...] = (),
    conventions: tuple[str, ...] = (),
) -> Callable[[Change], Change]:
    """Register a function that puts a fault into an experiment; its docstring is the sentence."""

    def register(change: Change) -> Change:
        if name in FAULTS:
            raise ValueError(f"there are two faults called {name}")
        sentence = (change.__doc__ or "").strip().partition("\n")[0]
        FAULTS[name] = Fault(name, codes, tasks, harms, sentence, change, families, conventions)
        return change

    return register


def load_faults() -> dict[str, Fault]:
    """Import every module of `faults/`; the faults by their name."""
    package = importlib.import_module("slrdoctor.simulation.faults")
    for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f"{package.__name__}.{module}")
    return FAULTS


def find(name: str) -> Fault:
    """A fault, or several at once, as in `stale-cache+dev-in-train`.

    Raises ValueError, with the nearest name, where no fault is called so.
    """
    if PLUS in name:
        return together([find(part.strip()) for part in name.split(PLUS)])
    faults = load_faults()
    if name in faults:
        return faults[name]
    near = difflib.get_close_matches(name, list(faults), n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else "--list names them"
    raise ValueError(f"no fault is called {name!r}: {hint}")


def together(parts: Sequence[Fault]) -> Fault:
    """Several faults in one run, put in one after another; ValueError where they cannot meet."""
    name = PLUS.join(part.name for part in parts)
    tasks = tuple(t for t in parts[0].tasks if all(t in part.tasks for part in parts))
    families = _common([part.families for part in parts])
    conventions = _common([part.conventions for part in parts])
    if not tasks or families is None or conventions is None:
        raise ValueError(f"{name}: these faults have no task, model or convention in common")

    def change(x: Experiment) -> None:
        for part in parts:
            part.change(x)

    codes = tuple(dict.fromkeys(code for part in parts for code in part.codes))
    sentence = " ".join(part.sentence for part in parts)
    harms = any(part.harms for part in parts)
    return Fault(name, codes, tasks, harms, sentence, change, families, conventions, tuple(parts))


def _common(lists: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
    """What all of them have; () stands for everything, None for nothing."""
    limited = [names for names in lists if names]
    if not limited:
        return ()
    return tuple(n for n in limited[0] if all(n in names for names in limited)) or None
