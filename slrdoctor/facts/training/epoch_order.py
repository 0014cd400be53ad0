"""Whether the epochs of a history tell of one run, once, in order."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.run import HistoryFile, Scalar, TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.training.dev_score import Floats
from slrdoctor.words.grammar import counted

COPIED = 3  # rows: a last epoch that is logged once more after training is no broken history
INTERLEAVED = 0.25  # restarts a row: two runs that write in turns go back at every second row
FEWEST_RESTARTS = 3


@dataclass(frozen=True)
class Disorder:
    """One fault in the order of a history file's epochs."""

    kind: str  # "several runs" | "interleaved" | "duplicate"
    where: str
    series: str
    epochs: tuple[float, ...]  # the first few epochs that it is about
    rows: int  # rows that belong to something else than one run in order
    total: int
    restarts: int


@dataclass(frozen=True)
class EpochOrder:
    """The order of the epochs in every history file of a run."""

    faults: tuple[Disorder, ...]
    header_only: tuple[str, ...]  # tables without a row, where no other file has one either
    resumes: int  # places where a run went back a few epochs and went on from there
    files: int
    read_from: str

    @property
    def sentence(self) -> str:
        if self.faults:
            return "; ".join(
                f"{f.rows} of {f.total} rows in {f.where} are out of order" for f in self.faults
            )
        if self.header_only:
            return f"{', '.join(self.header_only)} without a single row"
        resumed = f", resumed {counted(self.resumes, 'time')}" if self.resumes else ""
        return f"the epochs in {self.read_from} follow one another{resumed}"


@measure
def epoch_order(run: TrainingRun) -> EpochOrder:
    if not run.histories:
        raise Unavailable("looked for a history or a log", "keep the history of the run in its folder")
    stuck = _stuck(run)
    if stuck:
        raise Unavailable(stuck, "log the number of the epoch in every row")
    faults, resumes = [], 0
    for file in run.histories:
        found = [judged(series, file.where) for series in _epoch_series(file)]
        resumes += max((r for _, r in found), default=0)
        # every series of a file repeats its fault: the longest tells of it
        faults += [fault for fault, _ in found if fault is not None][:1]
    empty = tuple(
        f.where for f in run.histories if not f.started and f.format in ("csv", "tsv", "table")
    )
    return EpochOrder(
        faults=tuple(faults),
        header_only=empty if not any(f.started for f in run.histories) else (),
        resumes=resumes,
        files=len(run.histories),
        read_from=", ".join(dict.fromkeys(f.where for f in run.histories)),
    )


def _stuck(run: TrainingRun) -> str:
    """What is wrong with an epoch that is the same in every row; "" where one rises anywhere."""
    longest = [(series, file.where) for file in run.histories for series in _epoch_series(file)[:1]]
    if not longest or any(not _never_rises(np.asarray(series.epochs)) for series, _ in longest):
        return ""
    series, where = max(longest, key=lambda each: len(each[0].epochs))
    count = len(series.epochs)
    return f"the epoch is {series.epochs[0]:g} in all {count} rows of {where}, so their order is unknown"


def _never_rises(epochs: Floats) -> bool:
    """Whether several rows all have one epoch: its counter was never raised, or there was only one."""
    return bool(len(epochs) > 2 and np.all(epochs == epochs[0]))


def _epoch_series(file: HistoryFile) -> list[Scalar]:
    """The series that have one value an epoch, the longest first, losses before scores."""
    series = [
        s for s in file.series if s.per == "epoch" and s.quantity not in ("learning_rate", "other")
    ]
    return sorted(series, key=lambda s: (-len(s.epochs), s.quantity != "loss", s.split != "train"))


def judged(series: Scalar, where: str) -> tuple[Disorder | None, int]:
    """What is wrong with the order of a series, if anything, and how often the run was resumed."""
    epochs, values = np.asarray(series.epochs, np.float64), np.asarray(series.values, np.float64)
    known = ~np.isnan(epochs)
    epochs, values = epochs[known], values[known]
    if _never_rises(epochs):
        return None, 0
    if len(epochs) > 2 and epochs[-1] == epochs[-2] and np.all(np.diff(epochs[:-1]) > 0):
        # scored once more after the training: no run begins at the last epoch of another
        epochs, values = epochs[:-1], values[:-1]
    starts = [0, *(np.flatnonzero(np.diff(epochs) <= 0) + 1).tolist(), len(epochs)]
    segments = [(epochs[a:b], values[a:b]) for a, b in itertools.pairwise(starts)]
    if len(segments) < 2 or _each_row_twice(epochs, values):
        return None, 0
    restarts, copies = len(segments) - 1, _copies(epochs, values)

    def fault(kind: str, about: list[float], rows: int) -> tuple[Disorder, int]:
        first = tuple(dict.fromkeys(about))[:5]
        return Disorder(kind, where, series.name, first, rows, len(epochs), restarts), 0

    again = [float(later[0][0]) for later in segments[1:]]
    repeated_epochs = len(epochs) - len(np.unique(epochs))
    if restarts >= FEWEST_RESTARTS and 2 * copies.sum() >= max(1, repeated_epochs):
        return fault("duplicate", epochs[copies].tolist(), int(copies.sum()))
    if restarts >= FEWEST_RESTARTS and restarts >= INTERLEAVED * len(epochs):
        if _several_an_epoch(epochs, values):
            return None, 0
        return fault("interleaved", again, max(restarts, repeated_epochs))
    strays = 0
    for at, (earlier, later) in enumerate(itertools.pairwise(segments), 1):
        repeated = int(copies[starts[at] : starts[at + 1]].sum())
        if repeated == len(later[0]):
            strays += repeated  # a copy that does not go on is no resumed run
        elif not repeated and not _continues(earlier, later):
            return fault("several runs", [float(later[0][0])], sum(len(s[0]) for s in segments[at:]))
    if strays >= COPIED:
        return fault("duplicate", epochs[copies].tolist(), strays)
    return None, restarts


def _copies(epochs: Floats, values: Floats) -> NDArray[np.bool_]:
    """Which rows repeat an earlier one to the last digit."""
    seen: set[tuple[float, float]] = set()
    repeats = []
    for pair in zip(epochs.tolist(), values.tolist(), strict=True):
        repeats.append(pair in seen)
        seen.add(pair)
    return np.array(repeats, dtype=bool)


def _each_row_twice(epochs: Floats, values: Floats) -> bool:
    """Whether every row stands twice in a row: a logger with two outputs, which misleads nobody."""
    pairs = np.stack([epochs, values])
    return bool(np.array_equal(pairs[:, ::2], pairs[:, 1::2], equal_nan=True))


def _continues(earlier: tuple[Floats, Floats], later: tuple[Floats, Floats]) -> bool:
    """Whether a run that goes back in its epochs goes on from its own earlier values.

    A second run begins where the first had begun; a resumed one near the value that the
    first had at that epoch, or at its end where the counter began again.
    """
    epochs, values = (a[np.isfinite(earlier[1])] for a in earlier)
    after = later[1][np.isfinite(later[1])]
    if not len(values) or not len(after):
        return bool(later[0][0] > earlier[0][0])
    start, end = float(values[0]), float(values[-1])
    before = values[epochs < later[0][0]]
    expected = float(before[-1]) if len(before) else end
    if abs(start - end) < 0.1 * abs(start):  # a flat curve: its values tell nothing
        return bool(later[0][0] > epochs[0])
    if not len(before) and later[0][0] <= epochs[0]:
        return bool(abs(after[0] - end) < 0.5 * abs(start - end))
    return bool(abs(after[0] - expected) <= 0.5 * abs(start - end))


def _several_an_epoch(epochs: Floats, values: Floats) -> bool:
    """Whether equal epochs are several evaluations in one: as many in each, and no zigzag."""
    if np.any(np.diff(epochs) < 0):
        return False
    _, counts = np.unique(epochs, return_counts=True)
    if len(counts) < 3 or counts.min() < 2 or counts[:-1].max() != counts[:-1].min():
        return False
    change = np.diff(values)
    change = change[change != 0]
    turns = np.mean(np.sign(change[1:]) != np.sign(change[:-1])) if len(change) > 1 else 0.0
    return bool(turns < 0.8)  # noise turns at two of three steps, two runs in turns at nearly all
