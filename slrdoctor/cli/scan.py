"""`slrdoctor scan`."""

from __future__ import annotations

import enum
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from slrdoctor.cli.exits import CANNOT, FINE, FOUND, UNENCODABLE, cannot, told_plainly
from slrdoctor.models.device import Device

if TYPE_CHECKING:
    from slrdoctor.core.report import Report


class FailOn(str, enum.Enum):
    blocks = "blocks"
    misleads = "misleads"
    degrades = "degrades"
    note = "note"
    never = "never"


def scan(
    run_dir: Annotated[
        Path, typer.Argument(help="The run directory.", show_default="this one")
    ] = Path(),
    format: Annotated[
        str,
        typer.Option(
            "--format", help="text, json, or another of the output formats.", show_default="text"
        ),
    ] = "text",
    output: Annotated[
        Path,
        typer.Option("--output", help="Write to this file; - is standard output.", show_default="-"),
    ] = Path("-"),
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Exit with 1 at this severity or above.")
    ] = FailOn.blocks,
    select: Annotated[
        list[str] | None, typer.Option("--select", help="Only these codes or prefixes: CTC,FEA104.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", help="Not these codes or prefixes.")
    ] = None,
    checks: Annotated[
        list[Path] | None, typer.Option("--checks", help="A folder of your own checks.")
    ] = None,
    model: Annotated[
        str,
        typer.Option("--model", help="path/to/file.py:factory: run it too, in a child process."),
    ] = "",
    device: Annotated[Device, typer.Option("--device", help="Where to run it.")] = Device.auto,
    jobs: Annotated[
        int, typer.Option("--jobs", min=0, help="Processes that read features; 0 is all cores.")
    ] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the first sentence.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Everything, tracebacks too.")
    ] = False,
) -> None:
    """Examine a run directory and print a ranked diagnosis. Runs none of your code."""
    from slrdoctor.core.catalogue import GRADIENTS
    from slrdoctor.core.decision import unjudged

    with told_plainly(verbose):
        _known_format(format)
        report = _examine(run_dir, select, ignore, checks, jobs, quiet, model, device)
        _write(report, format, output, quiet, verbose)
        untried = unjudged(report, GRADIENTS) if model else None
        if untried is not None:
            # it was asked for: not looked at must not pass for fine
            raise cannot(f"--model {model} was not looked at: {untried.text}")
    raise typer.Exit(_exit_code(report, fail_on))


def _examine(
    run_dir: Path,
    select: list[str] | None,
    ignore: list[str] | None,
    checks: list[Path] | None,
    jobs: int,
    quiet: bool,
    model: str,
    device: Device,
) -> Report:
    from slrdoctor.cli.progress import shown_on_stderr
    from slrdoctor.examination import scan as examination
    from slrdoctor.extras import demand
    from slrdoctor.probes.experiment import Experiment, is_file_spec, path_of_spec

    if model:
        demand("torch", f"--model {model}")
    for folder in checks or ():
        if not folder.is_dir():
            raise cannot(f"--checks {folder} is no folder")
    if model and not is_file_spec(model):
        raise cannot(f"--model {model}: give path/to/file.py:factory; `slrdoctor overfit` trains models")
    if model and not (path := path_of_spec(model, run_dir)[0]).is_file():
        raise cannot(f"--model {model}: there is no file {path}, and none of that name in {run_dir}")
    experiment = Experiment(trains=False, model=model, device=device.value, folder=run_dir)
    with shown_on_stderr(hidden=quiet) as step:
        return examination.scan(
            run_dir,
            select=_codes(select),
            ignore=_codes(ignore),
            checks=checks or (),
            jobs=jobs or _cores(),
            progress=step,
            experiment=experiment if model else None,
        )


def _cores() -> int:
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _codes(written: list[str] | None) -> list[str]:
    """Codes and prefixes from repeatable options that may each hold several, comma separated."""
    return [code.strip().upper() for one in written or () for code in one.split(",") if code.strip()]


def _known_format(format: str) -> None:
    from slrdoctor.render import formats

    if format not in formats():
        raise cannot(f"no format is called {format!r}: there are {', '.join(formats())}")


def _write(report: Report, format: str, output: Path, quiet: bool, verbose: bool) -> None:
    from slrdoctor.render import render

    if format == "text" and str(output) == "-":
        from rich.console import Console

        from slrdoctor.render import text

        text.show(report, Console(highlight=False), quiet=quiet, verbose=verbose)
    elif str(output) == "-":
        sys.stdout.write(render(report, format))
        sys.stdout.flush()  # here, where a full disk is told plainly
    else:
        output.write_text(render(report, format), encoding="utf-8", errors=UNENCODABLE)


def _exit_code(report: Report, fail_on: FailOn) -> int:
    from slrdoctor.core.finding import Severity

    if report.crashed:
        return CANNOT
    worst = report.worst()
    if fail_on is FailOn.never or worst is None:
        return FINE
    return FOUND if worst >= Severity[fail_on.value.upper()] else FINE
