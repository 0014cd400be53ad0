"""`slrdoctor simulate`."""

from __future__ import annotations

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
        # the faults train models: what they need is asked for only now
        from slrdoctor.simulation.request import CannotSimulate, listed, simulated

        if list_:
            for entry in listed():
                typer.echo(entry)
            return
        if not fault or out_dir is None:
            raise cannot("name a fault and a folder: slrdoctor simulate FAULT OUT_DIR (--list)")
        wanted = {"task": task, "family": family, "convention": convention}
        try:
            for line in simulated(fault, out_dir, **wanted, seed=seed, force=force):
                typer.echo(line, err=line.startswith("slrdoctor:"))
        except CannotSimulate as refused:
            raise cannot(str(refused)) from None
