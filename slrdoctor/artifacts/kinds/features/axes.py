"""What the axes of stored clips may be: told by the shapes of a few of them.

A reading names every axis of an array as `Clip.axes` does: T frames, C coordinates, K landmarks,
M people, D values of a frame, 1 of length one. The reading "" is frames first, as most clips are.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slrdoctor.words.landmark_layouts import EMBEDDING_SIZES, is_frame_of_landmarks, is_landmark_size

Shape = tuple[int, ...]

FRAMES_FIRST = ""
VALUES_FIRST = "DT"
COORDINATES = (2, 3, 4)  # values a landmark has
LONG = 4  # frames, or landmarks: more than values of a landmark, or people in a frame
MOST_POINTS = 600  # landmarks of a frame; an image is wider
MOST_AXES = 5
FEWEST = 3  # clips of one length that tell something


@dataclass(frozen=True)
class Axes:
    """The axes that a few clips have in common; a stray clip counts for nothing."""

    shape: Shape  # the usual length of each
    varies: tuple[bool, ...]
    longest: Shape  # the greatest length of each
    clips: int

    @classmethod
    def of(cls, shapes: Sequence[Shape]) -> Axes | None:
        """Of the shapes that have the usual number of axes; None where there are none."""
        if not shapes:
            return None
        [(count, _)] = Counter(map(len, shapes)).most_common(1)
        alike = [shape for shape in shapes if len(shape) == count]
        usual = [Counter(lengths).most_common(1)[0] for lengths in zip(*alike, strict=True)]
        return cls(
            tuple(length for length, _ in usual),
            tuple(2 * number <= len(alike) and len(alike) > 1 for _, number in usual),
            tuple(max(lengths) for lengths in zip(*alike, strict=True)),
            len(alike),
        )

    def width(self, reading: str) -> int:
        """The values of a frame."""
        frames = reading.index("T") if reading else 0
        return math.prod(self.shape[:frames] + self.shape[frames + 1 :])


def readings(axes: Axes) -> tuple[str, ...]:
    """What axes may be, the likeliest first."""
    count = len(axes.shape)
    if axes.clips < 2 or not 2 <= count <= MOST_AXES or axes.varies[0]:
        return (FRAMES_FIRST,)
    ones = len(list(itertools.takewhile(lambda length: length == 1, axes.shape[: count - 2])))
    if ones:
        return _behind_ones(axes, ones)
    if count == 2:
        turned = axes.varies[1] or axes.clips >= FEWEST
        return (FRAMES_FIRST, VALUES_FIRST) if turned and axes.shape[0] > 1 else (FRAMES_FIRST,)
    if sum(axes.varies) == 1:
        frames = axes.varies.index(True)
        return (_names(axes.shape, frames),) if axes.longest[frames] > LONG else (FRAMES_FIRST,)
    if any(axes.varies) or axes.clips < FEWEST or axes.shape[0] not in COORDINATES:
        return (FRAMES_FIRST,)
    return _of_one_length(axes.shape)


def are_of_same_frames(clips: Sequence[Mapping[str, Shape]]) -> bool:
    """Whether the parts of most clips, their shapes by part, are equally long.

    By their first axis; or by their second, where that alone differs from clip to clip.
    """
    if _alike(clips, 0):
        return True
    firsts = {(part, shape[:1]) for one in clips for part, shape in one.items()}
    parts = {part for part, _ in firsts}
    seconds = {shape[1:2] for one in clips for shape in one.values()}
    return len(firsts) == len(parts) and len(seconds) > 1 and _alike(clips, 1)


def _alike(clips: Sequence[Mapping[str, Shape]], axis: int) -> bool:
    same = sum(len({shape[axis : axis + 1] for shape in one.values()}) == 1 for one in clips)
    return 2 * same >= len(clips)


def _behind_ones(axes: Axes, ones: int) -> tuple[str, ...]:
    """Of clips [1, ...]: a batch of one, or one frame."""
    inner = Axes(axes.shape[ones:], axes.varies[ones:], axes.longest[ones:], axes.clips)
    plain = _names(inner.shape, 0)
    found = tuple("1" * ones + (reading or plain) for reading in readings(inner))
    if any(axes.varies):
        return found
    return (*found, FRAMES_FIRST) if _is_batch_of_one(inner) else (FRAMES_FIRST, *found)


def _is_batch_of_one(inner: Axes) -> bool:
    """Whether clips of one length are surely long, and not one frame each."""
    frames, *rest = inner.shape
    if inner.clips < FEWEST or frames <= LONG or is_frame_of_landmarks(inner.shape):
        return readings(inner)[0] != FRAMES_FIRST
    return rest[-1] in COORDINATES or is_landmark_size(rest[-1]) or rest[-1] in EMBEDDING_SIZES


def _of_one_length(shape: Shape) -> tuple[str, ...]:
    """Of clips [C, ...] that all have one length: those of graph convolutions, or a few frames."""
    _, frames, points, *people = shape
    turned = _names(shape, 1)
    is_graph = frames > LONG and LONG < points <= MOST_POINTS and points != frames
    if is_graph and all(number in (1, 2) for number in people):
        return turned, FRAMES_FIRST
    return FRAMES_FIRST, turned


def _names(shape: Shape, frames: int) -> str:
    """The axes of an array whose frames are at a place: coordinates are the first or the last."""
    left = [i for i in range(len(shape)) if i != frames]
    ends = [i for i in (left[-1], left[0]) if shape[i] in COORDINATES and len(left) > 1]
    # of [3, T, K, 2] and [2, T, K, 3], the one of two is people
    coordinates = max(ends, key=lambda i: (shape[i], i == 0), default=None)
    others = [i for i in left if i != coordinates]
    points = max(others, key=lambda i: shape[i])
    names = {frames: "T", coordinates: "C", points: "K"}
    return "".join(names.get(i, "M") for i in range(len(shape)))
