"""Arrays of any framework as numpy's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def as_array(value: Any) -> Array | None:
    """A tensor of any framework as numpy; None for anything but an array of numbers."""
    for step in ("detach", "cpu"):
        value = getattr(value, step)() if hasattr(value, step) else value
    if isinstance(value, (str, bytes, Mapping)) or value is None:
        return None
    if str(getattr(value, "dtype", "")).endswith("bfloat16"):
        value = value.float()  # numpy has no such type
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        return None
    return array if array.dtype.kind in "fiub" else None
