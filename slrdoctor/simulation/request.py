"""A simulation as a user asks for it: refused before the training where it cannot be done."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from slrdoctor.extras import demand
from slrdoctor.simulation.making import DoesNotShow, Simulated, settled, simulate
from slrdoctor.simulation.registry import find, load_faults


class CannotSimulate(Exception):
    """The run cannot be made. The message is a sentence for the user."""


def simulated(
    fault: str, out: Path, *, task: str, family: str, convention: str, seed: int, force: bool
) -> Iterator[str]:
    """Make a run with a fault, and say in lines what it is. Raises CannotSimulate."""
    demand("torch", "slrdoctor simulate")
    _check_names(fault, task, family, convention)
    _make_room(out, force)
    yield "slrdoctor: training a healthy run, and this one: half a minute or so"
    try:
        made = simulate(fault, out, task=task, family=family, convention=convention, seed=seed)
    except DoesNotShow as error:
        both = " or these faults do not go together" if "+" in fault else ""
        raise CannotSimulate(f"{error}: another --seed may do{both}; do not trust {out}") from None
    yield from _described(made, out)


def listed() -> Iterator[str]:
    """The faults that there are: name, the first finding, tasks, and the fault in a sentence."""
    for name, fault in load_faults().items():
        first, *others = fault.codes or ("healthy",)
        also = f" (or {', '.join(others)})" if others else ""
        yield f"{name}\n    {first}{also}; {', '.join(fault.tasks)}\n    {fault.sentence}"


def _described(made: Simulated, out: Path) -> Iterator[str]:
    first, *others = made.codes or ("",)
    expected = f"{first} is the finding to expect first" if first else "nothing is to be found"
    also = f" (or {', '.join(others)})" if others else ""
    yield f"{made.fault.name}: {made.fault.sentence}"
    yield f"{made.task} with {made.family}, written as {made.convention}, seed {made.seed}, in {out}"
    yield f"healthy twin: {made.healthy}; this run: {made.score}"
    yield f"{expected}{also}: slrdoctor scan {out}"


def _check_names(fault: str, task: str, family: str, convention: str) -> None:
    parts = fault.split("+")
    twice = next((part for part in parts if parts.count(part) > 1), None)
    if twice:
        raise CannotSimulate(f"{fault} names {twice} twice")
    try:
        *_, convention_name = settled(find(fault), task, family, convention)
    except ValueError as error:
        raise CannotSimulate(str(error)) from None
    if convention_name == "h5":
        demand("h5py", "writing the h5 convention")


def _make_room(out: Path, force: bool) -> None:
    if out.exists() and not out.is_dir():
        raise CannotSimulate(f"{out} is a file")
    if out.is_dir() and any(out.iterdir()):
        if not force:
            raise CannotSimulate(f"{out} is not empty: --force replaces it")
        here, whole = Path.cwd().resolve(), out.resolve()
        # all of it would be deleted
        if whole in (here, *here.parents, Path.home().resolve()) or (whole / ".git").exists():
            raise CannotSimulate(f"{out} holds more than a simulated run: name a folder of its own")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)  # found out before the training, not after it
