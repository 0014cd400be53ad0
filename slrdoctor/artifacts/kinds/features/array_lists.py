"""Lists that lie beside an array of many clips: where each begins, how long it is, what it is called."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from slrdoctor.artifacts.content import Arrays

OFFSETS, LENGTHS, IDS = ("offsets", "offset", "starts"), ("lengths", "length", "lens", "num_frames"), (
    "ids", "id", "names", "name", "keys", "video_ids", "filenames",
)  # fmt: skip
MOST_LENGTHS = 10_000_000  # samples of one container
LONGEST = 2**48  # frames


def cuts(offsets: list[int], lengths: list[int], total: int) -> Iterator[tuple[int, int]]:
    if offsets:
        starts = offsets
        stops = starts[1:] + ([] if starts[-1] == total else [total])
    else:
        stops = list(itertools.accumulate(lengths))
        starts = [0, *stops[:-1]]
    yield from zip(starts, stops, strict=False)


def whole_numbers(content: Arrays, name: str | None) -> list[int]:
    """A member's numbers, whatever its shape; none where it holds anything but whole numbers."""
    info = content.members[name] if name is not None else None
    if name is None or info is None or math.prod(info.shape) > MOST_LENGTHS:
        return []
    values = np.ravel(content.load(name))
    if values.dtype.kind not in "iuf" or not (np.abs(values.astype(np.float64)) < LONGEST).all():
        return []  # NaN is not below either
    if (values != np.trunc(values)).any():
        return []
    numbers: list[int] = values.astype(np.int64).tolist()
    return numbers


def ids_in(content: Arrays, by_leaf: Mapping[str, str]) -> list[str]:
    for key in IDS:
        for name, value in content.extras.items():
            if name.rpartition("/")[2].lower() == key and isinstance(value, (list, tuple, np.ndarray)):
                return [v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in value]
        if key in by_leaf and len(content.members[by_leaf[key]].shape) == 1:
            return [str(v) for v in content.load(by_leaf[key]).tolist()]
    return []


def first_of(by_leaf: Mapping[str, str], names: Sequence[str]) -> str | None:
    return next((by_leaf[n] for n in names if n in by_leaf), None)
