"""Python's own values in place of numpy's, and names for whatever stands as a key."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST = 10**18  # no id or index is larger; Python refuses to write out integers of thousands of digits


def plain(value: Any) -> Any:
    """numpy's scalars, and its arrays of objects or text, as Python's own; other values as they are."""
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, np.ndarray) and (value.ndim == 0 or value.dtype.kind in "OUS"):
        return plain(value.tolist()) if value.ndim == 0 else value.tolist()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def name_of(key: Any) -> str:
    """The key of a dict as text; what no file writes as a key is named by its type."""
    key = plain(key)
    if isinstance(key, str):
        return key
    if isinstance(key, int) and abs(key) >= LARGEST:
        return "a large number"
    return str(key) if isinstance(key, (int, float, type(None))) else type(key).__name__


def are_one_hot(values: NDArray[Any]) -> bool:
    """Whether [N, C] are classes, a column each: a single one in every row, not in one column alone."""
    if values.ndim != 2 or values.dtype.kind not in "iufb" or min(values.shape) < 2:
        return False
    ones = values == 1
    known = (ones | (values == 0)).all() and (ones.sum(axis=1) == 1).all()
    return bool(known and ones.any(axis=0).sum() > 1)
