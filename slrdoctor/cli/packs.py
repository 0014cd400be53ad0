"""`slrdoctor checks new` and `slrdoctor checks test`: checks of the user's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from slrdoctor.cli.exits import FOUND, cannot, told_plainly

CODE = re.compile(r"[A-Z]{2,8}[0-9]{3}")
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Tracebacks too.")]


def new(
    code: Annotated[str, typer.Argument(help="The code of the check, such as MINE901.")],
    folder: Annotated[Path, typer.Argument(help="The folder of your checks.")],
    name: Annotated[
        str, typer.Option("--name", help="The fault in words joined by hyphens: clips-too-dark.")
    ] = "targets-far-too-long",
    verbose: Verbose = False,
) -> None:
    """Write a check to begin with: a fact, its measure, the check, and examples that can be run."""
    with told_plainly(verbose):
        from slrdoctor.core import packs
        from slrdoctor.core.new_check import write_check
        from slrdoctor.core.registry import REGISTRY

        _is_the_users(folder)
        packs.load_all([folder] if folder.is_dir() else [])
        if not CODE.fullmatch(code):
            raise cannot(f"{code!r} is not a code: two to eight capitals and three digits, like MINE901")
        if code in REGISTRY.checks:
            raise cannot(f"there is a check called {code} already: {REGISTRY.checks[code].title}")
        try:
            path = write_check(code, name, folder)
        except ValueError as error:
            raise cannot(str(error)) from error
        except FileExistsError as error:
            raise cannot(
                f"there is a file {error.filename} already: name the fault with --name"
            ) from error
        typer.echo(f"{path}\nNow change it, and run: slrdoctor checks test {folder}")


def run_examples_of(
    folder: Annotated[Path, typer.Argument(help="The folder of your checks.")], verbose: Verbose = False
) -> None:
    """Run the examples that stand in your check files: where each must fire, and where it must not.

    Exit code 0: every example did. 1: one did not, or a check lacks a kind of them.
    """
    with told_plainly(verbose):
        from slrdoctor.core import packs
        from slrdoctor.core.examples import run_examples
        from slrdoctor.core.registry import REGISTRY

        if not folder.is_dir():
            raise cannot(f"{folder} is not a folder")
        _is_the_users(folder)
        broken = packs.load_all([folder])
        mine = [c for c in REGISTRY.checks.values() if c.pack == packs.name_of(folder)]
        for path, trace in broken.items():
            typer.echo(f"FAILED  {path}: {trace.strip().splitlines()[-1]}")
        if not mine and not broken:
            raise cannot(f"no file in {folder} has a check")
        results = list(run_examples(sorted(mine, key=lambda check: check.code)))
        typer.echo("\n".join(map(str, results)))
        failed = len(broken) + sum(bool(result.trouble) for result in results)
        typer.echo(f"{len(results) - failed + len(broken)} passed, {failed} failed")
    raise typer.Exit(FOUND if failed else 0)


def _is_the_users(folder: Path) -> None:
    from slrdoctor.core.packs import bundled

    if folder.resolve().is_relative_to(bundled("checks").resolve()):
        raise cannot(f"{folder} belongs to the project itself: CONTRIBUTING.md says how to add to it")
