"""The array at the end of a way through nested containers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import Opaque, Unreadable


def at_the_end(value: Any, keys: Sequence[str]) -> Any:
    for key in keys:
        inner = list(_at(value, key))
        if not inner:
            raise Unreadable(f"holds nothing at {'/'.join(keys)!r}", "shape")
        value = inner[0]
    return value


def _at(value: Any, key: str) -> Iterator[Any]:
    if isinstance(value, Opaque):
        value = value.state
    if isinstance(value, (list, tuple, np.ndarray)):
        if key.isdecimal() and int(key) < len(value):
            yield value[int(key)]
    elif isinstance(value, dict):
        if key in value:
            yield value[key]
        elif key.lstrip("-").isdecimal() and int(key) in value:
            yield value[int(key)]
        else:
            yield from (found for other, found in value.items() if str(other) == key)


def as_array(value: Any) -> NDArray[Any]:
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, Opaque):
        raise Unreadable(f"an object of {value.name}, which is not built from a file", "refused")
    if not isinstance(value, (list, tuple)):
        raise Unreadable(f"a {type(value).__name__} where an array is expected", "unsupported")
    try:
        return np.asarray(value, dtype=np.float64)
    except ValueError as error:
        raise Unreadable(
            "lists of differing lengths, or of values that are not numbers", "shape"
        ) from error
    except (TypeError, OverflowError) as error:
        raise Unreadable("a list of values that are not numbers", "unsupported") from error
