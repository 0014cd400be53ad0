"""`slrdoctor simulate`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from slrdoctor.cli.exits import cannot, told_plainly


def simulate(
    fault: Annotated[str, typer.Argument(help="A fault, two as `a+b`, or `healthy`; see --list.")] = "",
    out_dir: Annotated[Path | None, typer.Argument(help="The folder to write.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the faults.")] = False,
    task: Annotated[
        str,
        typer.Option(help="ctc, classification, retrieval or translation, where it applies to several."),
    ] = "",
    family: Annotated[str, typer.Option(help="The reference model that is trained.")] = "",
    convention: Annotated[
        str, typer.Option(help="How it is laid out: plain, h5, signjoey, vac, lightning or hobby.")
    ] = "",
    seed: Annotated[int, typer.Option(min=0, help="Of the data and of the training.")] = 0,
    force: Annotated[bool, typer.Option("--force", help="Replace what is in the folder.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tracebacks too.")] = False,
) -> None:
    """Make a small, really trained run directory with a known fault, or `healthy`."""
    with told_plainly(verbose):
        from slrdoctor.extras import demand

        if list_:
            _list()
            return
        demand("torch", "slrdoctor simulate")
        if not fault or out_dir is None:
            raise cannot("name a fault and a folder: slrdoctor simulate FAULT OUT_DIR (--list)")
        _check_names(fault, task, family, convention)
        _make_room(out_dir, force)
        _simulate(fault, out_dir, task, family, convention, seed)


def _list() -> None:
    from slrdoctor.simulation import load_faults

    for name, fault in load_faults().items():
        codes = ", ".join(fault.codes[:1])
        others = f" (or {', '.join(fault.codes[1:])})" if fault.codes[1:] else ""
        typer.echo(
            f"{name}\n    {codes or 'healthy'}{others}; {', '.join(fault.tasks)}\n    {fault.sentence}"
        )


def _check_names(fault: str, task: str, family: str, convention: str) -> None:
    from slrdoctor.extras import demand
    from slrdoctor.simulation.making import settled
    from slrdoctor.simulation.registry import find

    parts = fault.split("+")
    twice = next((part for part in parts if parts.count(part) > 1), None)
    if twice:
        raise cannot(f"{fault} names {twice} twice")
    try:
        *_, written = settled(find(fault), task, family, convention)
    except ValueError as error:
        raise cannot(str(error)) from None
    if written == "h5":
        demand("h5py", "writing the h5 convention")


def _make_room(out: Path, force: bool) -> None:
    if out.exists() and not out.is_dir():
        raise cannot(f"{out} is a file")
    if out.is_dir() and any(out.iterdir()):
        if not force:
            raise cannot(f"{out} is not empty: --force replaces it")
        here, whole = Path.cwd().resolve(), out.resolve()
        # all of it would be deleted
        if whole in (here, *here.parents, Path.home().resolve()) or (whole / ".git").exists():
            raise cannot(f"{out} holds more than a simulated run: name a folder of its own")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)  # found out before the training, not after it


def _simulate(fault: str, out: Path, task: str, family: str, convention: str, seed: int) -> None:
    from slrdoctor.simulation import simulate as make
    from slrdoctor.simulation.making import DoesNotShow

    typer.echo("slrdoctor: training a healthy run, and this one: half a minute or so", err=True)
    try:
        made = make(fault, out, task=task, family=family, convention=convention, seed=seed)
    except DoesNotShow as error:
        both = " or these faults do not go together" if "+" in fault else ""
        raise cannot(f"{error}: another --seed may do{both}; do not trust {out}") from None
    expected = (
        f"{made.codes[0]} is the finding to expect first" if made.codes else "nothing is to be found"
    )
    if made.codes[1:]:
        expected += f" (or {', '.join(made.codes[1:])})"
    typer.echo(f"{made.fault.name}: {made.fault.sentence}")
    typer.echo(
        f"{made.task} with {made.family}, written as {made.convention}, seed {made.seed}, in {out}"
    )
    typer.echo(f"healthy twin: {made.healthy}; this run: {made.score}")
    typer.echo(f"{expected}: slrdoctor scan {out}")
