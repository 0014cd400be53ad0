"""Arrays that are written as lists in lists, as json has them: told by their first entries."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from slrdoctor.artifacts.clip_places import FrameRecords, Way, Whole, way

DEEPEST = 5  # axes
PEEKED = 30  # frames that tell what a list holds
FEWEST = 2  # numbers of a frame
# keys under which a file of one clip keeps its frames, and a frame its landmarks
FRAME_LISTS = ("frames", "sequence", "data", "results", "annotations", "poses", "landmarks", "keypoints")


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape of an array, or of lists in lists by their first entries; () of anything else."""
    shape: list[int] = []
    while isinstance(value, (list, tuple)) and value and len(shape) < DEEPEST:
        shape.append(len(value))
        value = value[0]
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
        return (*shape, *value.shape)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return tuple(shape) if is_number or value is None else ()


def are_measured(value: Any) -> bool:
    """Whether lists in lists [T, ...] hold measured numbers: some among the first are not whole."""
    return len(shape_of(value)) >= 2 and _has_decimal(value[:PEEKED])


def clip_of_lists(value: Any, names: Sequence[str]) -> Whole | Way | FrameRecords | None:
    """Where in a tree of lists the frames of one clip are; None where it is no clip.

    [T][K][C], {"keypoints": [T][D]}, or a record a frame: [{"landmarks": [K][C]}, ...]. `names`
    are those that features have, the likeliest first.
    """
    if are_measured(value):
        return way()
    if isinstance(value, list):
        return _of_records(value, (), names)
    if not isinstance(value, Mapping):
        return None
    arrays = {str(key): inner for key, inner in value.items() if are_measured(inner)}
    named = next((name for name in names if name in arrays), None)
    if named is None and len({shape_of(inner)[0] for inner in arrays.values()}) == 1:
        named = max(arrays, key=lambda key: int(np.prod(shape_of(arrays[key]))))
    if named is not None:
        return Way((named,))
    found = (_of_records(value[key], (key,), names) for key in FRAME_LISTS if key in value)
    return next((place for place in found if place is not None), None)


def _of_records(value: Any, keys: tuple[str, ...], names: Sequence[str]) -> FrameRecords | None:
    if not isinstance(value, list) or len(value) < FEWEST:
        return None
    few = [record for record in value[:PEEKED] if isinstance(record, Mapping)]
    if len(few) < len(value[:PEEKED]):
        return None
    for name in names:
        inner = [record[name] for record in few if record.get(name)]
        if inner and len({shape_of(one) for one in inner}) == 1 and _has_decimal(inner):
            return FrameRecords(way(*keys), name)
    return None


def _has_decimal(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_has_decimal, value[:PEEKED]))
    if isinstance(value, np.ndarray):
        return bool(value.dtype.kind == "f")
    return isinstance(value, float) and math.isfinite(value) and not value.is_integer()
