"""Clips that are tables: a row a frame, or a row a video with lists over the frames in its cells."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.clip_places import TableRows
from slrdoctor.artifacts.content import Table, Unreadable

Floats = NDArray[np.float64]

COUNTERS = frozenset(
    ("", "frame", "frames", "frame_id", "frame_idx", "frame_index", "frame_no", "frame_num",
     "frame_number", "id", "idx", "index", "row", "time", "timestamp", "timestamp_ms", "unnamed: 0")
)  # fmt: skip
# columns of histories and annotations
NOT_OF_FRAMES = frozenset(("epoch", "epochs", "step", "loss", "gloss", "label", "labels", "sign"))
FEWEST_OF_ONE_ROW = 10  # numbers; a row of fewer tells of something else
PROBED = 40  # rows, spread over the table
_BRACKETS = re.compile(r"[\[\]()\s,]+")


def is_numeric_table(table: Table) -> bool:
    """Whether a table is one clip, a row a frame: numbers, and blanks where nothing was found.

    A single row is one where it has as many numbers as landmarks of a frame have.
    """
    names = {str(c).strip().lower() for c in table.columns or ()}
    if not table.rows or names & NOT_OF_FRAMES or len(table.rows[0]) < 2:
        return False
    if len(table.rows) == 1 and len(table.rows[0]) < FEWEST_OF_ONE_ROW:
        return False
    probed = table.rows[:: max(1, len(table.rows) // PROBED)]
    cells = [cell for row in probed for cell in row]
    numbers = sum(map(_is_number, cells))
    # of a clip whose first frames have no hand, many cells are blank, and none is text
    return numbers > 0.2 * len(cells) and all(_is_number(cell) or _is_blank(cell) for cell in cells)


def table_values(table: Table) -> Floats:
    """A table of numbers as [T, D]: without its header, a counter of frames, and columns of text.

    An empty cell is NaN. Raises Unreadable, with fault "shape" for rows of differing lengths.
    """
    names, rows = _header_apart(table)
    if not rows:
        raise Unreadable("a table without rows", "empty")
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        raise Unreadable(f"rows of {min(widths)} to {max(widths)} cells", "shape")
    try:
        values = np.asarray(rows, dtype=np.float64)
        kept = np.ones(values.shape[1], dtype=bool)
    except (ValueError, TypeError):
        values, kept = _cell_by_cell(rows)
    for i in range(values.shape[1]):
        if _is_counter(names[i] if i < len(names) else None, values[:, i], i):
            kept[i] = False
    if not kept.any():
        raise Unreadable("a table without a column of numbers", "unsupported")
    return values[:, kept]


def row_numbers(table: Table, place: TableRows) -> Floats:
    """The numbers of some rows without the columns of `place.without`: [D] of one row, else [T, D].

    An empty cell is NaN. Raises Unreadable for a cell that is none, and for rows of differing lengths.
    """
    rows = table.rows[place.start : place.stop]
    if len(rows) < place.stop - place.start:
        raise Unreadable(f"row {place.stop - 1} of a table of {len(table.rows)}", "shape")
    frames = []
    for number, row in enumerate(rows, place.start):
        left_out = {i % len(row) for i in place.without} if row else set()
        kept = [(i, cell) for i, cell in enumerate(row) if i not in left_out]
        frames.append([np.nan if _is_blank(cell) else _number(cell, number, i) for i, cell in kept])
    widths = {len(frame) for frame in frames}
    if len(widths) > 1:
        raise Unreadable(f"rows of {min(widths)} to {max(widths)} numbers", "shape")
    values = np.array(frames, np.float64)
    return values[0] if len(frames) == 1 else values


def row_landmarks(table: Table, row: int) -> Floats:
    """The lists in one row's *_X and *_Y cells as [T, points, 2], in the order of the *_X columns."""
    cells = dict(zip((str(name) for name in table.columns or ()), table.rows[row], strict=False))
    by_lower = {name.lower(): name for name in cells}
    xs = [low for low in by_lower if low.endswith("_x") and low[:-1] + "y" in by_lower]
    points = [(by_lower[low], by_lower[low[:-1] + "y"]) for low in xs]
    if not points:
        raise Unreadable("a table without pairs of *_X and *_Y columns", "unsupported")
    series = [_numbers(cells[column]) for pair in points for column in pair]
    lengths = {len(values) for values in series}
    if len(lengths) > 1:
        raise Unreadable(f"coordinates of {min(lengths)} to {max(lengths)} frames in one row", "shape")
    return np.stack(series, axis=1).reshape(-1, len(points), 2)


def _header_apart(table: Table) -> tuple[list[str], list[Any]]:
    """Column names and rows; names where the first row has them, none where there are none."""
    rows = list(table.rows)
    names = None if table.columns is None else [str(name) for name in table.columns]
    if names is None:
        if rows and not any(_is_number(cell) for cell in rows[0]):
            return [str(cell) for cell in rows[0]], rows[1:]
        return [], rows
    # pandas names columns 0, 1, 2 ...; other numbers are a first frame taken for a header
    if all(_is_number(name) for name in names) and names != [str(i) for i in range(len(names))]:
        return [], [names, *rows]
    return names, rows


def _cell_by_cell(rows: list[Any]) -> tuple[Floats, NDArray[np.bool_]]:
    """Numbers with NaN for empty cells, and which columns are not text throughout."""
    values = np.full((len(rows), len(rows[0])), np.nan)
    kept = np.ones(values.shape[1], dtype=bool)
    for i in range(values.shape[1]):
        column = [row[i] for row in rows]
        if not any(_is_number(cell) or _is_blank(cell) for cell in column):
            kept[i] = False
            continue
        for t, cell in enumerate(column):
            if not _is_blank(cell):
                values[t, i] = _number(cell, t, i)
    return values, kept


def _number(cell: Any, row: int, column: int) -> float:
    try:
        return float(cell)
    except (TypeError, ValueError) as error:
        raise Unreadable(
            f"cell {column + 1} of row {row + 1} is {str(cell)[:40]!r}, not a number"
        ) from error


def _is_counter(name: str | None, values: Floats, place: int) -> bool:
    """Whether a column counts frames: by its name, or a first one without a name that counts by one."""
    if len(values) < 2:
        return name is not None and name.strip().lower() in COUNTERS - {"id", "time", "row"}
    steps = np.diff(values)
    if name is not None:
        return name.strip().lower() in COUNTERS and bool((steps > 0).all())
    return place == 0 and len(values) > 2 and values[0] in (0, 1) and bool((steps == 1).all())


def _numbers(cell: Any) -> Floats:
    """The numbers of a list, or of its text: "[0.1, 0.2]"."""
    try:
        if isinstance(cell, str):
            return np.array([part for part in _BRACKETS.split(cell) if part], dtype=np.float64)
        return np.atleast_1d(np.asarray(cell, dtype=np.float64))
    except (ValueError, TypeError) as error:
        raise Unreadable(f"a cell that is not a list of numbers: {str(cell)[:40]!r}") from error


def _is_number(cell: Any) -> bool:
    try:
        float(cell)
    except (TypeError, ValueError):
        return False
    return True


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
