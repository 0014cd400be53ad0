"""`slrdoctor overfit`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from slrdoctor.cli import options
from slrdoctor.cli.exits import cannot, code_of, told_plainly
from slrdoctor.models.device import Device


def overfit(
    run_dir: options.RunDir = Path(),
    samples: Annotated[int, typer.Option("--samples", min=1, max=64, help="Samples to train on.")] = 5,
    model: Annotated[
        str, typer.Option("--model", help="A reference model, or yours: path/to/file.py:factory")
    ] = "",
    device: Annotated[Device, typer.Option("--device", help="Where to train.")] = Device.auto,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Which samples, and which weights.")] = 0,
    seconds: Annotated[
        float, typer.Option("--seconds", min=5, help="Time for all trainings together.")
    ] = 240.0,
    memory: Annotated[
        float, typer.Option("--memory", min=0, help="GiB for the model; 0: half of what is free.")
    ] = 0.0,
    picture: Annotated[
        Path | None, typer.Option("--picture", help="Draw the loss curves into this file.")
    ] = None,
    format: options.Format = "text",
    output: options.Output = options.STANDARD_OUTPUT,
    ignore: options.Ignore = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Train on a few samples until they are reproduced: is it the data, the model or the loss?

    Exit code 0: they are reproduced, and nothing stands in the way. 1: they are not, and the report says
    why. 2: the experiment came to no result.
    """
    with told_plainly(verbose):
        from slrdoctor.cli.output import check_output, write_report
        from slrdoctor.cli.picture import check_picture, draw
        from slrdoctor.cli.progress import stages_on_stderr
        from slrdoctor.examination import overfit as examination
        from slrdoctor.examination.model_spec import checked_model, configured_model
        from slrdoctor.extras import demand
        from slrdoctor.probes.experiment import GIB, Experiment

        demand("torch", "slrdoctor overfit")
        check_output(format, output)
        check_picture(picture)
        if not (seconds < math.inf and memory < math.inf):
            raise cannot(
                "--seconds and --memory must be finite: a model that hangs would never be ended"
            )
        with stages_on_stderr(hidden=quiet) as tell:
            experiment = Experiment(
                samples=samples,
                seed=seed,
                device=device.value,
                seconds=seconds,
                memory=int(memory * GIB),
                model=checked_model(model, run_dir, bundled=True) or configured_model(run_dir),
                folder=run_dir,
                tell=tell,
            )
            result = examination.overfit(
                run_dir, experiment=experiment, ignore=options.codes(ignore), jobs=options.cores()
            )
        draw(result, picture)
        write_report(result.report, format, output, quiet, verbose)
    raise typer.Exit(code_of(result.ending))
