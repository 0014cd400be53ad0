"""Histories in tables: one row an epoch, a column a series."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from slrdoctor.artifacts.content import Table
from slrdoctor.artifacts.kinds.history.series import SeriesOfRun
from slrdoctor.artifacts.run import HistoryFile
from slrdoctor.words.series_names import Meaning, meaning_of
from slrdoctor.words.splits import SPLIT_OF_SERIES, split_of_name
from slrdoctor.words.translation import in_english

_RUN = re.compile(
    r"^(?:experiment|exp|run|trial|fold|seed|model|version|config)"
    r"(?:[ _]?(?:id|name|no|nr|version|type))?$"
)
_SPLIT = ("split", "phase", "set", "subset", "mode", "dataset")
_STAGE = ("stage", "phase", "training_stage")
# a column of one of these makes it a list of classes, of samples or of models, not of epochs
_NO_EPOCHS = re.compile(
    r"^(?:class|label|gloss|sign|word|sample|video|file|filename|path|id|name|params|support|signer)s?$"
)
MOST_SERIES = 10_000  # columns; exports of a series for each parameter have a few thousand
SCORES = (
    "loss",
    "part_loss",
    "accuracy",
    "wer",
    "bleu",
    "cer",
    "recall",
    "sentence_accuracy",
    "levenshtein",
)


def histories_of_table(where: str, table: Table) -> tuple[HistoryFile, ...]:
    """One history a run of the table; none where it is no table of epochs."""
    if table.columns is None:
        if len(table.rows) != 1:  # one line of names and nothing else is a header
            return ()
        table = Table(tuple(map(str, table.rows[0])), ())
    names = [str(c).strip() for c in table.columns or ()]
    if len(names) > MOST_SERIES:
        return ()
    tensorboard = _exported_tag(where, names)
    if tensorboard:
        at = "epoch" if meaning_of(tensorboard).per == "epoch" else "step"
        names = [{"step": at, "value": tensorboard}.get(n.lower(), n) for n in names]
    columns = _Columns(names, table.rows)
    if not columns.is_history:
        return ()
    if not table.rows:
        return (HistoryFile(where, "", (), started=False),)
    runs = columns.runs(table.rows)
    return tuple(
        history
        for name, rows in runs
        for history in [columns.history(where, name, rows)]
        if history is not None
    )


class _Columns:
    """Which column of a table means what."""

    def __init__(self, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        self.names = names
        low = [in_english(name).lower() for name in names]
        # W&B exports "name of the run - val_loss"
        self.told = {i: meaning_of(name.rpartition(" - ")[2]) for i, name in enumerate(names)}
        self.epoch = _first(low, ("epoch",)) if "epoch" in low else self._of("epoch")
        self.step = next((i for i, m in self.told.items() if m.quantity == "step"), None)
        self.split = next((i for i, n in enumerate(low) if n in _SPLIT and _has_splits(rows, i)), None)
        self.stage = next((i for i, n in enumerate(low) if n in _STAGE and i != self.split), None)
        self.run_columns = [
            i for i, n in enumerate(low) if _RUN.match(n) and i not in (self.split, self.stage)
        ]
        self.series = [
            i for i, m in self.told.items() if m.quantity not in ("other", "epoch", "step", "stage")
        ]
        self.index = 0 if low and (low[0] == "" or low[0].startswith("unnamed")) else None
        per_class = any(_NO_EPOCHS.match(n) for i, n in enumerate(low) if i not in self.run_columns)
        scored = any(self.told[i].quantity in SCORES for i in self.series)
        losses = [i for i in self.series if self.told[i].quantity == "loss"]
        self.is_history = not per_class and bool(
            (scored and (self.epoch is not None or self.step is not None))
            or (losses and rows and not self.run_columns and _all_numbers(rows, range(len(names))))
        )

    def _of(self, quantity: str) -> int | None:
        return next((i for i, meaning in self.told.items() if meaning.quantity == quantity), None)

    def runs(self, rows: Sequence[Sequence[Any]]) -> list[tuple[str, list[Sequence[Any]]]]:
        """The rows of each run, where a column tells runs apart and the epochs need it to."""
        at = self.epoch if self.epoch is not None else self.step
        taken: list[int] = []
        groups = {"": list(rows)}
        for column in self.run_columns:
            if at is None or not any(_comes_again(group, at, self.split) for group in groups.values()):
                break
            if len({_cell(row, column) for row in rows}) > 1:
                taken.append(column)
                groups = {}
                for row in rows:
                    name = " ".join(f"{self.names[i]}={_cell(row, i)}" for i in taken)
                    groups.setdefault(name, []).append(row)
        return list(groups.items())

    def history(self, where: str, run: str, rows: Sequence[Sequence[Any]]) -> HistoryFile | None:
        series, epochs, stages = SeriesOfRun(), list[float](), list[tuple[float, str]]()
        before: str | None = None
        columns = [*self.series, *self._changing(rows)]
        seen: set[str] = set()  # the splits that the last epoch's rows were of
        last_step = -math.inf
        for number, row in enumerate(rows):
            at, step = self._epoch_of(row, number), self._step_of(row)
            if at is None:
                continue
            cell = _cell(row, self.split).lower() if self.split is not None else ""
            split = SPLIT_OF_SERIES.get(cell, "")
            if not self._read(series, row, columns, at, split):
                continue
            # rows of one epoch at growing steps, or of several splits, are one row of it
            grows = self.epoch is not None and step is not None and step >= last_step
            if not epochs or epochs[-1] != at or (not grows and split in seen):
                epochs.append(at)
                seen = set()
            seen.add(split)
            last_step = step if step is not None else last_step
            if self.stage is not None and _cell(row, self.stage) != before:
                if before is not None:
                    stages.append((at, f"{self.names[self.stage]} {before} to {_cell(row, self.stage)}"))
                before = _cell(row, self.stage)
        if not series:
            return None
        place = split_of_name(where.rpartition("/")[2])
        return HistoryFile(
            where,
            "",
            series.finished(place),
            run=run,
            row_epochs=tuple(epochs) if self.epoch is not None or self.step is None else (),
            facts=self._facts(rows, columns) | ({"stages": tuple(stages)} if stages else {}),
        )

    def _changing(self, rows: Sequence[Sequence[Any]]) -> list[int]:
        """Columns of no known quantity whose numbers change: batches counted, a margin, a penalty."""
        found = []
        for column, meaning in self.told.items():
            if meaning.quantity == "other" and column not in (*self.run_columns, self.index, self.split):
                cells = {_cell(row, column) for row in itertools.islice(rows, 200)} - {""}
                if len(cells) > 1 and all(number_of(cell) is not None for cell in cells):
                    found.append(column)
        return found

    def _read(
        self, series: SeriesOfRun, row: Sequence[Any], columns: Sequence[int], at: float, said: str
    ) -> bool:
        some = False
        for column in columns:
            value = number_of(row[column]) if column < len(row) else None
            if value is None:
                continue
            some = True
            told = self.told[column]
            meaning = Meaning(told.split or said, told.quantity) if said else told
            by_step = self.epoch is None and self.step is not None
            series.read(self.names[column], meaning, at, value, "step" if by_step else "epoch")
        return some

    def _epoch_of(self, row: Sequence[Any], number: int) -> float | None:
        if self.epoch is not None:
            return number_of(row[self.epoch]) if self.epoch < len(row) else None
        if self.step is not None:
            return self._step_of(row)
        index = number_of(row[self.index]) if self.index is not None and row else None
        return index if index is not None else float(number + 1)

    def _step_of(self, row: Sequence[Any]) -> float | None:
        return number_of(row[self.step]) if self.step is not None and self.step < len(row) else None

    def _facts(self, rows: Sequence[Sequence[Any]], columns: Sequence[int]) -> dict[str, Any]:
        """Columns with one value all along are settings of the run, not series."""
        facts: dict[str, Any] = {}
        used = {self.epoch, self.step, self.split, self.stage, *columns}
        for column, name in enumerate(self.names):
            values = {_cell(row, column) for row in itertools.islice(rows, 1000)}
            if column not in used and name and len(values) == 1 and values != {""}:
                facts[name] = next(row[column] for row in rows if len(row) > column)
        percent = tuple(
            self.names[i] for i in self.series if self.told[i].percent or _has_percent(rows, i)
        )
        return facts | ({"percent": percent} if percent else {})


def number_of(cell: Any) -> float | None:
    """A cell as a number, NaN and infinities kept; None where it holds none."""
    if isinstance(cell, bool) or cell is None:
        return None
    text = str(cell).strip().removesuffix("%").strip()
    if re.fullmatch(r"-?\d+,\d+", text):  # 0,75: a comma for its point
        text = text.replace(",", ".")
    try:
        return (
            float(cell) if isinstance(cell, (int, float)) else float(text) if "_" not in text else None
        )
    except (ValueError, OverflowError):
        return None


def table_of_lines(lines: Sequence[str]) -> Table | None:
    """The table in a text file whose first line is a header with an epoch (Keras' training.log)."""
    head = next((line for line in itertools.islice(lines, 20) if line.strip()), "").strip().strip("|")
    for separator in (",", ";", "\t", "|", None):
        names = [n.strip() for n in (head.split(separator) if separator else head.split())]
        if _is_header(names):
            rows = list(_rows(lines, separator, names))
            if rows or sum(1 for line in itertools.islice(lines, 50) if line.strip()) == 1:
                return Table(tuple(names), rows)
    return None


def _is_header(names: Sequence[str]) -> bool:
    epochs = [name for name in names if len(name) < 12 and meaning_of(name).quantity == "epoch"]
    return (
        len(names) >= 2
        and len(epochs) == 1
        and all(re.fullmatch(r"[\w@./()% -]{1,40}", n) and not re.search(r"\d{2,}", n) for n in names)
    )


def _rows(lines: Iterable[str], separator: str | None, names: Sequence[str]) -> Iterator[list[str]]:
    for line in lines:
        text = line.strip().strip("|") if separator in ("|", None) else line.strip()
        cells = [cell.strip().strip('"') for cell in text.split(separator)]
        if len(cells) == len(names) and cells != list(names) and number_of(cells[0]) is not None:
            yield cells


def _exported_tag(where: str, names: Sequence[str]) -> str:
    """TensorBoard's "download csv" keeps the tag in the file's name: run-x-tag-epoch_loss.csv."""
    if {n.lower() for n in names} != {"wall time", "step", "value"}:
        return ""
    stem = where.rpartition("/")[2].rpartition(".")[0]
    return re.sub(r"^.*tag-", "", stem)


def _comes_again(rows: Sequence[Sequence[Any]], at: int, split: int | None) -> bool:
    seen: set[tuple[str, str]] = set()
    for row in rows:
        key = (_cell(row, at), _cell(row, split) if split is not None else "")
        if key in seen:
            return True
        seen.add(key)
    return False


def _cell(row: Sequence[Any], column: int) -> str:
    return str(row[column]).strip() if column < len(row) and row[column] is not None else ""


def _first(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((i for i, name in enumerate(names) if name in wanted), None)


def _has_splits(rows: Sequence[Sequence[Any]], column: int) -> bool:
    values = {_cell(row, column).lower() for row in itertools.islice(rows, 200)}
    return bool(values) and values <= set(SPLIT_OF_SERIES)


def _has_percent(rows: Sequence[Sequence[Any]], column: int) -> bool:
    return any(_cell(row, column).endswith("%") for row in itertools.islice(rows, 20))


def _all_numbers(rows: Sequence[Sequence[Any]], columns: Iterable[int]) -> bool:
    return all(
        number_of(row[c]) is not None or not _cell(row, c)
        for row in itertools.islice(rows, 50)
        for c in columns
        if c < len(row)
    )
