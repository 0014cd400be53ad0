"""`slrdoctor scan`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from slrdoctor.cli import options
from slrdoctor.cli.exits import FINE, FOUND, cannot, code_of, told_plainly
from slrdoctor.models.device import Device


def scan(
    run_dir: options.RunDir = Path(),
    format: options.Format = "text",
    output: options.Output = options.STANDARD_OUTPUT,
    fail_on: Annotated[
        options.FailOn, typer.Option("--fail-on", help="Exit with 1 at this severity or above.")
    ] = options.FailOn.misleads,
    select: options.Select = None,
    verify: options.Verify = "",
    ignore: options.Ignore = None,
    checks: options.Checks = None,
    model: Annotated[
        str,
        typer.Option("--model", help="Run this too, in a child process: path/to/file.py:factory"),
    ] = "",
    device: Annotated[Device, typer.Option("--device", help="Where to run it.")] = Device.auto,
    jobs: Annotated[
        int, typer.Option("--jobs", min=0, help="Processes that read features; 0 is all cores.")
    ] = 0,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Examine a run directory and print a ranked diagnosis. Runs none of your code."""
    with told_plainly(verbose):
        from slrdoctor.cli.output import check_output, write_report
        from slrdoctor.cli.progress import shown_on_stderr
        from slrdoctor.core.finding import Severity
        from slrdoctor.core.verification import is_fixed, verified
        from slrdoctor.examination.ending import ending_of
        from slrdoctor.examination.model_spec import checked_model
        from slrdoctor.examination.scan import scan as examine
        from slrdoctor.examination.scan import untried_model
        from slrdoctor.probes.experiment import Experiment

        check_output(format, output)
        for folder in checks or ():
            if not folder.is_dir():
                raise cannot(f"--checks {folder} is not a folder")
        spec = checked_model(model, run_dir, bundled=False)
        experiment = Experiment(trains=False, model=spec, device=device.value, folder=run_dir)
        with shown_on_stderr(hidden=quiet) as step:
            report = examine(
                run_dir,
                select=options.one_code(verify) or options.codes(select),
                ignore=options.codes(ignore),
                checks=checks or (),
                jobs=jobs or options.cores(),
                progress=step,
                experiment=experiment if model else None,
            )
        if verify:
            report = verified(report, options.one_code(verify)[0])
        write_report(report, format, output, quiet or bool(verify), verbose)
        untried = untried_model(report) if model else ""
        if untried:
            # it was asked for: not looked at must not pass for fine
            raise cannot(f"--model {model} was not looked at: {untried}")
        if verify:
            raise typer.Exit(FINE if is_fixed(report) else FOUND)
        never = fail_on is options.FailOn.never
        limit = None if never else Severity[fail_on.value.upper()]
    raise typer.Exit(code_of(ending_of(report, limit)))
