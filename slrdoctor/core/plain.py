"""Any value as plain data: what JSON has words for."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

LISTED = 20  # longer sequences among the facts are summarised


def plain(value: Any, listed: int | None = LISTED) -> Any:
    """Any value as JSON has it: finite numbers or null, long sequences summarised.

    Of a dataclass, the fields that its repr has: what is too large to print is none of the report.
    """
    if isinstance(value, bool) or value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        shown = [f.name for f in dataclasses.fields(value) if f.repr]
        fields = {name: plain(getattr(value, name), listed) for name in shown}
        said = getattr(value, "sentence", None)
        return fields | ({"sentence": said} if isinstance(said, str) else {})
    if isinstance(value, Mapping):
        items = list(value.items())
        if listed is not None and len(items) > listed:
            return {"count": len(items), "first": {str(k): plain(v, listed) for k, v in items[:3]}}
        return {str(k): plain(v, listed) for k, v in items}
    if hasattr(value, "tolist"):  # numpy
        value = value.tolist()
        if not isinstance(value, list):
            return plain(value, listed)
    if isinstance(value, (set, frozenset)):  # its own order is another in every process
        value = _sorted(value)
    if isinstance(value, (list, tuple)):
        return _plain_sequence(list(value), listed)
    if isinstance(value, Path):
        return value.as_posix()
    return str(value)


def _sorted(values: Collection[Any]) -> list[Any]:
    try:
        return sorted(values)
    except TypeError:  # they have no order of their own
        return sorted(values, key=repr)


def _plain_sequence(values: list[Any], listed: int | None) -> Any:
    if listed is None or len(values) <= listed:
        return [plain(v, listed) for v in values]
    if all(isinstance(v, (int, float)) for v in values):
        finite = sorted(v for v in values if math.isfinite(v))
        middle = finite[len(finite) // 2] if finite else None
        ends = (finite[0], finite[-1]) if finite else (None, None)
        return {"count": len(values), "min": ends[0], "median": middle, "max": ends[1]}
    return {"count": len(values), "first": [plain(v, listed) for v in values[:3]]}
