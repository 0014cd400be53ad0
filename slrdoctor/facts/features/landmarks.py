"""Which landmarks the stored dimensions are, told from their number and from their values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.kinds.features.clips import opened_clips
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.features.used_clips import UsedClips
from slrdoctor.words.landmark_layouts import EMBEDDING_SIZES, Layout, layouts_of

PEEKED_CLIPS = 32
PEEKED_FRAMES = 48  # of each
PEEKED_VALUES = 1 << 22  # of all together
ROUND_SIZES = (100, 150, 200, 300, 1536)  # sizes of embeddings and of projections just as well
POINT_BY_POINT = ("OpenPose", "COCO")  # detectors that miss single points
HAND_WIDTHS = {63: 3, 42: 2, 84: 4}  # dimensions of a hand: values a landmark


@dataclass(frozen=True)
class Landmarks:
    """The landmark layout of the stored features: which dimensions belong to what.

    `blocks` are (name, first dimension, past the last); the names are pose, face,
    left_hand, right_hand, hand, velocity... `values` is how many numbers a landmark has.
    """

    name: str  # "MediaPipe holistic: pose 33 x 4, face 468 x 3, left_hand 21 x 3, right_hand 21 x 3"
    dims: int
    blocks: tuple[tuple[str, int, int], ...]
    values: int
    certain: bool  # false where two layouts share the size and the values do not tell
    read_from: str

    @property
    def sentence(self) -> str:
        guess = "" if self.certain else " (a guess by their number alone)"
        return f"{self.dims} values per frame are {self.name}{guess}"


@measure
def landmarks(used: UsedClips) -> Landmarks:
    """Raises Unavailable where the dimension is of no known layout, such as CNN embeddings."""
    shape, frames = _peek(used)
    dims = frames.shape[1]
    points = shape[-2] if len(shape) >= 2 else 0
    found = tell_layout(frames, points, shape[-1] if points else 0)
    if found is None:
        what = "the size of embeddings" if dims in EMBEDDING_SIZES else "of an unknown layout"
        raise Unavailable(
            f"{used.read_from} has {dims} values per frame, {what}",
            "store landmarks in a layout of MediaPipe, pose-format, OpenPose or COCO-WholeBody",
        )
    layout, certain = found
    people = int(np.prod(shape[:-2], dtype=np.int64))
    return Landmarks(
        name=layout.sentence,
        dims=dims * people if points else dims,
        blocks=layout.blocks,
        values=layout.values,
        certain=certain,
        read_from=used.read_from,
    )


def tell_layout(
    frames: NDArray[np.float64], points: int = 0, values: int = 0
) -> tuple[Layout, bool] | None:
    """The layout of frames [N, D] and whether it is certain; None where it is of no layout.

    `points` and `values` are K and C of arrays [T, K, C], zero for flat ones.
    """
    frames = frames[(np.nan_to_num(frames) != 0).any(axis=1)]
    candidates = layouts_of(frames.shape[1], points, values)
    if not candidates:
        by_hands = None if frames.shape[1] in EMBEDDING_SIZES else _by_missing_hands(frames)
        return None if by_hands is None else (by_hands, True)
    scores = [_evidence(layout, frames) for layout in candidates]
    best = scores.index(max(scores))
    layout, runner_up = candidates[best], max([*scores[:best], *scores[best + 1 :]], default=0)
    if not points and _is_sparse(layout, frames):
        return None
    told_by_values = scores[best] > max(0, runner_up)
    told_by_size = len(candidates) == 1 and (bool(points) or layout.dims not in ROUND_SIZES)
    known_inside = layout.groups[0][0] != "keypoints"
    if not points and layout.dims in ROUND_SIZES and not told_by_values:
        return None
    return layout, known_inside and (told_by_values or told_by_size)


def _evidence(layout: Layout, frames: NDArray[np.float64]) -> int:
    """In how many frames the values agree with the layout, less those that speak against it.

    A detector finds a whole hand, face or pose or none of it, so absent landmarks fill blocks.
    """
    score = 0
    for (_, start, stop), (name, points, values) in zip(layout.blocks, layout.groups, strict=False):
        block = np.nan_to_num(frames[:, start:stop]).reshape(len(frames), points, values)
        absent: NDArray[np.bool_] = np.logical_not(block.any(axis=2))
        here: NDArray[np.bool_] = np.logical_not(absent.all(axis=1))
        score += int((~here).sum()) - int((absent.any(axis=1) & here).sum())
        if here.any():
            score += int(here.sum()) * _likeness(name, block[here])
    return score


def _likeness(name: str, block: NDArray[np.float64]) -> int:
    """Whether landmarks [N, K, C] that are there look like MediaPipe's hand or pose: 1, 0 or -1.

    The depth of a hand is relative to its wrist, whose own is next to 0. The first 11 points
    of a pose are the head's: close together, and as good as always visible. The fourth value
    of a pose is its visibility, a probability.
    """
    if "hand" in name and block.shape[1:] == (21, 3):
        depth = np.abs(block[:, :, 2])
        return int((depth[:, 0] < 1e-3 * np.median(depth[:, 1:], axis=1)).mean() > 0.5)
    if name != "pose" or block.shape[1] not in (25, 33):
        return 0
    if block.shape[2] == 4:
        seen = block[:, :, 3]
        if ((seen < -0.01) | (seen > 1.01)).mean() > 0.1:
            return -1
        return int(seen[:, :11].mean() > 0.9 and abs(block[:, :, :3].mean() - seen.mean()) > 0.1)
    spread = block[:, :, :2].std(axis=1).mean(axis=1)
    head = block[:, :11, :2].std(axis=1).mean(axis=1)
    return int((head < 0.5 * spread).mean() > 0.5)


def _is_sparse(layout: Layout, frames: NDArray[np.float64]) -> bool:
    """Zeros strewn through most blocks of most frames: activations, not landmarks."""
    if layout.name.startswith(POINT_BY_POINT) or not len(frames):
        return False
    partly = []
    for (_, start, stop), (_, points, values) in zip(layout.blocks, layout.groups, strict=False):
        block = np.nan_to_num(frames[:, start:stop]).reshape(len(frames), points, values)
        share = (~block.any(axis=2)).mean(axis=1)
        partly.append((share > 0.1) & (share < 1))
    return bool(np.mean(partly) > 0.5)


def _by_missing_hands(frames: NDArray[np.float64]) -> Layout | None:
    """The layout of a dimension that is in no table, where a missing hand shows two of them.

    Dimensions that are zero or NaN in exactly the same frames are one run; two runs of
    a hand's width, the same for both, are the hands.
    """
    if not 84 <= frames.shape[1] <= 8192 or len(frames) < 2:
        return None
    absent = np.nan_to_num(frames) == 0
    edges = np.flatnonzero((absent[:, 1:] != absent[:, :-1]).any(axis=0)) + 1
    bounds = [0, *edges.tolist(), frames.shape[1]]
    runs = [(a, b) for a, b in pairwise(bounds) if absent[:, a].any() and b - a in HAND_WIDTHS]
    if len(runs) != 2 or runs[0][1] - runs[0][0] != runs[1][1] - runs[1][0]:
        return None
    if all(absent[:, a].all() for a, _ in runs):
        return None  # dead dimensions of whatever it is
    (first, past_first), (second, past_second) = runs
    values = HAND_WIDTHS[past_first - first]
    groups = [("rest", first, 1), ("left_hand", 21, values), ("rest", second - past_first, 1)]
    groups += [("right_hand", 21, values), ("rest", frames.shape[1] - past_second, 1)]
    return Layout(
        "two hands found by the frames that they are missing in", tuple(g for g in groups if g[1])
    )


def _peek(used: UsedClips) -> tuple[tuple[int, ...], NDArray[np.float64]]:
    """The shape of a frame that most clips have, and frames [N, D] of clips with that shape.

    Of several people in a frame, [T, people, K, C], the first.
    """
    by_shape: dict[tuple[int, ...], list[NDArray[Any]]] = {}
    for clip in _opened(used):
        by_shape.setdefault(clip.shape[1:], []).append(clip)
    if not by_shape:
        raise Unavailable(f"no clip could be read from {used.read_from}")
    sizes = Counter({shape: len(clips) for shape, clips in by_shape.items()})
    [(shape, _)] = sizes.most_common(1)
    parts = [clip[:, 0] if clip.ndim == 4 and clip.shape[1] else clip for clip in by_shape[shape]]
    return shape, np.concatenate([part.reshape(len(part), -1) for part in parts]).astype(np.float64)


def _opened(used: UsedClips) -> Iterator[NDArray[Any]]:
    """A few frames of a few clips, spread over all of them."""
    step = max(1, len(used.clips) // PEEKED_CLIPS)
    with opened_clips() as open_clip:
        for chosen in used.clips[::step]:
            try:
                clip = open_clip(chosen.clip)
            except Unreadable:
                continue
            clip = clip[np.newaxis] if clip.ndim == 1 else clip
            if clip.ndim not in (2, 3, 4) or clip.dtype.kind not in "biuf" or not clip.size:
                continue
            dims = clip.size // len(clip)
            if dims > PEEKED_VALUES // PEEKED_CLIPS:
                continue  # an image a frame
            frames = min(PEEKED_FRAMES, PEEKED_VALUES // PEEKED_CLIPS // dims)
            yield np.array(clip[:: -(-len(clip) // frames)])
