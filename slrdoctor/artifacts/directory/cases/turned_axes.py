"""Clips stored as values by frames, [D, T], where the model takes as many as the first axis has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.directory.cases.taken_sizes import TakenSizes
from slrdoctor.artifacts.kinds.features.clips import opened_clips
from slrdoctor.artifacts.run import Choice, FeatureSet

LOOKED_AT = 6  # clips of a set
FEWEST = 3  # lengths that differ
VALUES_FIRST = "DT"


def with_frames_first(
    sets: Sequence[FeatureSet], sizes: TakenSizes
) -> tuple[list[FeatureSet], list[Choice]]:
    """The sets, those that are stored the other way with the axes of their clips; and why."""
    turned: list[FeatureSet] = []
    choices: dict[str, Choice] = {}
    for one in sets:
        size = _values_first(one) if sizes.are_told_by_layers else 0
        if not size or sizes.strength(size) < 2:
            turned.append(one)
            continue
        turned.append(replace(one, clips=tuple(replace(c, axes=VALUES_FIRST) for c in one.clips)))
        why = sizes.taker(size)
        choices[why] = Choice("axes of the features", "values by frames", ("frames by values",), why, "")
    return turned, list(choices.values())


def _values_first(one: FeatureSet) -> int:
    """The length of the first axis, where a few clips share it and differ in the second; else 0."""
    few = one.clips[:: max(1, len(one.clips) // LOOKED_AT)][:LOOKED_AT]
    if any(clip.parts or clip.axes or clip.frames for clip in few):
        return 0
    shapes = []
    with opened_clips() as open_clip:
        for clip in few:
            try:
                shapes.append(open_clip(clip).shape)
            except Unreadable:
                continue
    if len(shapes) < FEWEST or any(len(shape) != 2 for shape in shapes):
        return 0
    firsts, seconds = ({shape[axis] for shape in shapes} for axis in (0, 1))
    return firsts.pop() if len(firsts) == 1 and len(seconds) >= FEWEST else 0
