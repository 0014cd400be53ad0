"""The streaming pass of one clip: block by block of frames, to one small row and its moments.

Pure and picklable both ways, so that workers can do it: they get clips and give rows.
A few MiB of one clip are held at a time, whatever its size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.clip_places import Way
from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.formats import reader_named
from slrdoctor.artifacts.kinds.features.clips import OpenClip, open_clip
from slrdoctor.artifacts.run import Clip
from slrdoctor.facts.features._clip_tally import ClipTally
from slrdoctor.facts.features.features import ClipRow, Moments
from slrdoctor.facts.features.landmarks import Landmarks

BLOCK_VALUES = 1 << 19  # values of a block: 4 MiB as float64, and a few such arrays at a time
LARGEST_FRAME = 1 << 20  # values of one frame; an image of 512 x 512 x 3 still fits
READ_IN_FULL = 2 << 30  # bytes; of larger clips, blocks spread over them are read
SAMPLED_BLOCKS = 64
LOOKED_AT = 512  # values that `scale` is the median of
WINDOW = 32  # frames that smoothness along both axes is taken from

Frames = NDArray[Any]


def measure_clip(
    clip: Clip,
    id: str,
    split: str,
    landmarks: Landmarks | None,
    open_clip: OpenClip = open_clip,
) -> tuple[ClipRow, Moments | None]:
    """Measure one clip: its row, and its moments unless a frame is too wide for them.

    An array of one axis is a single frame. `landmarks` names the blocks that are looked
    for in clips of its dimension. Raises Unreadable for what is no array of numbers.
    """
    stored = np.asarray(open_clip(clip))  # of a memory map a plain view, still read as needed
    frames = stored[np.newaxis] if stored.ndim == 1 else stored
    _refuse(stored)
    if clip.length is not None and 0 <= clip.length < len(frames):
        frames = frames[: clip.length]
    dims = int(np.prod(frames.shape[1:], dtype=np.int64))
    if dims > LARGEST_FRAME:
        raise Unreadable(f"one frame holds {dims} values: an image, or the wrong axis", "too-large")
    fitting = landmarks if landmarks is not None and landmarks.dims == dims else None
    tally = ClipTally(dims, fitting, _writes_missing_as_nan(clip))
    digest = hashlib.blake2b(repr(frames.shape[1:]).encode(), digest_size=16)
    with np.errstate(all="ignore"):  # hostile values overflow; they are counted, not printed
        for start, block in _blocks(frames):
            digest.update(np.ascontiguousarray(block).data)
            tally.add(start, block)
        row = _row(clip, id, split, stored, frames, tally, digest.hexdigest())
    return row, tally.moments


def _writes_missing_as_nan(clip: Clip) -> bool:
    """Whether a landmark that was not detected is a NaN by the format of a clip.

    Lists within the cells of a table are anybody's, whatever the format of the table.
    """
    reader = reader_named(clip.reader)
    return reader is not None and reader.nan_is_missing and not isinstance(clip.place, Way)


def _refuse(stored: Frames) -> None:
    if stored.dtype.kind not in "biuf":
        raise Unreadable(f"values of type {stored.dtype} are not features", "object-array")
    if stored.ndim == 0:
        raise Unreadable("a single number, not frames of features", "wrong-rank")
    if stored.ndim > 5:
        raise Unreadable(f"an array with {stored.ndim} axes is not a clip", "wrong-rank")


def _is_sampled(frames: Frames) -> bool:
    return frames.nbytes > READ_IN_FULL


def _blocks(frames: Frames) -> Iterator[tuple[int, Frames]]:
    """(first frame, block [n, ...]) over the clip, or spread over one that is too large."""
    rows = _at_once(frames)
    starts: Any = range(0, len(frames), rows)
    if _is_sampled(frames):
        starts = np.unique(
            np.linspace(0, len(frames) - rows, SAMPLED_BLOCKS).astype(np.int64) // rows * rows
        )
    for start in starts:
        yield int(start), frames[start : start + rows]


def _row(
    clip: Clip, id: str, split: str, stored: Frames, frames: Frames, tally: ClipTally, digest: str
) -> ClipRow:
    looked_at = np.abs(_some_values(frames))
    looked_at = looked_at[np.isfinite(looked_at) & (looked_at > 0)]
    adjacent, across = _smoothness(frames)
    repeated, repeated_inside = tally.repeated()
    return ClipRow(
        key=clip.key,
        id=id,
        split=split,
        shape=tuple(stored.shape),
        dtype=str(stored.dtype),
        frames=len(frames),
        dims=tally.dims,
        bad_values=tally.bad_values,
        first_bad_frame=tally.first_bad_frame,
        bad_block=tally.bad_block,
        constant=not tally.low < tally.high and not tally.bad_values,
        repeated=repeated,
        trailing=tally.trailing(),
        zero_frames=tally.zero_frames / max(1, tally.frames),
        missing=tuple(tally.missing / max(1, tally.frames)),
        low=tally.low if tally.values else float("nan"),
        high=tally.high if tally.values else float("nan"),
        scale=float(np.median(looked_at)) if len(looked_at) else 0.0,
        digest=digest,
        mean=tally.total / tally.values if tally.values else float("nan"),
        adjacent=adjacent,
        across=across,
        repeated_inside=repeated_inside,
        hands_missing=tally.hands_missing / max(1, tally.frames),
        distinct=len(np.unique(looked_at)),
        reader=clip.reader,
        sampled=_is_sampled(frames),
        leading=tally.leading,
        ends_in_zeros=tally.ends_in_zeros,
    )


def _some_values(frames: Frames) -> NDArray[np.float64]:
    """Values from all over the clip: of short runs of frames, by a step that fits no layout."""
    runs, run = 32, 4  # few places, since each is a page to be read from a mapped file
    if len(frames) > runs * run:
        starts = np.linspace(0, len(frames) - run, runs).astype(np.int64)
        frames = frames[(starts[:, np.newaxis] + np.arange(run)).ravel()[: _at_once(frames)]]
    if frames.size <= LOOKED_AT:
        return np.asarray(frames, np.float64).ravel()
    picked = (np.arange(LOOKED_AT, dtype=np.uint64) * np.uint64(0x9E3779B1)) % np.uint64(frames.size)
    where = np.unravel_index(picked.astype(np.int64), frames.shape)
    return np.asarray(frames[where], np.float64)


def _at_once(frames: Frames) -> int:
    """How many frames make a block."""
    return max(1, BLOCK_VALUES // max(1, frames.size // max(1, len(frames))))


def _smoothness(frames: Frames) -> tuple[float, float]:
    """Mean absolute step along the first and the second axis, in the middle of a clip [T, D].

    Steps to or from an exact zero do not count: a landmark that comes and goes is not motion.
    """
    if frames.ndim != 2:
        return 0.0, 0.0
    start = max(0, (len(frames) - WINDOW) // 2)
    window = np.asarray(frames[start : start + WINDOW], np.float64)
    there = (window != 0) & np.isfinite(window)
    steps = []
    for late, early in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
        both = there[late] & there[early]
        size = np.where(both, np.abs(window[late] - window[early]), 0.0).sum()
        steps.append(float(size / max(1, both.sum())))
    return steps[0], steps[1]
