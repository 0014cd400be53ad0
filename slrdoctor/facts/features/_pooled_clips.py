"""A few numbers a clip, so that thousands of clips can be told apart by a linear model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.kinds.features.clips import opened_clips
from slrdoctor.artifacts.run import Clip
from slrdoctor.facts.features.features import Moments
from slrdoctor.facts.features.landmarks import Landmarks

Singles = NDArray[np.float32]

WIDTH = 256  # numbers that a vector of all dimensions is reduced to
MOST_FRAMES = 256  # of a clip; of longer ones every second, third ...
MOST_VALUES = 1 << 20  # of a clip
FEWEST_FRAMES = 8
ALL_VALUES = 300_000_000  # of all clips together: some seconds
SMOOTHED = 5  # frames: a sign is longer, the noise of a tracker shorter
DEGREE = 3  # of the polynomial that lengths are taken out with
OUTLIER = 5.0  # standard deviations at which values are cut off
SEED = 20240229  # of the random projections: the same for every clip


@dataclass(frozen=True)
class Pooled:
    """Two views of N clips: where things are [N, 4 W], and how they move [N, 3 W].

    Both still tell how long a clip is, until `without_lengths`: a longer clip has farther extremes,
    and a longer sentence has more glosses, whatever its features are.
    """

    kept: NDArray[np.int64]  # places of these clips among those that were asked for
    posture: Singles  # means over the clip and over each third of it
    motion: Singles  # deviation, maximum and minimum of smoothed frames about the clip's mean
    lengths: NDArray[np.int64]  # frames


class Reduction:
    """Vectors of D dimensions to W numbers that keep their distances, by a fixed projection.

    Johnson and Lindenstrauss 1984. Where the dimensions are landmarks each block gets as many
    numbers as another: else hands would drown in a face of 468 points.
    """

    def __init__(self, dims: int, landmarks: Landmarks | None) -> None:
        self._parts: list[tuple[int, int, Singles | None]] = []
        blocks = [(low, high) for _, low, high in landmarks.blocks] if landmarks else []
        if dims <= WIDTH or not _cover(blocks, dims):
            blocks = [(0, dims)]
        rng = np.random.default_rng(SEED)
        for low, high in blocks:
            width = WIDTH // len(blocks) if dims > WIDTH else high - low
            if high - low <= width:
                self._parts.append((low, high, None))
            else:
                matrix = rng.standard_normal((high - low, width), dtype=np.float32)
                self._parts.append((low, high, matrix / np.float32(np.sqrt(width))))

    def __call__(self, vectors: Singles) -> Singles:
        """[n, D] to [n, W]."""
        parts = [
            vectors[:, low:high] if matrix is None else vectors[:, low:high] @ matrix
            for low, high, matrix in self._parts
        ]
        return np.concatenate(parts, axis=1)


def pool_clips(clips: Sequence[Clip], moments: Moments, landmarks: Landmarks | None) -> Pooled:
    """Open clips one after the other; those that cannot be read or have another size are left out.

    `moments` are those of the frames of the clips' split: values are standardised by them.
    """
    dims = len(moments.mean)
    deviation = np.sqrt(moments.variance)
    scale = np.where((deviation > 0) & np.isfinite(deviation), deviation, np.inf)
    reduction = Reduction(dims, landmarks if landmarks and landmarks.dims == dims else None)
    kept, lengths, posture, motion = [], [], [], []
    for place, frames in _frames_of(clips, dims):
        with np.errstate(all="ignore"):  # hostile values overflow and are cut off
            values = np.clip((frames - moments.mean) / scale, -OUTLIER, OUTLIER)
        standard = np.nan_to_num(values).astype(np.float32)
        kept.append(place)
        lengths.append(len(frames))
        posture.append(reduction(_posture(standard)).ravel())
        motion.append(reduction(_motion(standard)).ravel())
    if not kept:
        none = np.empty(0, np.int64)
        return Pooled(none, *(np.empty((0, 0), np.float32),) * 2, none)
    return Pooled(np.array(kept), np.stack(posture), np.stack(motion), np.array(lengths))


def without_lengths(
    vectors: Singles,
    lengths: NDArray[np.int64],
    others: Sequence[tuple[Singles, NDArray[np.int64]]] = (),
) -> list[Singles]:
    """Vectors [N, F] less what a polynomial of the logarithm of the lengths [N] says of them.

    And `others`, of other clips, less what that same polynomial says of those.
    """
    logs = np.log(np.asarray(lengths, np.float64))
    spread = logs.std()
    if not spread:
        return [vectors, *(other for other, _ in others)]
    q, r = np.linalg.qr(np.vander((logs - logs.mean()) / spread, DEGREE + 1))
    basis: Singles = q.astype(np.float32)
    said: Singles = basis.T @ vectors
    rest = [vectors - basis @ said]
    for other, theirs in others:
        # beyond the lengths that it was fitted to a polynomial says anything
        places = (np.log(np.clip(theirs, min(lengths), max(lengths))) - logs.mean()) / spread
        powers = np.linalg.lstsq(r, said.astype(np.float64), rcond=None)[0]
        rest.append(other - (np.vander(places, DEGREE + 1) @ powers).astype(np.float32))
    return rest


def clips_within(frames: Sequence[int], dims: int) -> int:
    """How many clips of such lengths may be opened before it takes more than some seconds."""
    a_clip = sum(min(t, _most_frames(dims)) for t in frames) / max(1, len(frames)) * dims
    return int(ALL_VALUES // max(1.0, a_clip))


def _frames_of(clips: Sequence[Clip], dims: int) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """The place of each clip that can be read and has so many dimensions, and frames [T, D] of it."""
    with opened_clips() as open_clip:
        for place, clip in enumerate(clips):
            try:
                frames = _spread(clip, open_clip(clip), dims)
            except Unreadable:
                continue
            if frames is not None:
                yield place, frames


def _spread(clip: Clip, values: NDArray[Any], dims: int) -> NDArray[np.float64] | None:
    """Frames [T, D] spread over the clip; None where it has other dimensions or none."""
    frames = values[np.newaxis] if values.ndim == 1 else values
    if clip.length is not None and 0 <= clip.length < len(frames):
        frames = frames[: clip.length]
    if not len(frames) or int(np.prod(frames.shape[1:], dtype=np.int64)) != dims:
        return None
    step = -(-len(frames) // _most_frames(dims))
    return np.asarray(frames[::step], np.float64).reshape(-1, dims)


def _most_frames(dims: int) -> int:
    return max(FEWEST_FRAMES, min(MOST_FRAMES, MOST_VALUES // max(1, dims)))


def _posture(frames: Singles) -> Singles:
    """[4, D]."""
    thirds = [part.mean(axis=0) for part in np.array_split(frames, 3) if len(part)]
    thirds += [thirds[-1]] * (3 - len(thirds))
    return np.stack([frames.mean(axis=0), *thirds])


def _motion(frames: Singles) -> Singles:
    """[3, D]."""
    centred = frames - frames.mean(axis=0)
    window = min(SMOOTHED, len(frames))
    sums = np.cumsum(np.concatenate([np.zeros_like(centred[:1]), centred]), axis=0)
    smooth = (sums[window:] - sums[:-window]) / np.float32(window)
    return np.stack([smooth.std(axis=0), smooth.max(axis=0), smooth.min(axis=0)])


def _cover(blocks: Sequence[tuple[int, int]], dims: int) -> bool:
    """Whether the blocks are all dimensions, one after the other."""
    edge = 0
    for low, high in blocks:
        if low != edge:
            return False
        edge = high
    return edge == dims
