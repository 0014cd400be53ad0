"""Put the parts of a clip side by side, and the axis of frames first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.storage.file_bytes import MOST_BYTES

Values = NDArray[Any]

COORDINATES = (2, 3, 4)  # values a landmark has
LONG = 4  # frames, or landmarks: more than values of a landmark, or people in a frame
MOST_POINTS = 600  # landmarks of a frame; an image is wider


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
    """The array with its frames first, without axes of length one; `axes` as `Clip.axes` has them."""
    if values.ndim != len(axes) or "T" not in axes:
        raise Unreadable(f"shape {list(values.shape)}, where others have {len(axes)} axes", "shape")
    if any(length != 1 for length, axis in zip(values.shape, axes, strict=True) if axis == "1"):
        raise Unreadable(f"shape {list(values.shape)}, where the first axis of others is 1", "shape")
    kept = [i for i, axis in enumerate(axes) if axis not in "T1C"]
    last = [i for i, axis in enumerate(axes) if axis == "C"]
    moved = values.transpose(axes.index("T"), *kept, *last, *(i for i, a in enumerate(axes) if a == "1"))
    return moved.reshape(moved.shape[: 1 + len(kept) + len(last)])


def axes_of(shapes: Sequence[tuple[int, ...]]) -> str:
    """The axes of clips of which a few have these shapes; "" where frames come first, or nothing tells.

    [1, T, ...] and the [C, T, K] and [C, T, K, people] of graph convolutions.
    """
    if len(shapes) < 2 or len({len(shape) for shape in shapes}) > 1 or not 3 <= len(shapes[0]) <= 5:
        return ""
    varies = [len(set(lengths)) > 1 for lengths in zip(*shapes, strict=True)]
    first, second, *rest = shapes[0]
    if varies[0] or any(varies[2:]):
        return ""
    is_long = varies[1] or (second > LONG and len(shapes) > 2)
    if first == 1 and is_long and (varies[1] or rest[-1] in COORDINATES):
        inner = "CTKM"[: len(rest) + 1] if _is_channels_first(shapes[0][1:]) else ""
        return "1" + (inner or "T" + "KPM"[: len(rest)])
    if is_long and _is_channels_first(shapes[0]):
        return "CTKM"[: len(rest) + 2]
    return ""


def _is_channels_first(shape: tuple[int, ...]) -> bool:
    """Whether a shape may be [C, T, K] or [C, T, K, people], and is neither an image's nor [T, K, C]."""
    first, second, *rest = shape
    if first not in COORDINATES or len(rest) not in (1, 2) or second == rest[0]:
        return False
    return LONG < rest[0] <= MOST_POINTS and (len(rest) == 1 or rest[1] in (1, 2))


def _same_but_points(arrays: Sequence[Values]) -> bool:
    """Whether all are [T, K, C], or all [T, people, K, C], that differ in K only."""
    return len({(values.ndim, values.shape[1:-2], values.shape[-1]) for values in arrays}) == 1 and (
        arrays[0].ndim in (3, 4)
    )
