"""`slrdoctor retrain`."""

from __future__ import annotations

import enum
import math
from pathlib import Path
from typing import Annotated

import typer

from slrdoctor.cli import options
from slrdoctor.cli.exits import cannot, code_of, told_plainly
from slrdoctor.models.device import Device


class Recipe(str, enum.Enum):
    plain = "plain"
    phased = "phased"


def retrain(
    run_dir: Annotated[Path, typer.Argument(help="The run directory.")],
    out: Annotated[Path, typer.Option("--out", help="The folder of the new run.")],
    model: Annotated[
        str, typer.Option("--model", help="A reference model.", show_default="by the run's task")
    ] = "",
    recipe: Annotated[
        Recipe, typer.Option("--recipe", help="phased: four phases with targets, for CTC.")
    ] = Recipe.plain,
    epochs: Annotated[int | None, typer.Option("--epochs", min=1, help="At most so many.")] = None,
    batch_size: Annotated[int | None, typer.Option("--batch-size", min=1)] = None,
    learning_rate: Annotated[
        float | None, typer.Option("--learning-rate", show_default="the model's own")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0)] = 0,
    device: Annotated[Device, typer.Option("--device")] = Device.auto,
    minutes: Annotated[
        float | None,
        typer.Option("--minutes", help="Stop training after these; the same command goes on."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Start anew where --out holds another run.")
    ] = False,
    format: options.Format = "text",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    verbose: options.Tracebacks = False,
) -> None:
    """Train a reference model on the run's own data with a sound recipe, and compare."""
    with told_plainly(verbose):
        from slrdoctor.cli.output import check_output, write_comparison
        from slrdoctor.cli.progress import lines_on_stderr, shown_on_stderr
        from slrdoctor.extras import demand

        demand("torch", "slrdoctor retrain")
        from slrdoctor.examination import retraining
        from slrdoctor.retraining.plan import Options

        check_output(format, options.STANDARD_OUTPUT)
        if learning_rate is not None and not 0 < learning_rate < math.inf:
            raise cannot(f"--learning-rate {learning_rate} must be above 0 and finite")
        if minutes is not None and not minutes > 0:
            raise cannot(f"--minutes {minutes} leaves no time to train")
        wanted = Options(model, recipe.value, epochs, batch_size, learning_rate, seed, device.value)
        limit, tell = math.inf if minutes is None else minutes, lines_on_stderr(hidden=quiet)
        try:
            with shown_on_stderr(hidden=quiet) as step:
                subject = retraining.subject_of(run_dir, step, tell)
            result = retraining.retrain(subject, out, wanted, minutes=limit, force=force, tell=tell)
        except KeyboardInterrupt as by:
            if not (out / "last.pt").is_file():
                raise
            raise KeyboardInterrupt(f"{by}; the same command goes on in {out}".lstrip("; ")) from None
        write_comparison(result, format)
    raise typer.Exit(code_of(result.ending))
