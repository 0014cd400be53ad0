"""The landmark layouts that are in use: which groups of landmarks make up which dimension.

The table is of public pipelines: MediaPipe solutions and the pipelines on top of it, the
pose-format, OpenPose, COCO-WholeBody, SPOTER, TGCN, OpenHands, Isharah. The groups of
MediaPipe are concatenated in any order in public code, the first one here is the commonest.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass

Group = tuple[str, int]  # name, landmarks
LH, RH = ("left_hand", 21), ("right_hand", 21)

# name, groups in their commonest order, whether other orders are in use
GROUPED: tuple[tuple[str, tuple[Group, ...], bool], ...] = (
    ("MediaPipe holistic", (("pose", 33), ("face", 468), LH, RH), True),
    ("MediaPipe holistic, refined face", (("pose", 33), ("face", 478), LH, RH), True),
    ("MediaPipe pose and hands", (("pose", 33), LH, RH), True),
    ("MediaPipe upper pose and hands", (("pose", 25), LH, RH), True),
    ("MediaPipe face and hands", (("face", 468), LH, RH), True),
    ("MediaPipe pose and face", (("pose", 33), ("face", 468)), True),
    ("two hands", (LH, RH), False),
    ("one hand", (("hand", 21),), False),
    ("MediaPipe pose", (("pose", 33),), False),
    ("MediaPipe face", (("face", 468),), False),
    ("MediaPipe refined face", (("face", 478),), False),
    ("pose-format holistic", (("pose", 33), ("face", 468), LH, RH, ("world_pose", 33)), False),
    ("pose-format refined holistic", (("pose", 33), ("face", 478), LH, RH, ("world_pose", 33)), False),
    ("pose-format reduced holistic", (("pose", 8), ("face", 128), LH, RH), False),
    ("OpenPose body, face and hands", (("pose", 25), ("face", 70), LH, RH), False),
    ("COCO-WholeBody", (("pose", 17), ("feet", 6), ("face", 68), LH, RH), False),
    ("SPOTER body and hands", (("pose", 12), LH, RH), False),
    ("TGCN body and hands", (("pose", 13), LH, RH), False),
    ("Isharah", (RH, LH, ("lips", 19), ("pose", 25)), False),
    ("ProgressiveTransformers body and hands", (("pose", 8), LH, RH), False),
    ("OpenHands 27 keypoints", (("pose", 7), ("left_hand", 10), ("right_hand", 10)), False),
    ("COCO-WholeBody subset of SLRT", (("keypoints", 79),), False),
    ("fingerspelling subset of Kaggle", (("keypoints", 130),), False),
)
# the visibility that MediaPipe gives for pose only is kept by many pipelines: (x, y, z, v)
WITH_VISIBILITY = ("MediaPipe holistic", "MediaPipe holistic, refined face", "MediaPipe pose and hands",
                   "MediaPipe upper pose and hands", "MediaPipe pose and face")  # fmt: skip
# layouts that velocity, acceleration and the like are appended to
STACKED = (1629, 1662, 225, 258, 126)
EMBEDDING_SIZES = (256, 512, 768, 832, 960, 1024, 1280, 2048, 4096)


@dataclass(frozen=True)
class Layout:
    """Groups of landmarks one after the other: (name, landmarks, values of each)."""

    name: str
    groups: tuple[tuple[str, int, int], ...]
    stacked: int = 1  # further parts of the same size follow: velocity, acceleration ...

    @property
    def base(self) -> int:
        return sum(points * values for _, points, values in self.groups)

    @property
    def dims(self) -> int:
        return self.base * self.stacked

    @property
    def points(self) -> int:
        return sum(points for _, points, _ in self.groups)

    @property
    def values(self) -> int:
        """Numbers a landmark has, for most of them."""
        return min(values for _, _, values in self.groups)

    @property
    def blocks(self) -> tuple[tuple[str, int, int], ...]:
        """(name, first dimension, past the last) of every group."""
        found, start = [], 0
        for name, points, values in self.groups:
            found.append((name, start, start + points * values))
            start = found[-1][2]
        for part in range(1, self.stacked):
            name = ("velocity", "acceleration", "further")[part - 1]
            found.append((name, part * self.base, (part + 1) * self.base))
        return tuple(found)

    @property
    def sentence(self) -> str:
        parts = ", ".join(f"{name} {points} x {values}" for name, points, values in self.groups)
        return f"{self.name}: {parts}" + (f", {self.stacked} times" if self.stacked > 1 else "")


@functools.cache
def layouts_of(dims: int, points: int = 0, values: int = 0) -> tuple[Layout, ...]:
    """The layouts that a dimension may be, the commonest first.

    `points` and `values` are given where the array keeps them apart, as [T, K, C].
    """
    if points:
        return tuple(x for x in _table() if x.points == points and {v for *_, v in x.groups} == {values})
    plain = tuple(layout for layout in _table() if layout.dims == dims)
    return plain or _stacked(dims)


def is_landmark_size(dims: int) -> bool:
    return bool(layouts_of(dims))


def is_frame_of_landmarks(shape: tuple[int, ...]) -> bool:
    """Whether an array [K, C] is the landmarks of one frame: as many points as a layout has."""
    return len(shape) == 2 and shape[1] in (2, 3, 4) and bool(layouts_of(shape[0] * shape[1], *shape))


@functools.cache
def _table() -> tuple[Layout, ...]:
    found = []
    for name, groups, any_order in GROUPED:
        for order in _orders(groups) if any_order else (groups,):
            found += [Layout(name, tuple((g, n, v) for g, n in order)) for v in (3, 2, 4)]
            if name in WITH_VISIBILITY:
                mixed = tuple((g, n, 4 if g == "pose" else 3) for g, n in order)
                found.append(Layout(name, mixed))
        if name == "two hands":  # two hands after YOLO's 17 body points
            yolo = (("pose", 17, 3), ("left_hand", 21, 3), ("right_hand", 21, 3))
            found.append(Layout("YOLO pose and hands", yolo))
    return tuple(found)


def _orders(groups: tuple[Group, ...]) -> list[tuple[Group, ...]]:
    """Every order with the left hand before the right, the given one first."""
    orders = itertools.permutations(groups)
    return [o for o in orders if LH not in o or o.index(LH) < o.index(RH)]


def _stacked(dims: int) -> tuple[Layout, ...]:
    for times in (2, 3, 4):
        if dims % times == 0 and dims // times in STACKED:
            parts = [x for x in _table() if x.dims == dims // times]
            one_after_the_other = [Layout(x.name, x.groups, times) for x in parts]
            interleaved = [
                Layout(x.name, tuple((g, n, v * times) for g, n, v in x.groups)) for x in parts
            ]
            return tuple(one_after_the_other + interleaved)
    return ()
