"""The rows of a log: which lines belong to one epoch, and which begin it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slrdoctor.artifacts.kinds.history.log_text.lines import Value
from slrdoctor.artifacts.kinds.history.series import OF_TRAINING


class Rows:
    """Finds the rows of a log as its values come in.

    A row may be spread over several lines. What was said of an epoch before, and is said
    differently, begins another row of the same epoch.
    """

    def __init__(self) -> None:
        self.epochs: list[float] = []  # of every row, in file order
        self._row: dict[tuple[str, str], float] = {}  # what the last row has said so far
        self._said: dict[tuple[str, str], float] = {}  # what all rows of its epoch have
        self._again: set[int] = set()  # rows that repeat their epoch, but not its evaluation

    def take(self, epoch: float, values: Sequence[Value], section: str) -> Iterator[tuple[Value, str]]:
        """The values of a row that are news, each with its split; `section` is that of a heading."""
        if not self.epochs or self.epochs[-1] != epoch:
            self.epochs.append(epoch)
            self._row, self._said = {}, {}
        for value in values:
            split = value.split or ("" if value.quantity in OF_TRAINING else section)
            key = (value.name, split)
            if _is_same(self._row.get(key), value.value):
                continue
            if key in self._row:
                self._row = {}
                self.epochs.append(epoch)
                self._again.add(len(self.epochs) - 1)
            if split in ("dev", "test") and key in self._said:
                self._again.discard(len(self.epochs) - 1)
            self._row[key] = self._said[key] = value.value
            yield value, split

    def finished(self) -> list[float]:
        """The epochs of the rows; several lines an epoch, as a rule of this log, are one row."""
        if len(self._again) <= len(set(self.epochs)) / 2:
            return self.epochs
        return [epoch for row, epoch in enumerate(self.epochs) if row not in self._again]


def numbered(values: Sequence[Value]) -> list[tuple[float, Value]]:
    """Values that no epoch was named for, numbered: a name that comes again begins the next row."""
    row = 1
    seen: set[tuple[str, str]] = set()
    rows = []
    for value in values:
        if (value.name, value.split) in seen:
            row, seen = row + 1, set()
        seen.add((value.name, value.split))
        rows.append((float(row), value))
    return rows


def _is_same(said: float | None, value: float) -> bool:
    return said is not None and (said == value or (said != said and value != value))
