"""Collect what a history file says, reading by reading, into the series of one run."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field

from slrdoctor.artifacts.run import Scalar
from slrdoctor.artifacts.series_names import Meaning

MOST_POINTS = 20_000  # of one series; a longer one is thinned to every second point, again and again
# scores that are computed by decoding, which runs seldom do on training data
DECODED = frozenset(
    ("wer", "cer", "bleu", "bleu1", "bleu2", "bleu3", "rouge", "chrf", "part_wer", "substitutions", "deletions",
     "insertions", "sentence_accuracy", "recall", "recall5", "recall10", "meteor", "cider", "dtw", "possim", "negsim")
)  # fmt: skip


@dataclass
class _Column:
    """The readings of one name; `means` sums the finite ones of each epoch."""

    name: str
    split: str
    quantity: str
    per: str
    at: array[float] = field(default_factory=lambda: array("d"))
    values: array[float] = field(default_factory=lambda: array("d"))
    means: dict[float, tuple[float, int]] = field(default_factory=dict)
    _every: int = 1  # one of how many readings is kept
    _seen: int = 0
    _broken: bool = False  # a reading that is not finite was kept

    def append(self, at: float, value: float, epoch: float | None) -> None:
        if epoch is not None:
            total, count = self.means.get(epoch, (0.0, 0))
            self.means[epoch] = (total + value, count + 1) if math.isfinite(value) else (total, count)
        first_broken = not self._broken and not math.isfinite(value)
        if self._seen % self._every == 0 or first_broken:
            self._broken |= first_broken
            self.at.append(at)
            self.values.append(value)
        self._seen += 1
        if len(self.values) > MOST_POINTS:
            del self.at[1::2], self.values[1::2]
            self._every *= 2

    def tells(self) -> tuple[str, str, str]:
        """Of what: parts of a loss and other figures are told apart by their names as well."""
        return self.split, self.quantity, self.name if self.quantity in ("part_loss", "other") else ""

    def scalar(self) -> Scalar:
        return Scalar(self.name, self.split, self.quantity, tuple(self.at), tuple(self.values), self.per)


class SeriesOfRun:
    """The series of one run while its file is being read."""

    def __init__(self) -> None:
        self._columns: dict[tuple[str, str, str], _Column] = {}

    def __bool__(self) -> bool:
        return bool(self._columns)

    def read(
        self,
        name: str,
        meaning: Meaning,
        at: float,
        value: float,
        per: str = "epoch",
        epoch: float | None = None,
        last: bool = False,
    ) -> None:
        """One reading. `at` is its epoch, or its step where `per` is "step".

        A reading within an epoch (a batch) gives `epoch` as well: where nothing else tells
        of the epoch, its readings' mean does, or the `last` of them that a progress bar shows.
        """
        key = (name, meaning.split, per)
        if key not in self._columns:
            self._columns[key] = _Column(name, meaning.split, meaning.quantity, per)
        self._columns[key].append(at, value, epoch)
        if last and epoch is not None:
            self._columns[key].means[epoch] = (value, 1)

    def has(self, quantity: str) -> bool:
        return any(column.quantity == quantity for column in self._columns.values())

    def finished(self, split: str = "", unfinished: float | None = None) -> tuple[Scalar, ...]:
        """The series, each with its split settled as far as the file tells.

        `split` is what the file's place says, for a file whose names say nothing;
        `unfinished` is an epoch that ended before its last batch: it gets no mean.
        """
        columns = [_within_epochs(column) for column in self._columns.values()]
        if split and not any(c.split for c in columns if c.quantity != "learning_rate"):
            for column in columns:
                column.split = split
        _settle_splits(columns)
        known = {column.tells() for column in columns if column.per == "epoch"}
        series = [column.scalar() for column in columns]
        for column in columns:
            if column.per == "step" and column.tells() not in known:
                known.add(column.tells())
                series.append(_mean_by_epoch(column, unfinished))
        return tuple(scalar for scalar in series if scalar.values)


def _within_epochs(column: _Column) -> _Column:
    """A series with several values in a row for most epochs is one of steps, whatever its lines said.

    Not so for dev and test: evaluating twice an epoch is rare, two runs in one file are not.
    """
    different = len(set(column.at))
    again = sum(a == b for a, b in zip(column.at, column.at[1:]))
    if column.per == "epoch" and column.split in ("", "train") and again > different / 2:
        column.per = "step"
        column.means = {}
        for at, value in zip(column.at, column.values):
            total, count = column.means.get(at, (0.0, 0))
            column.means[at] = (total + value, count + 1) if math.isfinite(value) else (total, count)
        seen: dict[float, int] = {}
        for i, at in enumerate(column.at):
            seen[at] = seen.get(at, 0) + 1
            column.at[i] = at + 1 - 1 / seen[at]
    return column


def _mean_by_epoch(column: _Column, unfinished: float | None) -> Scalar:
    epochs = sorted(epoch for epoch in column.means if epoch != unfinished)
    values = tuple(
        column.means[e][0] / column.means[e][1] if column.means[e][1] else math.nan for e in epochs
    )
    return Scalar(f"mean of {column.name}", column.split, column.quantity, tuple(epochs), values)


def _settle_splits(columns: list[_Column]) -> None:
    """Say which split a name without one means, by the names beside it.

    `loss` beside `val_loss` is the training loss. `accuracy` goes as the loss does: beside
    a plain `loss` it is the training accuracy, beside `train_loss` and `val_loss` it is the
    dev one. What takes decoding is computed on dev.
    """
    longest = {
        q: max(len(c.values) for c in columns if c.quantity == q) for q in {c.quantity for c in columns}
    }
    # a name with a split that has one point beside many is a summary, no series to go by
    told = {(c.split, c.quantity) for c in columns if 3 * len(c.values) >= longest[c.quantity]}
    plain_loss = any(c.split == "" and c.quantity in ("loss", "part_loss") for c in columns)
    for column in columns:
        if column.split or column.quantity in ("other", "time", "epoch", "step"):
            continue
        quantity = column.quantity
        if quantity in ("loss", "part_loss"):
            column.split = "train" if ("train", "loss") not in told or quantity == "part_loss" else ""
        elif quantity in DECODED:
            column.split = "dev" if ("dev", quantity) not in told else "train"
        else:
            others = {split for split, q in told if q == quantity}
            dev = "dev" not in others and ("train" in others or not plain_loss)
            column.split = "dev" if dev else "train"
