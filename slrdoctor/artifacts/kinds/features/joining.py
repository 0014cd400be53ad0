"""Put the parts of a clip side by side, and the axis of frames first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.storage.file_bytes import MOST_BYTES

Values = NDArray[Any]

_ORDER = "TMKDC1"


def joined(parts: Sequence[tuple[str, Values]]) -> Values:
    """Parts [T, ...] side by side: [T, K, C] where all are such with the same C, else [T, D].

    Raises Unreadable, with the fault "shape" where the parts have differing numbers of frames.
    """
    arrays = [values.reshape(-1, 1) if values.ndim == 1 else values for _, values in parts]
    if any(values.ndim == 0 for values in arrays):
        raise Unreadable("a part of it is a single number", "shape")
    lengths = {name: len(values) for (name, _), values in zip(parts, arrays, strict=True)}
    if len(set(lengths.values())) > 1:
        counts = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise Unreadable(f"its parts differ in their frames: {counts}", "shape")
    if sum(values.nbytes for values in arrays) > MOST_BYTES:
        raise Unreadable(f"its parts are over {MOST_BYTES >> 20} MiB", "unsupported")
    if not _same_but_points(arrays):
        return np.concatenate([values.reshape(len(values), -1) for values in arrays], axis=1)
    return np.concatenate(arrays, axis=-2)


def frames_first(values: Values, axes: str) -> Values:
    """The array as [T, ...] or [T, people, K, C], without axes of length one; `axes` as `Clip.axes`."""
    if values.ndim != len(axes) or "T" not in axes:
        raise Unreadable(f"shape {list(values.shape)}, where others have {len(axes)} axes", "shape")
    if any(length != 1 for length, axis in zip(values.shape, axes, strict=True) if axis == "1"):
        raise Unreadable(f"shape {list(values.shape)}, where the first axis of others is 1", "shape")
    places = sorted(range(len(axes)), key=lambda i: _ORDER.index(axes[i]))
    moved = values.transpose(places)
    return moved.reshape(moved.shape[: len(axes) - axes.count("1")])


def _same_but_points(arrays: Sequence[Values]) -> bool:
    """Whether all are [T, K, C], or all [T, people, K, C], that differ in K only."""
    return len({(values.ndim, values.shape[1:-2], values.shape[-1]) for values in arrays}) == 1 and (
        arrays[0].ndim in (3, 4)
    )
