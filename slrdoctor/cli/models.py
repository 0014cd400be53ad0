"""`slrdoctor models`, and `slrdoctor models copy`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from slrdoctor.cli.exits import cannot, told_plainly

Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Tracebacks too.")]

HELP = "List the reference models (without a command), or copy one out."
models = typer.Typer(help=HELP, invoke_without_command=True)


@models.callback()
def list_models(context: typer.Context, verbose: Verbose = False) -> None:
    """List the reference models (without a command), or copy one out."""
    if context.invoked_subcommand is not None:
        return
    with told_plainly(verbose):
        from slrdoctor.models import reference as reference_models

        paths = reference_models.available()
        tasks = {name: reference_models.task_of(path) for name, path in paths.items()}
        name_width, task_width = (max(map(len, column), default=0) for column in (tasks, tasks.values()))
        for name, path in paths.items():
            title = reference_models.first_line(path)
            typer.echo(f"{name:<{name_width}}  {tasks[name]:<{task_width}}  {title}")


@models.command()
def copy(
    name: Annotated[str, typer.Argument(help="The name of a model, such as isolated_transformer.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to; made if it is not there.")],
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    verbose: Verbose = False,
) -> None:
    """Copy one reference model out: a file that needs torch and nothing of slrdoctor."""
    with told_plainly(verbose):
        from slrdoctor.models import reference as reference_models

        try:
            source = reference_models.path_of(name)
        except ValueError as error:
            raise cannot(str(error)) from None
        if folder.exists() and not folder.is_dir():
            raise cannot(f"{folder} is not a folder")
        target = folder / source.name
        if target.exists() and not force:
            raise cannot(f"{target} is there already: --force writes over it")
        text = source.read_bytes()
        folder.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text)
        typer.echo(f"wrote {target}")
