"""Recognise tables of samples: a row a sample, or a few rows, with its numbers and its label.

`keypoint.csv` has the class first and 42 numbers after it, others have the label last, with a
header or without. Where a name repeats over neighbouring rows, these are the frames of one clip;
a table of frames may have the names of clips and no labels, which are elsewhere.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from slrdoctor.artifacts.clip_places import TableRows
from slrdoctor.artifacts.content import Table
from slrdoctor.artifacts.kinds.annotations.columns import tells_of_results
from slrdoctor.artifacts.kinds.features.clip_tables import COUNTERS
from slrdoctor.words import column_names
from slrdoctor.words.sample_arrays import IDS, LABELS, SIGNERS, role_of
from slrdoctor.words.splits import split_of_word

FEWEST_ROWS = 8
FEWEST_NUMBERS = 10  # of one sample; fewer may be what annotations tell of a clip
MANY_NUMBERS = 30  # so many are measurements even where all are whole
PROBED = 500  # rows, spread over the table
NUMERIC = 0.9  # share of a column's cells that are numbers or blank
DISTINCT = 0.9  # share of names that no other row has
MOST_CLASSES = 0.5  # of the rows: labels come again
# names of columns that tell which clip a row is of, and of those that count its frames
_OF_CLIPS = frozenset(column_names.words("""
    video videoid videoname clip clipid clipname sequence sequenceid sampleid utteranceid segmentid
    sentenceid videofile videopath clippath file filename
    """))  # fmt: skip
_FRAME_COUNTERS = frozenset(map(column_names.squeezed, COUNTERS - {"", "id", "row"})) | {"t", "frameid"}
SUMS = 0.01  # how far a row of probabilities may be from one


@dataclass(frozen=True)
class SampleTable:
    """Rows of samples: which column says what, and which rows are one sample."""

    spans: tuple[tuple[int, int], ...]  # rows of each sample: (first, past the last)
    without: tuple[int, ...]  # columns that are no features, the last ones counted from the end
    label: int | None  # None where the rows are frames of clips whose labels are elsewhere
    ids: int | None = None
    split: int | None = None
    signer: int | None = None

    def place(self, sample: int) -> TableRows:
        """Where the features of a sample lie."""
        start, stop = self.spans[sample]
        return TableRows(start, stop, self.without)


class _Cells:
    """The columns of a table, looked at through some of its rows."""

    def __init__(self, table: Table) -> None:
        self.rows = table.rows
        self.width = len(table.columns) if table.columns else _usual_width(table.rows)
        self.names = [str(c).strip() for c in table.columns] if table.columns else [""] * self.width
        some = self.rows[:: max(1, len(self.rows) // PROBED)]
        self.probed = [row for row in some if len(row) == self.width]
        self.are_of_one_width = len(self.probed) >= NUMERIC * len(some)
        columns = range(self.width)
        self.numeric = [i for i in columns if self._is_numeric(i)]
        self.texts = [i for i in columns if i not in set(self.numeric)]

    def probe(self, i: int) -> list[Any]:
        return [row[i] for row in self.probed]

    def whole(self, i: int) -> list[str]:
        """Every cell of a column as text; "" where a row is too short."""
        return [str(row[i]).strip() if i < len(row) and row[i] is not None else "" for row in self.rows]

    def squeezed(self, i: int) -> str:
        return column_names.squeezed(self.names[i])

    def _is_numeric(self, i: int) -> bool:
        cells = self.probe(i)
        return sum(_number(cell) is not None or _is_blank(cell) for cell in cells) >= NUMERIC * len(
            cells
        )

    def are_decimal(self, i: int) -> bool:
        return any((n := _number(cell)) is not None and n != int(n) for cell in self.probe(i)[:50])


def sample_table(table: Table) -> SampleTable | None:
    """What a table holds of samples and their labels; None where it is another kind of table."""
    # f1 beside f0 and f2 is a feature
    names = [c for c in table.columns or () if not any(map(str.isdigit, str(c)))]
    if len(table.rows) < FEWEST_ROWS or tells_of_results(names):
        return None
    cells = _Cells(table)
    if cells.width < FEWEST_NUMBERS or not cells.are_of_one_width:
        return None
    clip_names = _clip_names(cells)
    label = _label(cells, without=clip_names)
    if label is None and clip_names is None:
        return None
    known = {i: _role(cells, i) for i in range(cells.width) if i != label}
    data = [i for i in cells.numeric if i not in (label, clip_names) and not known[i]]
    if not _are_measurements(cells, data):
        return None
    found = {role: i for i, role in known.items() if role}
    named = [i for i, role in known.items() if role == IDS and i != clip_names]
    spans, ids = _spans(cells, named if clip_names is None else [clip_names, *named])
    left_out = sorted(set(range(cells.width)) - set(data))
    if label is not None and len({cells.whole(label)[a] for a, _ in spans}) < 2:
        return None
    return SampleTable(
        tuple(spans),
        tuple(i if i < cells.width / 2 else i - cells.width for i in left_out),
        label,
        ids,
        found.get("split"),
        found.get(SIGNERS),
    )


def _clip_names(cells: _Cells) -> int | None:
    """The column whose values name the clips that rows are frames of, by its name and what it holds.

    The frames of a clip are neighbours. Rows sorted by their class look alike: only a name that can
    be of nothing else, or frames that are counted anew for every value, tells a clip.
    """
    counters = [i for i in cells.numeric if cells.squeezed(i) in _FRAME_COUNTERS]
    for i in range(cells.width):
        name = cells.squeezed(i)
        if not name or _is_label_name(cells, i) or cells.are_decimal(i):
            continue
        if name not in column_names.ID and name not in column_names.PATH and role_of(name) != IDS:
            continue
        values = cells.whole(i)
        starts = _starts(values)
        if len(starts) != len(set(values)) or not 2 <= len(starts) <= len(values) / 2:
            continue
        if name in _OF_CLIPS or any(_count_anew(cells.whole(c), starts) for c in counters):
            return i
    return None


def _count_anew(values: Sequence[str], starts: Sequence[int]) -> bool:
    """Whether a column counts up within each run of rows, and begins again with the next."""
    numbers = [_number(value) for value in values]
    known = [n for n in numbers if n is not None]
    if len(known) < len(numbers):
        return False
    firsts = set(starts)
    rises = all(b > a for row, (a, b) in enumerate(itertools.pairwise(known), 1) if row not in firsts)
    return rises and any(known[row] <= known[row - 1] for row in firsts if row)


def _starts(values: Sequence[str]) -> list[int]:
    """The rows at which a value begins that the row before does not have."""
    return [row for row in range(len(values)) if row == 0 or values[row] != values[row - 1]]


def _label(cells: _Cells, without: int | None) -> int | None:
    """The column of labels: by its name, else the first or last one by what it holds."""
    named = [i for i in range(cells.width) if cells.names[i] and _is_label_name(cells, i)]
    named = [i for i in named if _come_again(cells.whole(i)) and not cells.are_decimal(i)]
    named.sort(key=lambda i: i in cells.numeric)  # the name of a class tells more than its number
    if named:
        return named[0]
    free = [
        i
        for i in range(cells.width)
        if i != without and _role(cells, i) not in ("split", "counter", SIGNERS)
    ]
    texts = [i for i in free if i in cells.texts and _come_again(cells.whole(i))]
    if texts:
        return texts[-1]
    ends = [i for i in (0, cells.width - 1) if i in free and i in cells.numeric]
    classes = [i for i in ends if _are_class_numbers(cells.whole(i))]
    return min(classes, key=lambda i: len(set(cells.whole(i))), default=None)


def _is_label_name(cells: _Cells, i: int) -> bool:
    if any(map(str.isdigit, cells.names[i])):
        return False  # y0, y1 ...
    return role_of(cells.names[i]) == LABELS or cells.squeezed(i) in column_names.CLASS_INDEX


def _role(cells: _Cells, i: int) -> str:
    """What else than a label or a feature a column holds; "counter" of rows, frames or times."""
    name = cells.names[i].lower()
    few = [str(cell).strip() for cell in cells.probe(i) if not _is_blank(cell)]
    if i in cells.texts:
        if few and all(map(split_of_word, few)):
            return "split"
        if cells.names[i] and cells.squeezed(i) in column_names.SIGNER:
            return SIGNERS
        named = role_of(cells.names[i]) == IDS or cells.squeezed(i) in (
            *column_names.ID,
            *column_names.PATH,
        )
        distinct = len(set(few)) >= DISTINCT * len(few)
        return IDS if named or distinct or not cells.names[i] else "other"
    if cells.names[i] and (_is_label_name(cells, i) or cells.squeezed(i) in column_names.SIGNER):
        return "other"
    if name in COUNTERS - {""} or (name == "" and any(cells.names)):
        return IDS if name == "id" else "counter"
    if cells.names[i] and cells.squeezed(i) in column_names.ID and not cells.are_decimal(i):
        return IDS
    return ""


def _are_measurements(cells: _Cells, data: Sequence[int]) -> bool:
    """Whether columns are features: many, not all whole, and no probabilities of classes."""
    if len(data) < FEWEST_NUMBERS:
        return False
    decimal = sum(cells.are_decimal(i) for i in data)
    if len(data) < MANY_NUMBERS and decimal < 0.5 * len(data):
        return False
    rows = [[_number(row[i]) or 0.0 for i in data] for row in cells.probed[:50]]
    return not all(min(row) >= 0 and abs(sum(row) - 1) < SUMS for row in rows)


def _spans(cells: _Cells, ids: Sequence[int]) -> tuple[list[tuple[int, int]], int | None]:
    """The rows of each sample: one, or all neighbours of one name; and the column of the names."""
    count = len(cells.rows)
    for i in ids:
        names = cells.whole(i)
        if len(set(names)) >= DISTINCT * count:
            return [(row, row + 1) for row in range(count)], i
        starts = _starts(names)
        if len(starts) == len(set(names)) and 2 * len(starts) <= count:
            return list(zip(starts, [*starts[1:], count], strict=True)), i
    return [(row, row + 1) for row in range(count)], None


def _come_again(values: Sequence[str]) -> bool:
    return 2 <= len(set(values)) <= max(2, MOST_CLASSES * len(values))


def _are_class_numbers(values: Sequence[str]) -> bool:
    """Whole numbers that count from 0 or 1 without many gaps, and come again."""
    numbers = list(_whole(values))
    if len(numbers) < NUMERIC * len(values) or not _come_again(values):
        return False
    found = set(numbers)
    return min(found) in (0, 1) and len(found) >= 0.5 * (max(found) + 1)


def _whole(values: Sequence[str]) -> Iterator[int]:
    for value in values:
        number = _number(value)
        if number is not None and number == int(number):
            yield int(number)


def _usual_width(rows: Sequence[Sequence[Any]]) -> int:
    widths = [len(row) for row in rows[:PROBED]]
    return max(set(widths), key=widths.count) if widths else 0


def _number(cell: Any) -> float | None:
    try:
        value = float(cell)
    except (TypeError, ValueError):
        return None
    return value if abs(value) < 1e300 else None


def _is_blank(cell: Any) -> bool:
    return (
        cell is None or (isinstance(cell, str) and cell.strip().lower() in ("", "nan")) or cell != cell
    )
