"""`slrdoctor overfit`."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from slrdoctor.cli.exits import CANNOT, FINE, FOUND, UNENCODABLE, cannot, told_plainly
from slrdoctor.cli.scan import FailOn
from slrdoctor.cli.streams import unguarded
from slrdoctor.models.device import Device
from slrdoctor.words.controls import one_line

if TYPE_CHECKING:
    from slrdoctor.core.registry import Unavailable
    from slrdoctor.core.report import Report
    from slrdoctor.probes.crossover import Crossover

PICTURE = Path("slrdoctor-overfit.png")


def overfit(
    run_dir: Annotated[
        Path, typer.Argument(help="The run directory.", show_default="this one")
    ] = Path(),
    samples: Annotated[int, typer.Option("--samples", min=1, max=64, help="Samples to train on.")] = 5,
    model: Annotated[
        str,
        typer.Option(
            "--model", help="Your model as path/to/file.py:factory, or the name of a reference model."
        ),
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
        Path, typer.Option("--picture", help="Draw the loss curves into this file.")
    ] = PICTURE,
    no_picture: Annotated[bool, typer.Option("--no-picture", help="Draw nothing.")] = False,
    format: Annotated[
        str, typer.Option("--format", help="text, json, or another of the output formats.")
    ] = "text",
    output: Annotated[
        Path, typer.Option("--output", help="Write to this file.", show_default="standard output")
    ] = Path("-"),
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", help="Not these codes or prefixes.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the answer.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Everything, tracebacks too.")
    ] = False,
) -> None:
    """Train on a few samples until they are reproduced: is it the data, the model or the loss?

    Exit code 0: they are reproduced, and nothing stands in the way. 1: they are not, and the report says
    why. 2: the experiment came to no result.
    """
    with told_plainly(verbose):
        from slrdoctor.cli.scan import _codes, _cores, _known_format
        from slrdoctor.examination import scan as examination
        from slrdoctor.extras import demand
        from slrdoctor.probes.experiment import GIB, Experiment

        demand("torch", "slrdoctor overfit")
        _known_format(format)
        _known_model(model, run_dir)
        _has_place(output, "--output")
        if not no_picture:
            _has_place(picture, "--picture")
            _is_drawable(picture)
        if not no_picture and picture != PICTURE:
            demand("matplotlib", "--picture")
        if not seconds < math.inf or not memory < math.inf:
            raise cannot(
                "--seconds and --memory must be finite: of a model that hangs nobody would hear"
            )
        with _told_on_stderr(quiet) as tell:
            experiment = Experiment(
                samples=samples,
                seed=seed,
                device=device.value,
                seconds=seconds,
                memory=int(memory * GIB),
                model=model or _configured(run_dir),
                folder=run_dir,
                tell=tell,
            )
            report, answer = examination.overfit(
                run_dir, experiment=experiment, ignore=_codes(ignore), jobs=_cores()
            )
        drawn = _draw(answer, report, None if no_picture else picture)
        _write(report, answer, drawn, format, output, quiet, verbose)
    raise typer.Exit(_exit_code(report, answer))


def _has_place(path: Path, option: str) -> None:
    """Refuse before the experiment what could not be written after it."""
    if str(path) == "-":
        return
    if path.is_dir():
        raise cannot(f"{option} {path} is a folder: name a file")
    if not path.parent.is_dir():
        raise cannot(f"{option} {path}: there is no folder {path.parent}")


def _is_drawable(picture: Path) -> None:
    from slrdoctor.render._curves import SUFFIXES

    if picture.suffix.lower() not in SUFFIXES:
        raise cannot(f"--picture {picture}: give a name that ends in {', '.join(SUFFIXES)}")


def _known_model(model: str, run_dir: Path) -> None:
    """Refuse at once what is neither a file nor a reference model."""
    from slrdoctor.models import reference as reference_models
    from slrdoctor.probes.experiment import is_file_spec, path_of_spec

    if not model:
        return
    if is_file_spec(model):
        path = path_of_spec(model, run_dir)[0]
        if not path.is_file():
            raise cannot(f"--model {model}: there is no file {path}, and none of that name in {run_dir}")
        return
    try:
        reference_models.path_of(model)
    except ValueError as unknown:
        raise cannot(
            f"--model {model}: {unknown}; a model of your own is path/to/file.py:factory"
        ) from None


def _configured(run_dir: Path) -> str:
    """[model] factory of slrdoctor.toml: whoever calls this command asks for it to be run."""
    from slrdoctor.artifacts.settings.read import read_settings

    return read_settings(run_dir).factory if run_dir.is_dir() else ""


@contextmanager
def _told_on_stderr(quiet: bool) -> Iterator[Callable[[str, int, int], None] | None]:
    """A line on standard error: overwritten on a terminal, else one a stage."""
    if quiet:
        yield None
        return
    is_terminal = sys.stderr.isatty()
    last = ""

    def tell(what: str, done: int, total: int) -> None:
        nonlocal last
        stage = what.partition(": loss")[0]
        if is_terminal:
            width = min(100, _columns() - 1)
            line = f"{one_line(what)} ({done} of {total})"
            print(f"\r\x1b[2K{line:.{width}}", end="", file=unguarded(sys.stderr), flush=True)
        elif stage != last:
            print(one_line(stage), file=sys.stderr, flush=True)
        last = stage

    try:
        yield tell
    finally:
        if is_terminal:
            print("\r\x1b[2K", end="", file=unguarded(sys.stderr), flush=True)


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return 80


def _draw(answer: Crossover | Unavailable, report: Report, picture: Path | None) -> Path | None:
    from slrdoctor.probes.crossover import Crossover

    if picture is None or not isinstance(answer, Crossover):
        return None
    from slrdoctor.extras import PackageMissing
    from slrdoctor.render._curves import draw_curves

    try:
        draw_curves(answer, picture)
    except (OSError, PackageMissing) as error:
        # the answer is worth more than its picture
        print(f"slrdoctor: the curves were not drawn: {error}", file=sys.stderr)
        return None
    return picture


def _write(
    report: Report,
    answer: Crossover | Unavailable,
    drawn: Path | None,
    format: str,
    output: Path,
    quiet: bool,
    verbose: bool,
) -> None:
    from slrdoctor.render import render

    if format != "text" or str(output) != "-":
        text = render(report, format)
        if format == "text":
            text = "\n".join(map(one_line, _lines(report, answer, drawn))) + "\n\n" + text
        if str(output) == "-":
            sys.stdout.write(text)
            sys.stdout.flush()
        else:
            output.write_text(text, encoding="utf-8", errors=UNENCODABLE)
        return
    from rich.console import Console

    from slrdoctor.render import text as terminal

    console = Console(highlight=False)
    first, *rest = map(one_line, _lines(report, answer, drawn))
    console.print(first, style="bold", markup=False, emoji=False)
    if not quiet:
        for line in rest:
            console.print(line, style="dim", markup=False, emoji=False)
        console.print()
        terminal.show(report, console, verbose=verbose)


def _lines(report: Report, answer: Crossover | Unavailable, drawn: Path | None) -> Iterator[str]:
    from slrdoctor.probes.crossover import Crossover

    if not isinstance(answer, Crossover):
        yield _capital(_blocked(report) or f"No result: {answer.reason}") + "."
        return
    blocking = _blocked(report)
    if answer.culprit == "none" and blocking:
        yield f"The data: {blocking}. Even so, {answer.told}."
    elif answer.culprit == "none" and (blocking := _blocked(report, of_the_experiment=True)):
        yield f"{_capital(blocking)}. Even so, {answer.told}."
    else:
        yield f"{_capital(answer.told)}."
    yield f"Next: {answer.then}"
    for cell in answer.cells:
        yield f"  {cell.sentence}"
    for remark in answer.remarks:
        yield f"  {remark}"
    if drawn is not None:
        yield f"  loss curves: {drawn}"


def _blocked(report: Report, of_the_experiment: bool = False) -> str:
    """The cause of the first finding that keeps a model from learning, of the data or the experiment."""
    from slrdoctor.core.finding import Severity

    for d in report.diagnoses:
        is_wanted = d.check.family.is_experiment == of_the_experiment
        if d.check.severity == Severity.BLOCKS and is_wanted:
            causes = (c for c in report.diagnoses if c.check.code in d.explained_by and c.is_root)
            return next(causes, d).finding.message.rstrip(".")
    return ""


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _exit_code(report: Report, answer: Crossover | Unavailable) -> int:
    from slrdoctor.probes.crossover import Crossover

    if report.crashed:
        return CANNOT
    if not isinstance(answer, Crossover):
        return FOUND if _blocked(report) else CANNOT
    if answer.culprit == "unknown":
        return CANNOT
    worst = report.worst()
    stands_in_the_way = worst is not None and worst.word == FailOn.blocks.value
    return FOUND if answer.culprit != "none" or stands_in_the_way else FINE
