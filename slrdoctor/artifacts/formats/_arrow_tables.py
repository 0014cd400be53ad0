"""Tables of Arrow, whichever file they came from: rows, or columns of arrays where cells hold some."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import Table, Tree

DEEPEST = 4  # lists in lists: a frame's landmarks and their coordinates


def content_of(table: Any) -> Table | Tree:
    """A pyarrow.Table as rows; as a dict of columns where cells of one are arrays of measurements.

    Such a column is a list of numpy arrays, views of Arrow's own memory.
    """
    names = [str(name) for name in table.column_names]
    columns = [column.combine_chunks() for column in table.columns]
    if any(_depth(column.type) for column in columns):
        return Tree({name: cells_of(c) for name, c in zip(names, columns, strict=True)})
    return Table(tuple(names), list(zip(*(column.to_pylist() for column in columns), strict=False)))


def cells_of(column: Any) -> list[Any]:
    """The cells of a column: arrays [T, ...] where they are lists of numbers, else Python's values."""
    column = _stored(column)
    if not _depth(column.type):
        cells: list[Any] = column.to_pylist()
        return cells
    return [_cell(column[i]) for i in range(len(column))]


def _cell(cell: Any) -> Any:
    """One list as an array; lists of differing lengths stay lists, which are no array."""
    if cell.as_py() is None:
        return None
    values = cell.values
    shape: list[int] = []
    while _is_list(values.type):
        sizes = np.diff(np.asarray(values.offsets)) if hasattr(values, "offsets") else None
        size = values.type.list_size if sizes is None else int(sizes[0]) if len(sizes) else 0
        if (sizes is not None and (sizes != size).any()) or values.null_count:
            return cell.as_py()
        shape.append(size)
        values = values.flatten()
    flat: NDArray[Any] = np.asarray(values.to_numpy(zero_copy_only=False))
    if flat.dtype.kind not in "fiub":
        return cell.as_py()
    return flat.reshape(-1, *shape) if shape else flat


def _stored(column: Any) -> Any:
    """What lies under an extension type, as HF datasets have for arrays of two axes."""
    return getattr(column, "storage", column)


def _depth(kind: Any) -> int:
    """How deep lists of floating-point numbers are nested; 0 for anything else."""
    kind = getattr(kind, "storage_type", kind)
    depth = 0
    while _is_list(kind) and depth < DEEPEST:
        kind, depth = kind.value_type, depth + 1
    return depth if str(kind) in ("float", "double", "halffloat") else 0


def _is_list(kind: Any) -> bool:
    return str(kind).startswith(("list<", "large_list<", "fixed_size_list<"))
