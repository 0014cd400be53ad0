"""`slrdoctor checks` and `slrdoctor explain`."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from slrdoctor.cli.exits import cannot, told_plainly

if TYPE_CHECKING:
    from slrdoctor.core.registry import Check

Checks = Annotated[list[Path] | None, typer.Option("--checks", help="A folder of your own checks.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Tracebacks too.")]


def checks(context: typer.Context, checks: Checks = None, verbose: Verbose = False) -> None:
    """List every check: code, severity, confidence, and the fault."""
    if context.invoked_subcommand is not None:
        return
    with told_plainly(verbose):
        for check in _loaded(checks).values():
            typer.echo(
                f"{check.code}  {check.severity.word:<8}  {check.confidence.word:<8}  {check.title}"
            )


def explain(
    code: Annotated[str, typer.Argument(help="The code of a check, such as CTC401.")],
    checks: Checks = None,
    verbose: Verbose = False,
) -> None:
    """Explain one check: the fault, why it matters, how it is judged, limits and fix."""
    with told_plainly(verbose):
        known = _loaded(checks)
        wanted = code.strip().upper()
        if wanted not in known:
            near = difflib.get_close_matches(wanted, list(known), n=1, cutoff=0.5)
            raise cannot(f"no check is called {code!r}" + (f": did you mean {near[0]}?" if near else ""))
        from slrdoctor.core.page import page

        typer.echo(page(known[wanted]))


def _loaded(folders: list[Path] | None) -> dict[str, Check]:
    from slrdoctor.core import packs
    from slrdoctor.core.registry import REGISTRY

    for folder in folders or ():
        if not folder.is_dir():
            raise cannot(f"--checks {folder} is no folder")
    broken = packs.load_all(folders or ())
    for path, trace in broken.items():
        typer.echo(f"slrdoctor: {path}: {trace.strip().splitlines()[-1]}", err=True)
    return dict(sorted(REGISTRY.checks.items()))
