"""The overfit experiment of a run: its report, whose headline is the answer, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from slrdoctor.core import packs
from slrdoctor.core.finding import Severity
from slrdoctor.core.ranking import Diagnosis
from slrdoctor.core.record import Answer
from slrdoctor.core.registry import REGISTRY, Unavailable
from slrdoctor.core.report import Report
from slrdoctor.examination.ending import Ending
from slrdoctor.examination.scan import Step, examined
from slrdoctor.probes.bars import REPRODUCED
from slrdoctor.probes.crossover import Crossover
from slrdoctor.probes.experiment import Experiment


@dataclass(frozen=True)
class Overfit:
    """What the experiment came to. Unavailable in place of the crossover says why it came to none."""

    report: Report
    crossover: Crossover | Unavailable

    @property
    def curves(self) -> list[tuple[str, tuple[tuple[int, float], ...], bool]]:
        """Of every attempt: its name, its losses by step, and whether it is the best of its kind."""
        cells = self.crossover.cells if isinstance(self.crossover, Crossover) else ()
        return [
            (f"{cell.model} on {cell.on}", tuple(attempt.losses), attempt is cell.best)
            for cell in cells
            for attempt in cell.attempts
        ]

    @property
    def levels(self) -> tuple[tuple[str, float], ...]:
        """What the losses are held against: name, nats per token."""
        return self.crossover.lines if isinstance(self.crossover, Crossover) else ()

    @property
    def bar(self) -> float:
        """The loss per token below which samples are memorised."""
        return REPRODUCED

    @property
    def ending(self) -> Ending:
        if self.report.crashed:
            return Ending.NO_RESULT
        if not isinstance(self.crossover, Crossover):
            return Ending.FOUND if _blocking(self.report) else Ending.NO_RESULT
        if self.crossover.culprit == "unknown":
            return Ending.NO_RESULT
        stands_in_the_way = self.report.worst() == Severity.BLOCKS
        return Ending.FOUND if self.crossover.culprit != "none" or stands_in_the_way else Ending.FINE


def overfit(
    path: str | Path = ".",
    *,
    experiment: Experiment,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    jobs: int = 1,
    progress: Step | None = None,
) -> Overfit:
    """Train on a few samples until they are reproduced: where does the fault lie?

    Judged are the data and the experiment, where nothing else is selected. Raises as `scan`.
    """
    packs.load_all()
    select = select or [code for code, check in REGISTRY.checks.items() if check.in_overfit]
    report, facts = examined(Path(path), select, ignore, (), jobs, progress, experiment)
    crossover: Crossover | Unavailable = Unavailable("the run directory holds no samples to train on")
    for case, known in facts:
        if len(case) == 2 and not isinstance(crossover, Crossover):
            try:
                crossover = known.get(Crossover)
            except Unavailable as missing:
                crossover = missing
    return answered(Overfit(report, crossover))


def answered(result: Overfit) -> Overfit:
    """The same, with the answer in the report."""
    return replace(result, report=replace(result.report, answer=_answer(result)))


def _answer(result: Overfit) -> Answer:
    crossover = result.crossover
    in_the_way = _blocking(result.report)
    if not isinstance(crossover, Crossover):
        reason = f"no result: {crossover.reason}"
        if in_the_way is None:
            return Answer("no result", f"{_capital(reason)}.", "", ())
        return Answer("blocked", f"{_capital(_message(in_the_way))}.", _first(in_the_way), ())
    then, sentence = crossover.then, f"{crossover.sentence}."
    in_the_model = _blocking(result.report, of_the_experiment=True)
    if crossover.culprit == "none" and in_the_way is not None:
        then, sentence = _first(in_the_way), f"The data: {_message(in_the_way)}. Even so, {sentence}"
    elif crossover.culprit == "none" and in_the_model is not None:
        then, sentence = _first(in_the_model), f"{_message(in_the_model)}. Even so, {sentence}"
    return Answer(
        badge=_badge(crossover.culprit, in_the_way is not None or in_the_model is not None),
        sentence=_capital(sentence),
        then=f"Next: {then[:1].lower()}{then[1:]}",
        details=(*(cell.sentence for cell in crossover.cells), *crossover.remarks),
    )


def _badge(culprit: str, is_blocked: bool) -> str:
    if culprit == "unknown":
        return "no answer"
    if culprit != "none":
        return f"{culprit} at fault"
    return "blocked" if is_blocked else "reproduced"


def _blocking(report: Report, *, of_the_experiment: bool = False) -> Diagnosis | None:
    """The cause of the first finding that keeps a model from learning, of the data or the experiment."""
    for d in report.diagnoses:
        is_wanted = d.check.family.is_experiment == of_the_experiment
        if d.check.severity == Severity.BLOCKS and is_wanted:
            roots = (c for c in report.diagnoses if c.check.code in d.explained_by and c.is_root)
            return next(roots, d)
    return None


def _message(d: Diagnosis) -> str:
    return d.finding.message.rstrip(".")


def _first(d: Diagnosis) -> str:
    return f"Fix {d.check.code} first."


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
