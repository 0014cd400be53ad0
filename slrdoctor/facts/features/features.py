"""The features on disk, measured in one streaming pass over each clip.

The pass (`clip_pass`) gives a `ClipRow` a clip and a `Moments` a split and dimension; both
merge (rows by being put side by side, moments with `+`), so the pass can run on all cores,
be cached, and be spread over machines without a change to checks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slrdoctor.words.grammar import counted

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Effort:
    """How hard the doctor may work: a given fact. `jobs` above 1 lets the pass use processes.

    `progress` is called with (clips done, clips in all) from this process.
    """

    jobs: int = 1
    progress: Callable[[int, int], None] | None = None


@dataclass(frozen=True, slots=True)
class ClipRow:
    """What one pass over one clip [T, ...] measured. All shares are of its frames.

    A frame is all that stands at one index of the first axis, flattened. Where the
    container stores the clip's length, only the frames that are real are measured.
    """

    key: str  # Clip.key
    id: str  # the annotated sample's id, or the key where no annotation claims the clip
    split: str
    shape: tuple[int, ...]  # as stored
    dtype: str
    frames: int  # T, of the array as stored, or the stored length where that is smaller
    dims: int  # D, of everything after the first axis, flattened
    bad_values: int  # NaN or Inf that are not a missing landmark written as NaN by its format
    first_bad_frame: int  # -1 where there is none
    bad_block: str  # the landmark block of the first bad value, or ""
    constant: bool  # every value of the clip is the same
    repeated: float  # share of consecutive frame pairs that are identical; see repeated_inside
    trailing: int  # frames at the end that repeat the one before them, or are all zero
    zero_frames: float  # share of frames that are all zero or all NaN
    missing: tuple[float, ...]  # share of frames in which each landmark block is zero or NaN
    low: float  # smallest and largest finite value
    high: float
    scale: float  # median absolute value of a few hundred values that are not zero
    digest: str  # of the raw values: equal arrays have equal digests
    mean: float
    adjacent: float  # mean |x[t+1] - x[t]| along the first axis ...
    across: float  # ... and along the second: arrays stored [D, T] have these swapped
    repeated_inside: float = 0.0  # `repeated` without a final run that outlasts all earlier ones
    hands_missing: float = 0.0  # share of frames in which every hand block is zero or NaN
    distinct: int = 0  # different values among those that `scale` was taken from
    reader: str = ""  # the format it was read from
    sampled: bool = False  # too large to be read in full: blocks spread over it were measured
    leading: int = 0  # frames at the start that are all zero
    ends_in_zeros: bool = False  # the frames of `trailing` are all zero


@dataclass(frozen=True)
class ClipTable:
    """One row a clip, over all splits; `landmarks` names the blocks of `ClipRow.missing`."""

    rows: tuple[ClipRow, ...]
    unreadable: tuple[tuple[str, str, str, str], ...]  # (id or key, split, fault, sentence)
    read_from: str
    total: int  # clips that the pass was over
    length_stored: bool  # real lengths are stored beside padded arrays
    landmarks: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        frames = sum(row.frames for row in self.rows)
        sampled = sum(row.sampled for row in self.rows)
        partly = f"; {sampled} too large to be read in full" if sampled else ""
        return f"{len(self.rows)} of {self.total} clips read, {counted(frames, 'frame')}{partly}"


@dataclass(frozen=True)
class Moments:
    """Per-dimension statistics of all frames of a split: arrays of shape [D].

    A dimension without a finite value has count 0, mean 0, low Inf and high -Inf.
    """

    count: Ints  # finite values
    mean: Floats
    squares: Floats  # sum of squared deviations
    low: Floats
    high: Floats

    @classmethod
    def of(cls, frames: NDArray[np.float64]) -> Moments:
        """The moments of frames [T, D]; values that are not finite do not count."""
        finite = np.isfinite(frames)
        if finite.all() and len(frames):
            return cls._of_finite(frames)
        count = finite.sum(axis=0)
        mean = np.where(finite, frames, 0.0).sum(axis=0) / np.maximum(count, 1)
        deviation = np.where(finite, frames - mean, 0.0)
        low = np.where(finite, frames, np.inf).min(axis=0, initial=np.inf)
        high = np.where(finite, frames, -np.inf).max(axis=0, initial=-np.inf)
        return cls(count, mean, np.square(deviation).sum(axis=0), low, high)

    @classmethod
    def _of_finite(cls, frames: NDArray[np.float64]) -> Moments:
        mean = frames.mean(axis=0)
        deviation = frames - mean
        return cls(
            np.full(frames.shape[1], len(frames), np.int64),
            mean,
            np.einsum("td,td->d", deviation, deviation),
            frames.min(axis=0),
            frames.max(axis=0),
        )

    def __add__(self, other: Moments) -> Moments:
        """The moments of both sets of frames together.

        Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing
        sample variances", COMPSTAT 1982: no difference of large sums, so nothing cancels.
        """
        count = self.count + other.count
        share = other.count / np.maximum(count, 1)
        with np.errstate(over="ignore", invalid="ignore"):  # squares of 1e300 are infinite
            gap = other.mean - self.mean
            return Moments(
                count,
                self.mean + gap * share,
                self.squares + other.squares + np.square(gap) * self.count * share,
                np.minimum(self.low, other.low),
                np.maximum(self.high, other.high),
            )

    @property
    def variance(self) -> Floats:
        """Of the values themselves, not of a population that they were drawn from."""
        return self.squares / np.maximum(self.count, 1)


@dataclass(frozen=True)
class ClipMoments:
    """Moments over clips of what `Moments` has over the frames of each: arrays of shape [D].

    Frames of a clip are alike, so that how far splits may differ by chance is told by clips.
    """

    means: Moments  # of the clips' means
    spreads: Moments  # of the standard deviations within the clips

    @classmethod
    def of(cls, frames: Moments) -> ClipMoments:
        """Of one clip; a dimension without two finite values has no spread."""
        mean = np.where(frames.count > 0, frames.mean, np.nan)
        spread = np.where(frames.count > 1, np.sqrt(frames.variance), np.nan)
        return cls(Moments.of(mean[np.newaxis]), Moments.of(spread[np.newaxis]))

    def __add__(self, other: ClipMoments) -> ClipMoments:
        return ClipMoments(self.means + other.means, self.spreads + other.spreads)


@dataclass(frozen=True)
class DimensionStats:
    """`Moments` by split, for the dimension that most clips have."""

    by_split: dict[str, Moments]
    dims: int
    read_from: str

    @property
    def overall(self) -> Moments:
        """Over all splits."""
        first, *others = self.by_split.values()
        for moments in others:
            first = first + moments
        return first

    @property
    def sentence(self) -> str:
        frames = int(self.overall.count.max(initial=0))
        size = f"{counted(self.dims, 'dimension')}, {counted(frames, 'frame')}"
        return f"{size}, {counted(len(self.by_split), 'split')}"
