"""Frames of pandas in pickles: their columns, from the state of what was not built.

Of several versions: the blocks of a frame have been pickled in two ways, and its texts in three. What
is not known here (a MultiIndex, times) leaves the frame as it is.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import Opaque, Table

FRAMES = ("pandas.core.frame.DataFrame", "pandas.DataFrame")
MOST_CELLS = 50_000_000
_WRONG = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, UnicodeDecodeError,
    struct.error,
)  # fmt: skip
_OFFSETS = {"string": "<i", "large_string": "<q", "utf8": "<i", "large_utf8": "<q"}


def is_frame(value: Any) -> bool:
    """Whether a value of a pickle is a frame that was not built."""
    return isinstance(value, Opaque) and value.name in FRAMES


def table_of_frame(frame: Opaque) -> Table | None:
    """The columns of a frame, and its index first where that is more than numbers; None if unknown."""
    try:
        manager = frame.state.get("_mgr", frame.state.get("_data"))
        axes, blocks = _manager(manager.state)
        names = _index(axes[0], None)
        columns: list[list[Any] | None] = [None] * len(names)
        for values, places in blocks:
            for place, column in zip(places, _rows(values), strict=True):
                columns[place] = column
        length = len(columns[0] or ()) if columns else 0
        if len(columns) * length > MOST_CELLS:
            return None
        named = _of_index(axes[1], length, names)
        rows = list(zip(*(values for _, values in named), *map(_whole, columns), strict=True))
    except _WRONG:
        return None
    return Table((*(name for name, _ in named), *map(str, names)), rows)


def _whole(column: list[Any] | None) -> list[Any]:
    if column is None:
        raise ValueError("a column that no block has")
    return column


def _manager(state: Any) -> tuple[Sequence[Any], list[tuple[Any, Iterable[int]]]]:
    """The axes (columns, index), and each block's values with the places of its columns."""
    old = state[3]["0.14.1"] if len(state) > 3 else None
    if old is not None:
        return old["axes"], [(one["values"], _places(one["mgr_locs"])) for one in old["blocks"]]
    blocks, axes = state
    return axes, [(one.state[0], _places(one.state[1])) for one in blocks]


def _places(located: Any) -> Iterable[int]:
    """Places of columns: a slice, or their numbers."""
    if isinstance(located, Opaque) and located.name == "builtins.slice":
        start, stop, step = located.state
        return range(start, stop, step or 1)
    return [int(place) for place in located]


def _rows(values: Any) -> list[list[Any]]:
    """The columns of a block, of which extension arrays have one."""
    if isinstance(values, np.ndarray):
        return [column.tolist() for column in np.atleast_2d(values)]
    if isinstance(values, list):
        return [list(column) for column in values]
    return [_extension(values)]


def _extension(values: Any) -> list[Any]:
    """The values of a Categorical, an array of texts, or one of numbers of which some are missing."""
    if isinstance(values, (list, np.ndarray)):
        return np.asarray(values, object).ravel().tolist()
    state = values.state
    if isinstance(state, (tuple, list)):  # (dtype, values), and what else is set
        dtype, inner = state[0], state[1]
        return _of_dtype(dtype, inner)
    if "_mask" in state:
        pairs = zip(_extension(state["_data"]), _extension(state["_mask"]), strict=True)
        return [None if is_missing else value for value, is_missing in pairs]
    inner = next(
        state[key] for key in ("_pa_array", "_codes", "_ndarray", "_data") if state.get(key) is not None
    )
    return _arrow(inner) if isinstance(inner, Opaque) else _of_dtype(state.get("_dtype"), inner)


def _of_dtype(dtype: Any, values: Any) -> list[Any]:
    if isinstance(values, Opaque):
        raise TypeError("values of an unknown kind")
    found = [_present(value) for value in np.asarray(values, object).ravel().tolist()]
    if isinstance(dtype, Opaque) and dtype.name.endswith("CategoricalDtype"):
        categories = _index(dtype.state["categories"], None)
        return [categories[code] if code >= 0 else None for code in found]
    if isinstance(dtype, Opaque) and not dtype.name.endswith("StringDtype"):
        raise TypeError("values of an unknown type")
    return found


def _present(value: Any) -> Any:
    """A cell as it is, pandas' NA as None."""
    return None if isinstance(value, Opaque) else value


def _index(index: Any, count: int | None) -> list[Any]:
    """The labels of an index; of a range no more than `count`, and none where that is None."""
    _, content = index.state
    if "start" in content:
        if count is None:
            count = len(range(content["start"], content["stop"], content["step"]))
        if count > MOST_CELLS:
            raise ValueError("a range too long")
        return list(range(content["start"], content["stop"], content["step"]))[:count]
    labels = _extension(content["data"])
    if any(isinstance(label, (tuple, list, dict, Opaque)) for label in labels):
        raise TypeError("labels of several levels")
    return labels


def _of_index(index: Any, length: int, names: Sequence[Any]) -> list[tuple[str, list[Any]]]:
    """The index as a column: where it has a name, or texts while no column is called `id`."""
    name = index.state[1].get("name")
    if "start" in index.state[1] and name is None:
        return []
    labels = _index(index, length)
    texts = all(isinstance(label, str) for label in labels)
    if name is None and (not texts or "id" in names):
        return []
    return [(str(name) if name is not None else "id", labels)]


def _arrow(array: Opaque) -> list[Any]:
    """The texts of an array of pyarrow, in one piece or in several."""
    if array.name.endswith("chunked_array"):
        return [text for piece in array.state[0] for text in _arrow(piece)]
    (kind, length, _, offset, buffers, *_), *_ = array.state
    form = _OFFSETS[kind.state[0] if kind.state else kind.name.rpartition(".")[2]]
    valid, places, data = (one.state[0] if one is not None else b"" for one in buffers)
    if not 0 <= length <= MOST_CELLS or offset < 0:
        raise ValueError("no length of an array")
    size = struct.calcsize(form)
    ends = [int(end) for end in np.frombuffer(places, form, length + 1, offset * size)] if length else []
    if any(end < start for start, end in pairwise(ends)) or (ends and ends[0] < 0):
        raise ValueError("texts that overlap")
    return [
        str(data[start:end], "utf-8") if not valid or valid[at >> 3] >> (at & 7) & 1 else None
        for at, (start, end) in enumerate(pairwise(ends), offset)
    ]
