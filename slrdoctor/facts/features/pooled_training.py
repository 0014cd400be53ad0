"""The training clips as a few numbers each: what every probe is fitted on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.features._pooled_clips import Pooled, clips_within, pool_clips
from slrdoctor.facts.features.features import DimensionStats, Moments
from slrdoctor.facts.features.join import Join, Pair
from slrdoctor.facts.features.landmarks import Landmarks

MOST = 5000  # clips of a split
SEED = 31337  # of which are taken, where there are more


class PooledTraining:
    """The training clips that a probe sees, one a pair, with the moments they are standardised by.

    No dataclass: a report writes those out, and these are millions of numbers.
    """

    def __init__(self, pairs: Sequence[Pair], pooled: Pooled, moments: Moments) -> None:
        self.pairs = tuple(pairs)  # those that were asked for; `pooled.kept` are places among them
        self.pooled = pooled
        self.moments = moments

    def __str__(self) -> str:
        return f"{len(self.pooled.kept)} training clips, pooled"


@measure
def pooled_training(join: Join, stats: DimensionStats, landmarks: Landmarks | None) -> PooledTraining:
    """Raises Unavailable where no training sample has features, or no value of them can be scaled."""
    pairs = pairs_of(join, "train")
    if not pairs or "train" not in stats.by_split:
        raise Unavailable(f"no training sample of {join.read_from} has features that can be read")
    moments = stats.by_split["train"]
    refuse_unscalable(moments)
    pairs = some_of(pairs, moments, stats.dims)
    return PooledTraining(pairs, pool_clips([p.clip for p in pairs], moments, landmarks), moments)


def pairs_of(join: Join, split: str) -> list[Pair]:
    """The pairs of a split, each clip once: the first sample that has it."""
    return list({id(p.clip): p for p in reversed(join.pairs) if p.split == split}.values())[::-1]


def some_of(pairs: list[Pair], moments: Moments, dims: int, most: int = MOST) -> list[Pair]:
    """As many of the pairs of a split as can be opened within some seconds, in their order."""
    frames = int(moments.count.max(initial=0)) // len(pairs)
    most = min(most, clips_within([max(1, frames)], dims))
    if len(pairs) <= most:
        return pairs
    taken = np.random.default_rng(SEED).choice(len(pairs), most, replace=False)
    return [pairs[i] for i in sorted(taken.tolist())]


def refuse_unscalable(moments: Moments) -> None:
    """Raises Unavailable where values differ and no standard deviation of them can be computed."""
    varies, variance = moments.high > moments.low, moments.variance
    if varies.any() and not (varies & (variance > 0) & np.isfinite(variance)).any():
        raise Unavailable(
            f"values up to {moments.high.max():.3g} have a standard deviation that cannot be computed"
        )
