"""How many values a frame has, told by the first clips of a set that can be opened."""

from __future__ import annotations

import math
from collections.abc import Sequence

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.kinds.features.clips import open_clip
from slrdoctor.artifacts.run import Clip, FeatureSet

TRIED = 3  # clips that are opened, where the first cannot be


def width_of(one: FeatureSet) -> int:
    """Values a frame; 0 where none of a few clips can be opened."""
    return _width(one.clips)


def widths_of_parts(one: FeatureSet) -> dict[str, int]:
    """Values a frame of each part that the clips are joined of."""
    return {
        part: _width([clip.parts[i] for clip in one.clips[:TRIED] if len(clip.parts) > i])
        for i, part in enumerate(one.parts)
    }


def _width(clips: Sequence[Clip]) -> int:
    for clip in clips[:TRIED]:
        try:
            shape = open_clip(clip).shape
        except Unreadable:
            continue
        return math.prod(shape[1:]) if len(shape) > 1 else shape[0]
    return 0
