"""The faults by name, and the decorator that adds one."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

from slrdoctor.simulation.experiment import Experiment
from slrdoctor.simulation.worlds import TASKS

Change = Callable[[Experiment], None]
HEALTHY = "healthy"


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
    """Raises ValueError, with the nearest name, where no fault is called so."""
    faults = load_faults()
    if name in faults:
        return faults[name]
    near = difflib.get_close_matches(name, list(faults), n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else "--list names them"
    raise ValueError(f"no fault is called {name!r}: {hint}")
