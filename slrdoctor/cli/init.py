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
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose", "-v", help="Say what each file was taken for, and why. Tracebacks too."
        ),
    ] = False,
) -> None:
    """Write slrdoctor.toml with what was detected, for you to correct: until then it changes nothing."""
    with told_plainly(verbose):
        from slrdoctor.artifacts.settings.read import NAME
        from slrdoctor.artifacts.storage.whole_file import write_text
        from slrdoctor.examination.scan import detect
        from slrdoctor.examination.settings_file import written_settings
        from slrdoctor.examination.summary import plain_readings, plain_unopened
        from slrdoctor.render._readings import reading_lines

        path = run_dir / NAME
        if path.exists() and not force:
            raise cannot(f"{path} is there already: --force writes over it")
        run, facts = detect(run_dir)
        write_text(path, written_settings(run, facts))
        if verbose:
            for line in reading_lines(plain_readings(run), plain_unopened(run)):
                typer.echo(line)
        typer.echo(f"wrote {path}")
