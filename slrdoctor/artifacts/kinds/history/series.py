"""Collect what a history file says, reading by reading, into the series of one run."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from slrdoctor.artifacts.run import Scalar
from slrdoctor.words.series_names import Meaning

MOST_POINTS = 20_000  # of one series; a longer one is thinned to every second point, again and again
# scores that are computed by decoding, which runs seldom do on training data
DECODED = frozenset(
    ("wer", "cer", "levenshtein", "bleu", "bleu1", "bleu2", "bleu3", "rouge", "chrf", "part_wer",
     "substitutions",
     "deletions", "insertions", "sentence_accuracy", "recall", "recall5", "recall10", "meteor", "cider",
     "dtw", "possim", "negsim")
)  # fmt: skip
OF_TRAINING = ("learning_rate", "grad_norm", "stage")
_OF_NO_SPLIT = (*OF_TRAINING, "other", "time", "epoch", "step")


@dataclass
class _Column:
    """The readings of one name."""

    name: str
    split: str
    quantity: str
    per: str
    at: array[float] = field(default_factory=lambda: array("d"))
    values: array[float] = field(default_factory=lambda: array("d"))
    _every: int = 1  # one of how many readings is kept
    _seen: int = 0
    _is_broken: bool = False  # a reading that is not finite was kept

    def append(self, at: float, value: float) -> None:
        first_broken = not self._is_broken and not math.isfinite(value)
        if self._seen % self._every == 0 or first_broken:
            self._is_broken |= first_broken
            self.at.append(at)
            self.values.append(value)
        self._seen += 1
        if len(self.values) > MOST_POINTS:
            del self.at[1::2], self.values[1::2]
            self._every *= 2

    def forget(self, since: float) -> None:
        """Take back the last readings, down to `since`."""
        while self.at and self.at[-1] >= since:
            self.at.pop()
            self.values.pop()

    @property
    def repeats(self) -> bool:
        """Whether most epochs have several readings, one after another."""
        again = sum(a == b for a, b in zip(self.at, self.at[1:], strict=False))
        return self.per == "epoch" and again > len(set(self.at)) / 2

    def spread(self) -> None:
        """Put the readings of one epoch one after another within it: they were of its batches."""
        self.per = "batch"
        seen: dict[float, int] = {}
        for i, at in enumerate(self.at):
            seen[at] = seen.get(at, 0) + 1
            self.at[i] = at + 1 - 1 / seen[at]

    def scalar(self) -> Scalar:
        return Scalar(self.name, self.split, self.quantity, tuple(self.at), tuple(self.values), self.per)


class SeriesOfRun:
    """The series of one run while its file is being read."""

    def __init__(self) -> None:
        self._columns: dict[tuple[str, str, str], _Column] = {}

    def __bool__(self) -> bool:
        return bool(self._columns)

    def read(self, name: str, meaning: Meaning, at: float, value: float, per: str = "epoch") -> None:
        """One reading. `at` is its epoch, or its step where `per` is "step".

        Where `per` is "batch", `at` is the epoch and the share of it that has passed, 3.25
        for a quarter of epoch 3; the share stays under 1.
        """
        self._column(name, meaning, per).append(at, value)

    def read_bar(self, name: str, meaning: Meaning, epoch: float, value: float) -> None:
        """What a progress bar shows at the end of an epoch stands for all that it showed before."""
        column = self._column(name, meaning, "batch")
        column.forget(since=epoch)
        column.append(epoch + 0.999, value)

    def _column(self, name: str, meaning: Meaning, per: str) -> _Column:
        key = (name, meaning.split, per)
        if key not in self._columns:
            self._columns[key] = _Column(name, meaning.split, meaning.quantity, per)
        return self._columns[key]

    def has(self, *quantities: str) -> bool:
        return any(column.quantity in quantities for column in self._columns.values())

    def finished(self, split: str = "") -> tuple[Scalar, ...]:
        """The series, each with its split settled as far as the file tells.

        `split` is what the file's place says, for a file whose names say nothing.
        """
        columns = list(self._columns.values())
        # several evaluations an epoch are rare, two runs in one file are not: then all repeat
        if not any(c.repeats for c in columns if c.split in ("dev", "test")):
            for column in columns:
                if column.repeats:
                    column.spread()
        if split and not any(c.split for c in columns if c.quantity not in _OF_NO_SPLIT):
            for column in columns:
                column.split = split
        _settle_splits(columns)
        return tuple(column.scalar() for column in columns if column.values)


def _settle_splits(columns: Sequence[_Column]) -> None:
    """Say which split a name without one means, by the names beside it.

    `loss` beside `val_loss` is the training loss. `accuracy` goes as the loss does: beside
    a plain `loss` it is the training accuracy, beside `train_loss` and `val_loss` it is the
    dev one. What takes decoding is computed on dev.
    """
    longest: dict[str, int] = {}
    for column in columns:
        longest[column.quantity] = max(longest.get(column.quantity, 0), len(column.values))
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
