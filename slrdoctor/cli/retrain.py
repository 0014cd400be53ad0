"""`slrdoctor retrain`."""

from __future__ import annotations

import enum
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from slrdoctor.cli.exits import CANNOT, FINE, FOUND, cannot, told_plainly
from slrdoctor.models.device import Device
from slrdoctor.words.controls import escaped, one_line

if TYPE_CHECKING:
    from slrdoctor.core.report import Report
    from slrdoctor.retraining.comparison import Side
    from slrdoctor.retraining.plan import Options
    from slrdoctor.retraining.pointing import Subject
    from slrdoctor.retraining.session import Outcome


class Recipe(str, enum.Enum):
    plain = "plain"
    phased = "phased"


class Format(str, enum.Enum):
    text = "text"
    json = "json"


def retrain(
    run_dir: Annotated[Path, typer.Argument(help="The run directory.")],
    out: Annotated[Path, typer.Option("--out", help="The folder of the new run.")],
    model: Annotated[
        str,
        typer.Option("--model", help="A reference model.", show_default="by the run's task"),
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
    format: Annotated[Format, typer.Option("--format")] = Format.text,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tracebacks too.")] = False,
) -> None:
    """Train a reference model on the run's own data with a sound recipe, and compare."""
    with told_plainly(verbose):
        from slrdoctor.extras import demand
        from slrdoctor.retraining.plan import CannotRetrain, Options

        demand("torch", "slrdoctor retrain")
        if learning_rate is not None and not 0 < learning_rate < math.inf:
            raise cannot(f"--learning-rate {learning_rate} is no learning rate")
        if minutes is not None and not minutes > 0:
            raise cannot(f"--minutes {minutes} leaves no time to train")
        options = Options(model, recipe.value, epochs, batch_size, learning_rate, seed, device.value)
        try:
            report = _retrain(run_dir, out, options, minutes, force, format is Format.json, quiet)
        except CannotRetrain as refused:
            raise cannot(str(refused)) from None
        except KeyboardInterrupt as by:
            if not (out / "last.pt").is_file():
                raise
            raise KeyboardInterrupt(f"{by}; the same command goes on in {out}".lstrip("; ")) from None
        raise typer.Exit(_exit_code(report))


def _retrain(
    run_dir: Path,
    out: Path,
    options: Options,
    minutes: float | None,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> Report:
    from slrdoctor.cli.progress import shown_on_stderr
    from slrdoctor.examination import scan as examination
    from slrdoctor.retraining import session

    def tell(line: str) -> None:
        if not quiet:
            print(one_line(line), file=sys.stderr, flush=True)

    with shown_on_stderr(hidden=quiet) as step:
        subject, case = _subject(run_dir, step, tell)
    limit = math.inf if minutes is None else minutes
    outcome = session.retrain(subject, out, options, force=force, minutes=limit, tell=tell)
    tell("scanning both runs")
    theirs, ours = examination.scan(run_dir), examination.scan(out)
    said = _Said.of(subject, case, outcome, theirs, ours)
    _print(said, as_json)
    if outcome.is_over:
        session.finish(out)
    return ours


def _subject(run_dir: Path, step: Any, tell: Any) -> tuple[Subject, str]:
    """The first training run of the directory that has samples to train on, and its name."""
    from slrdoctor.core.engine import MeasureCrashed
    from slrdoctor.core.registry import Unavailable
    from slrdoctor.examination import scan as examination
    from slrdoctor.facts.features.join import Join
    from slrdoctor.facts.labels.samples import Samples
    from slrdoctor.probes.trainable import Trainable
    from slrdoctor.retraining.plan import CannotRetrain
    from slrdoctor.retraining.pointing import Subject

    run, cases = examination.opened(run_dir, progress=step)
    data_of = {(data.name, r.name): data for data, runs in run.cases for r in runs}
    why = ""
    for case, known in cases:
        try:
            found = [known.get(fact) for fact in (Samples, Join, Trainable)]
        except (Unavailable, MeasureCrashed) as missing:
            why = why or str(missing)
            continue
        samples, join, trainable = found
        assert isinstance(samples, Samples) and isinstance(join, Join)
        assert isinstance(trainable, Trainable)
        name = "/".join(part for part in case if part)
        if len(cases) > 1:
            tell(f"of {len(cases)} runs in {run_dir} this takes {name}")
        data = data_of[case[0], case[1]]
        return Subject(run.path, data, run.settings, samples, join, trainable), name
    raise CannotRetrain(f"nothing in {run_dir} can be trained on: {why or 'no training run is there'}")


@dataclass(frozen=True)
class _Said:
    """What is printed at the end."""

    outcome: Outcome
    report: Report
    yours: Side
    retrained: Side
    meaning: str

    @classmethod
    def of(cls, subject: Subject, case: str, outcome: Outcome, theirs: Report, ours: Report) -> _Said:
        from dataclasses import replace

        from slrdoctor.retraining.comparison import known_better, meaning, side

        task = outcome.plan.task
        own = {case, case.rpartition("/")[0], ""}
        yours = side(
            theirs.facts, [f for f in theirs.findings if own & set(f["cases"] or [""])], task, case
        )
        retrained = known_better(
            side(ours.facts, ours.findings, task),
            outcome.dev_loss / outcome.anchors.dev_floor,
            outcome.train_loss / outcome.anchors.floor,
            outcome.anchors.blind,
        )
        retrained = replace(retrained, parameters=outcome.parameters, samples=outcome.plan.dev)
        said = meaning(yours, retrained, _splits(subject, outcome), outcome.was_cut)
        return cls(outcome, ours, yours, retrained, said)

    def as_dict(self) -> dict[str, Any]:
        from slrdoctor.core.plain import plain
        from slrdoctor.retraining.comparison import rows

        outcome = self.outcome
        document = {
            "plan": outcome.plan.as_dict(),
            "ended": outcome.ended,
            "best_epoch": outcome.best_epoch,
            "phases": [plain(target) | {"held": target.held} for target in outcome.phases],
            "comparison": {
                "yours": plain(self.yours),
                "retrained": plain(self.retrained),
                "table": [list(row) for row in rows(self.yours, self.retrained)],
                "meaning": self.meaning,
            },
        }
        written: dict[str, Any] = {
            "schema_version": 1,
            "retrain": plain(document, listed=None),
            "report": self.report.as_dict(),
        }
        return written


def _splits(subject: Subject, outcome: Outcome) -> str:
    """What the two runs were scored on, in words that are true of both."""
    dev = [row for row in subject.samples.rows if row.split == "dev"]
    if not dev:
        return f"on {outcome.plan.dev} samples that it held out of your training data"
    left = len(dev) - outcome.plan.dev
    if left > 0:
        return f"on the {outcome.plan.dev} of {len(dev)} dev samples that your run can be trained on"
    return "on the same splits"


def _print(said: _Said, as_json: bool) -> None:
    if as_json:
        import json

        print(escaped(json.dumps(said.as_dict(), ensure_ascii=False, indent=1)))
        return
    from rich.console import Console
    from rich.table import Table

    from slrdoctor.render import text
    from slrdoctor.retraining import phases
    from slrdoctor.retraining.comparison import rows

    console = Console(highlight=False, markup=False, emoji=False)
    text.show(said.report, console)
    for line in phases.told(said.outcome.phases):
        console.print(one_line(line))
    table = Table("", "yours", "retrained", box=None, pad_edge=False)
    for row in rows(said.yours, said.retrained):
        table.add_row(*map(one_line, row))
    console.print()
    console.print(table)
    console.print()
    console.print(one_line(said.meaning[0].upper() + said.meaning[1:] + "."))


def _exit_code(report: Report) -> int:
    from slrdoctor.core.finding import Severity

    if report.crashed:
        return CANNOT
    worst = report.worst()
    return FOUND if worst is not None and worst >= Severity.BLOCKS else FINE
