"""Clips that any model can tell apart, in the shape of the real ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NOISE = 0.1  # deviations of their noise, where a class is 1 from the next


def easy_clips(
    targets: Sequence[Sequence[int]], frames: Sequence[int], dims: int, seed: int
) -> list[NDArray[np.float32]]:
    """Clips as long as the real ones, that show each token as a vector of its own, in order.

    Between two tokens there is a frame or more of nothing where the clip has room for it.
    """
    rng = np.random.default_rng(seed)
    vectors: dict[int, NDArray[np.float32]] = {}
    clips = []
    for target, length in zip(targets, frames, strict=True):
        clip = rng.normal(0, NOISE, (length, dims)).astype(np.float32)
        edges = np.linspace(0, length, len(target) + 1).round().astype(int)
        for token, start, stop in zip(target, edges, edges[1:], strict=False):
            if token not in vectors:
                vectors[token] = rng.normal(0, 1, dims).astype(np.float32)
            pause = 1 if stop - start > 2 else 0
            clip[start : stop - pause] += vectors[token]
        clips.append(clip)
    return clips
