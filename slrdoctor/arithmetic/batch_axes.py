"""Which axis of a batch counts its samples."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

LOOKED_AT = 64  # entries along each axis
LARGEST = 50.0  # a log-probability may be minus infinity


def sample_axis(batch: NDArray[Any], axes: Sequence[int], counts: Collection[int]) -> int:
    """The one of `axes` with as many entries as there may be samples.

    Where that does not decide, the axis along which neighbours differ more: successive
    frames of a sample are alike, successive samples are not.
    """
    by_count = [axis for axis in axes if batch.shape[axis] in counts]
    if len(by_count) == 1:
        return by_count[0]
    part = np.asarray(batch[tuple(slice(0, LOOKED_AT) for _ in batch.shape)], np.float64)
    part = np.nan_to_num(part, neginf=-LARGEST, posinf=LARGEST).clip(-LARGEST, LARGEST)
    return max(axes, key=lambda axis: _step(part, axis))


def _step(values: NDArray[np.float64], axis: int) -> float:
    """The mean difference of neighbours along an axis."""
    steps = np.abs(np.diff(values, axis=axis))
    return float(steps.mean()) if steps.size else 0.0
