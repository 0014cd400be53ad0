"""Make one run directory: train, put the fault in, write, and make sure that it shows."""

from __future__ import annotations

import copy
import hashlib
import pickle
from dataclasses import dataclass
from pathlib import Path

from slrdoctor.simulation.conventions import CONVENTIONS, conventions_of
from slrdoctor.simulation.experiment import Experiment
from slrdoctor.simulation.recipes import FAMILIES, Recipe, recipe_for
from slrdoctor.simulation.records import Run, Written
from slrdoctor.simulation.registry import HEALTHY, Fault, find
from slrdoctor.simulation.scoring import Score
from slrdoctor.simulation.worlds import World, make_world

WORSE = 0.1  # by so much of all errors a harmful fault must raise them
AS_GOOD = 0.15  # by so much at most a healthy variant may fall short of the plain one
REMEMBERED = 12  # runs that are kept, for faults that do not touch training


class DoesNotShow(RuntimeError):
    """The fault was put in, and what was made of it does not show it."""


@dataclass(frozen=True)
class Simulated:
    """What was made, and what a doctor should say of it."""

    fault: Fault
    folder: Path
    task: str
    family: str
    convention: str
    seed: int
    score: Score
    healthy: Score

    @property
    def codes(self) -> tuple[str, ...]:
        return self.fault.codes

    @property
    def harms(self) -> bool:
        return self.fault.harms


def simulate(
    fault: str, out: str | Path, *, task: str = "", family: str = "", convention: str = "", seed: int = 0
) -> Simulated:
    """Write a run directory with this fault, or `healthy`, to `out`.

    Raises ValueError for names that do not go together, DoesNotShow where the fault did no harm or
    left no trace.
    """
    chosen = find(fault)
    task, family, convention = settled(chosen, task, family, convention)
    twin = experiment(find(HEALTHY), task, family, convention, seed)
    healthy = _trained(twin.world, twin.recipe).score
    this = experiment(chosen, task, family, convention, seed)
    run = copy.deepcopy(_trained(this.world, this.recipe))
    for change in this.on_run:
        change(run)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    CONVENTIONS[convention].write(run, this.style, folder)
    for where, content in run.files.items():
        (folder / where).parent.mkdir(parents=True, exist_ok=True)
        (folder / where).write_bytes(content)
    written = Written(run, folder, convention)
    for finish in this.on_folder:
        finish(written)
    _make_sure(chosen, this, written, healthy)
    return Simulated(chosen, folder, task, family, convention, seed, run.score, healthy)


def settled(fault: Fault, task: str, family: str, convention: str) -> tuple[str, str, str]:
    """Task, family and convention, the usual ones where none are named; they must go together."""
    if family and not task:
        task = next((t for t, names in FAMILIES.items() if family in names), "")
        if not task:
            raise ValueError(f"no family is called {family!r}: {', '.join(sum(FAMILIES.values(), ()))}")
    task = task or fault.tasks[0]
    _one_of(task, fault.tasks, f"{fault.name} is of the tasks")
    families = tuple(f for f in FAMILIES[task] if not fault.families or f in fault.families)
    family = family or families[0]
    _one_of(family, families, f"{fault.name} of {task} is trained with")
    written = tuple(c for c in conventions_of(task) if not fault.conventions or c in fault.conventions)
    convention = convention or written[0]
    _one_of(convention, written, f"{fault.name} of {task} is written as")
    return task, family, convention


def _one_of(name: str, known: tuple[str, ...], what: str) -> None:
    if name not in known:
        raise ValueError(f"{what} {', '.join(known)}, not {name!r}")


def experiment(fault: Fault, task: str, family: str, convention: str, seed: int) -> Experiment:
    """A healthy experiment with the fault put in."""
    world = make_world(task, seed)
    this = Experiment(world, recipe_for(family), copy.copy(CONVENTIONS[convention].style), convention)
    fault.change(this)
    return this


_RUNS: dict[str, Run] = {}


def _trained(world: World, recipe: Recipe) -> Run:
    """Train, or recall the training of the same world by the same recipe."""
    from slrdoctor.simulation.training import train

    try:
        key = hashlib.sha256(pickle.dumps((world, recipe))).hexdigest()
    except (pickle.PicklingError, AttributeError, TypeError):
        return train(world, recipe)  # a recipe with a function of its own is nobody else's
    if key not in _RUNS:
        while len(_RUNS) >= REMEMBERED:
            del _RUNS[next(iter(_RUNS))]
        _RUNS[key] = train(world, recipe)
    return _RUNS[key]


def _make_sure(fault: Fault, this: Experiment, written: Written, healthy: Score) -> None:
    now = written.run.score
    told = f"{fault.name}: {now} against {healthy} of its healthy twin"
    if fault.harms and not now.badness >= healthy.badness + WORSE and now.value == now.value:
        raise DoesNotShow(f"{told}: it did no harm")
    if fault.is_healthy and not now.badness <= healthy.badness + AS_GOOD:
        raise DoesNotShow(f"{told}: it is not healthy")
    if not fault.harms and fault.codes and not this.claims:
        raise DoesNotShow(f"{fault.name} harms nothing and claims nothing: nothing would show it")
    for what, holds in this.claims:
        if not holds(written):
            raise DoesNotShow(f"{fault.name}: the artifacts do not show that {what}")
