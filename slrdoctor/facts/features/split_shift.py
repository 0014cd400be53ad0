"""How far the features of dev and test lie from those of training, dimension by dimension."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.features.feature_pass import FeaturePass
from slrdoctor.facts.features.features import ClipMoments, DimensionStats, Floats, Moments
from slrdoctor.facts.labels.samples import Samples

Bools = NDArray[np.bool_]

FEWEST = 8  # clips of a split: fewer do not tell how much clips differ
HELD_OUT = ("dev", "test")


@dataclass(frozen=True)
class Difference:
    """How far two splits lie apart in one respect: arrays of shape [D]."""

    size: Floats
    errors: Floats  # the same in standard errors over clips
    deviations: Floats  # and in deviations between the clips of a split

    def beyond(self, size: float, errors: float, deviations: float) -> Bools:
        """Where it is larger than all three.

        Where clips of one split differ as much as the splits do, it is no shift between splits.
        """
        return (self.size > size) & (self.errors > errors) & (self.deviations > deviations)


@dataclass(frozen=True)
class Shift:
    """One split against training, for the dimensions that vary in either: arrays of shape [D]."""

    split: str
    clips: int
    train_clips: int
    dims: NDArray[np.int64]  # which dimensions of the features these are
    location: Difference  # of the means, in standard deviations
    scale: Difference  # the larger spread within clips over the smaller; inf where one is zero
    median_ratio: float  # of the split's spread over that of training
    same_signers: bool  # every signer of the split is known to train as well
    negative: tuple[float, float]  # share of dimensions with a clip of negative mean: train, the split
    blocks: tuple[tuple[str, int, int], ...] = ()  # landmark blocks: name, first, past the last

    def block_of(self, moved: Bools) -> str:
        """The landmark block that has most of some dimensions, where one has."""
        inside = {n: int(moved[(self.dims >= a) & (self.dims < b)].sum()) for n, a, b in self.blocks}
        name = max(inside, key=lambda n: inside[n], default="")
        return name if len(inside) > 1 and 2 * inside[name] > moved.sum() else ""


@dataclass(frozen=True)
class SplitShift:
    """Dev and test held against training; the distances are those that differing signers allow."""

    shifts: tuple[Shift, ...]
    read_from: str

    @property
    def sentence(self) -> str:
        return "; ".join(
            f"in the median dimension {s.split} is {np.median(s.location.size):.2g} standard deviations "
            f"from train, with {s.median_ratio:.2g} times its spread"
            if len(s.dims)
            else f"no dimension varies in {s.split} or train"
            for s in self.shifts
        )


@measure
def split_shift(measured: FeaturePass, stats: DimensionStats, samples: Samples | None) -> SplitShift:
    """Raises Unavailable where there are not two splits of some clips each."""
    over_clips = {
        split: moments
        for (split, dims), moments in measured.passed.over_clips.items()
        if dims == stats.dims and moments.means.count.max(initial=0) >= FEWEST
    }
    against = [split for split in HELD_OUT if split in over_clips]
    if "train" not in over_clips or not against:
        counts = ", ".join(
            f"{int(m.means.count.max(initial=0))} {split or 'unsplit'}"
            for (split, dims), m in measured.passed.over_clips.items()
            if dims == stats.dims
        )
        raise Unavailable(
            f"only {counts} clips in {measured.read_from}; {FEWEST} of train and of dev or test are "
            "needed",
            'name the splits in slrdoctor.toml: [features] train = "...", dev = "..."',
        )
    blocks = measured.landmarks.blocks if measured.landmarks is not None else ()
    fitting = blocks if measured.landmarks is not None and measured.landmarks.dims == stats.dims else ()
    shifts = [
        shift_between(
            over_clips["train"], over_clips[split], split, _same_signers(samples, split), fitting
        )
        for split in against
    ]
    return SplitShift(tuple(shifts), measured.read_from)


def shift_between(
    train: ClipMoments,
    other: ClipMoments,
    split: str,
    same_signers: bool = False,
    blocks: Iterable[tuple[str, int, int]] = (),
) -> Shift:
    """One split against training.

    A distance is taken in units of the dimension's own deviation over frames. Unless the
    signers are the same ones it is at least the deviation among the dimensions: where a person
    stands and how large they are moves all landmarks by a part of a body, and is no fault. For
    the same reason no spread counts as smaller than the split's median one: a landmark or an
    activation that hardly moves in one signer may move a lot in another.
    """
    with np.errstate(all="ignore"):  # hostile values overflow; they are no dimension that counts
        deviation = np.sqrt((_variance(train) + _variance(other)) / 2)
        gap = np.abs(other.means.mean - train.means.mean)
        known = (train.means.count > 1) & (other.means.count > 1)
        live = known & (deviation > 0) & np.isfinite(deviation) & np.isfinite(gap)
        unit = deviation if same_signers else np.maximum(deviation, _width(train.means.mean[live]))
        within = np.stack([train.spreads.mean, other.spreads.mean])
        vectors = not within[:, live].any()
        if vectors:  # one a clip: what varies is the clips, and their spread has no error of its own
            within = np.sqrt(np.stack([train.means.variance, other.means.variance]))
        median = float(np.median(within[1, live] / within[0, live])) if live.any() else 1.0
        if not same_signers and live.any():
            within = np.maximum(within, np.median(within[:, live], axis=1, keepdims=True))
        ratio = np.nan_to_num(within.max(axis=0) / within.min(axis=0), nan=1.0, posinf=np.inf)
        sure = np.full(live.sum(), np.inf)
        scale = _difference(ratio, train.spreads, other.spreads, live)
        return Shift(
            split=split,
            clips=int(other.means.count.max(initial=0)),
            train_clips=int(train.means.count.max(initial=0)),
            dims=np.flatnonzero(live),
            location=_difference(gap / unit, train.means, other.means, live),
            scale=Difference(ratio[live], sure, sure) if vectors else scale,
            median_ratio=median,
            same_signers=same_signers,
            negative=(_negative(train, live), _negative(other, live)),
            blocks=tuple(blocks),
        )


def _difference(size: Floats, train: Moments, other: Moments, live: Bools) -> Difference:
    """A difference of two means over clips, by how much clips differ."""
    gap = np.abs(other.mean - train.mean)
    sides = (train, other)
    error = np.sqrt(sum(side.variance / np.maximum(side.count - 1, 1) for side in sides))
    between = np.sqrt((train.variance + other.variance) / 2)
    return Difference(size[live], _in_units(gap, error)[live], _in_units(gap, between)[live])


def _variance(clips: ClipMoments) -> Floats:
    """Over all frames: between the clips, and within them."""
    return clips.means.variance + clips.spreads.variance + np.square(clips.spreads.mean)


def _negative(clips: ClipMoments, live: Bools) -> float:
    return float(np.mean(clips.means.low[live] < 0)) if live.any() else 0.0


def _width(profile: Floats) -> float:
    """How far the dimensions themselves lie apart, without the odd ones; 0 for standardised ones."""
    if len(profile) < 2:
        return 0.0
    low, high = np.percentile(profile, (25, 75))
    return float(high - low) / 1.35  # a normal distribution's deviation


def _in_units(gap: Floats, unit: Floats) -> Floats:
    """A gap in units that may be zero: then any gap is infinite, and none is 0."""
    sure = np.where(gap == 0, 0.0, np.inf)
    return np.where(unit > 0, gap / np.where(unit > 0, unit, 1.0), sure)


def _same_signers(samples: Samples | None, split: str) -> bool:
    """Whether the annotations name the signer of every sample, and those of the split all train."""
    if samples is None:
        return False
    named = {s: {row.signer for row in samples.of(s)} for s in ("train", split)}
    if not all(named.values()) or None in named["train"] | named[split]:
        return False
    return named[split] <= named["train"]
