"""Where a stage, phase or schedule of the training changes, and what the dev loss did there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.training.dev_score import DevScore, Floats, finite, held_out, over
from slrdoctor.facts.training.history import History
from slrdoctor.words.grammar import counted

AROUND = 3  # epochs before and after a change that its effect is measured over
RATE = "learning rate"
RAISED = 3.0  # times: a learning rate that goes up by less is a schedule's noise


@dataclass(frozen=True)
class StageChange:
    """One change, and medians of the dev loss around it."""

    at: float  # the first epoch after it
    what: str  # "stage from 1 to 2", "learning rate from 1e-05 to 0.001"
    before: float
    after: float
    lowest_after: float  # of a running median of three, up to the next change or the end
    step_before: float  # median change from epoch to epoch before it
    score_better: bool  # the dev score comes clearly further after it than before

    @property
    def jumped(self) -> float:
        return over(self.after, self.before)

    @property
    def stayed(self) -> float:
        return over(self.lowest_after, self.before)


@dataclass(frozen=True)
class StageChanges:
    """Every change with enough epochs on both sides to see its effect."""

    changes: tuple[StageChange, ...]
    loss_name: str
    read_from: str

    def named_at(self, epoch: float) -> bool:
        """Whether the run itself calls it a stage that begins at this epoch."""
        return any(c.at == epoch and not c.what.startswith(RATE) for c in self.changes)

    @property
    def sentence(self) -> str:
        places = ", ".join(f"{c.what} at epoch {c.at:g}" for c in self.changes)
        return f"{counted(len(self.changes), 'change')} of stage or schedule ({places})"


@measure
def stage_changes(history: History, run: TrainingRun, score: DevScore | None) -> StageChanges:
    curve = held_out(history, "loss")
    found: dict[float, str] = {}
    for at, what in _changes(history, run):
        if found.get(at, RATE).startswith(RATE):  # of two at one epoch, the named one
            found[at] = what
    if curve is None or not found:
        missing = "dev loss" if curve is None else "stage, phase or jump of the learning rate"
        raise Unavailable(
            f"no {missing} in {history.read_from}",
            "log the dev loss, and the stage as a column of the history",
        )
    epochs, values = finite(curve)
    places = [e for e in sorted(found) if epochs[0] < e <= epochs[-1]]
    changes = []
    for place, following in zip(places, [*places[1:], math.inf], strict=False):
        after = values[(epochs >= place) & (epochs < following)]
        before = values[epochs < place]
        if len(before) >= AROUND and len(after) >= AROUND:
            changes.append(
                StageChange(
                    at=place,
                    what=found[place],
                    before=float(np.median(before[-AROUND:])),
                    after=float(np.median(after[:AROUND])),
                    lowest_after=_lowest(after),
                    step_before=float(np.median(np.abs(np.diff(before)))),
                    score_better=score is not None and _better(score, place, following),
                )
            )
    if not changes:
        raise Unavailable(
            f"no change of stage in {history.read_from} has {AROUND} epochs on both sides",
            "keep the history of all stages in one file",
        )
    return StageChanges(tuple(changes), curve.name, curve.read_from)


def _changes(history: History, run: TrainingRun) -> Iterator[tuple[float, str]]:
    """The first epoch after each change, and what changed there."""
    for curve in history.curves:
        epochs, values = finite(curve)
        if curve.per != "epoch" or len(values) < 2:
            continue
        if curve.quantity == "stage":
            for i in np.flatnonzero(np.diff(values)):
                yield float(epochs[i + 1]), f"{curve.name} from {values[i]:g} to {values[i + 1]:g}"
        if curve.quantity == "learning_rate":
            yield from _raises(epochs, values)
    for file in run.histories:
        # a log's reader counts the rows before the line that begins a stage
        for epoch, text in file.facts.get("stages", ()):
            yield float(epoch), str(text)[:60]


def _raises(epochs: Floats, values: Floats) -> Iterator[tuple[float, str]]:
    """Where a learning rate jumps up after it had come down: a warm-up never comes down first."""
    peak = np.maximum.accumulate(values)
    for i in np.flatnonzero((values[1:] > RAISED * values[:-1]) & (values[:-1] < peak[:-1])):
        yield float(epochs[i + 1]), f"{RATE} from {values[i]:.2g} to {values[i + 1]:.2g}"


def _lowest(values: Floats) -> float:
    """The lowest median of three neighbours: one lucky epoch is no return."""
    places = range(max(1, len(values) - AROUND + 1))
    return float(min(np.median(values[i : i + AROUND]) for i in places))


def _better(score: DevScore, place: float, following: float) -> bool:
    """Whether the score came further than before, by more than it usually changes in an epoch.

    As for the loss, a running median of three decides: in a noisy curve of many epochs the best one
    is luck.
    """
    ahead = score.sign * score.values[score.epochs < place]
    after = score.sign * score.values[(score.epochs >= place) & (score.epochs < following)]
    if not len(ahead) or not len(after):
        return False
    usual = float(np.median(np.abs(np.diff(ahead)))) if len(ahead) > AROUND else 0.0
    return -_lowest(-after) > -_lowest(-ahead) + usual
