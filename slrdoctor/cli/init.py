"""`slrdoctor init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from slrdoctor.cli.exits import cannot, told_plainly


def init(
    run_dir: Annotated[Path, typer.Argument(help="The run directory.")],
    force: Annotated[
        bool, typer.Option("--force", help="Write over a slrdoctor.toml that is there.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tracebacks too.")] = False,
) -> None:
    """Write slrdoctor.toml with what was detected, for you to correct."""
    with told_plainly(verbose):
        from slrdoctor.artifacts.settings.read import NAME
        from slrdoctor.artifacts.storage.whole_file import write_text
        from slrdoctor.examination.scan import detect
        from slrdoctor.examination.settings_file import written_settings

        path = run_dir / NAME
        if path.exists() and not force:
            raise cannot(f"{path} is there already: --force writes over it")
        write_text(path, written_settings(*detect(run_dir)))
        typer.echo(f"wrote {path}")
