"""Whether stored features tell of their labels at all: a linear probe on pooled clips."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slrdoctor.arithmetic.probe_scores import ProbeScore, Singles, scores_of
from slrdoctor.artifacts.run import Row
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.features._pooled_clips import Pooled, pool_clips, without_lengths
from slrdoctor.facts.features.features import DimensionStats
from slrdoctor.facts.features.join import Join
from slrdoctor.facts.features.landmarks import Landmarks
from slrdoctor.facts.features.pooled_training import (
    PooledTraining,
    pairs_of,
    refuse_unscalable,
    some_of,
)
from slrdoctor.facts.labels.samples import Samples

FEWEST = 60  # samples
OFFSETS = (-3, -2, -1, 1, 2, 3)
TYPES = 20  # the commonest classes, glosses or words that are looked for
SEQUENCES = 0.25  # share of targets with several glosses from which on they are sequences


@dataclass(frozen=True)
class Kind:
    """What a target is made of, and how much data a probe needs to find it.

    Measured on simulated landmarks and CNN features: from here on a probe finds what is there.
    """

    name: str  # class | gloss | word
    least: int  # samples with it, and without it, for one to be looked for
    reach: float  # AUC above chance that three deviations of chance must not hide
    far: float  # likewise, where other evidence says as well that nothing was learned
    among: float  # square root of the samples over the mean length of a target


CLASS = Kind("class", 4, 0.2, 0.2, 0)
GLOSS = Kind("gloss", 20, 0.1, 0.1, 1.75)
WORD = Kind("word", 20, 0.03, 0.1, 2)


@dataclass(frozen=True)
class ShiftedLabels:
    """The probe where every sample is given the label of the sample `offset` further on."""

    offset: int
    order: str  # "the annotations" | "their names"
    score: ProbeScore


@dataclass(frozen=True)
class SplitProbe:
    """The probe on one split, with the labels as they are and shifted."""

    split: str
    samples: int
    kind: str  # class | gloss | word
    types: int  # classes, glosses or words that were looked for
    score: ProbeScore
    shifted: tuple[ShiftedLabels, ...]
    is_sharp: bool = True  # chance cannot hide even a weak signal


@dataclass(frozen=True)
class Probe:
    """Every split with enough samples for a probe to find what is there."""

    splits: tuple[SplitProbe, ...]
    read_from: str

    @property
    def sentence(self) -> str:
        return "; ".join(
            f"a linear probe predicts the {s.kind} of {s.samples} {s.split or 'unsplit'} clips with an "
            f"AUC of {s.score.auc:.2f} (permuted labels: {s.score.chance:.2f})"
            for s in self.splits
        )


@measure
def probe(
    join: Join,
    samples: Samples,
    stats: DimensionStats,
    landmarks: Landmarks | None,
    training: PooledTraining | None,
) -> Probe:
    """Raises Unavailable where no split has enough samples of enough classes or glosses."""
    done, reasons = [], []
    for split in samples.splits:
        try:
            pooled = training if split == "train" else None
            done.append(_of_split(split, join, samples, stats, landmarks, pooled))
        except Unavailable as missing:
            reasons.append(f"{split or 'unsplit'}: {missing.reason}")
    if not done:
        raise Unavailable("; ".join(reasons), "add samples of the same classes or glosses")
    return Probe(tuple(done), join.read_from)


def _of_split(
    split: str,
    join: Join,
    samples: Samples,
    stats: DimensionStats,
    landmarks: Landmarks | None,
    training: PooledTraining | None,
) -> SplitProbe:
    rows = samples.of(split)
    place = {id(row): at for at, row in enumerate(rows)}
    pairs = pairs_of(join, split)
    if len(pairs) < FEWEST:
        raise Unavailable(f"only {len(pairs)} samples have features; a probe needs {FEWEST}")
    kind, targets = targets_of_rows(rows)
    moments = stats.by_split.get(split, stats.overall)
    refuse_unscalable(moments)
    pairs = some_of(pairs, moments, stats.dims)
    at = np.array([place[id(pair.row)] for pair in pairs])
    _check_power(kind, len(pairs), [targets[i] for i in at])
    types = _types([targets[i] for i in at], kind, len(pairs))
    pooled = training.pooled if training else pool_clips([p.clip for p in pairs], moments, landmarks)
    if len(pooled.kept) < FEWEST:
        raise Unavailable(
            f"only {len(pooled.kept)} samples have {stats.dims} dimensions; a probe needs {FEWEST}"
        )
    at = at[pooled.kept]
    labels = np.array([[one in target for one in types] for target in targets])
    offsets = list(_offsets(rows, at))
    score, *others = scores_of(
        _views(pooled), [labels[at], *(labels[places] for _, _, places in offsets)]
    )
    if 3 * score.spread > kind.far:
        raise Unavailable(
            f"{len(at)} samples are too few for a probe: permuted labels reach an AUC of "
            f"{score.chance + 3 * score.spread:.2f} by chance"
        )
    shifted = [ShiftedLabels(k, order, s) for (k, order, _), s in zip(offsets, others, strict=True)]
    sharp = 3 * score.spread <= kind.reach
    return SplitProbe(split, len(at), kind.name, len(types), score, tuple(shifted), sharp)


def targets_of_rows(rows: Sequence[Row]) -> tuple[Kind, list[frozenset[str]]]:
    """What is to be found in each sample: its class, its glosses, or the words of its text."""
    glosses = [row.glosses or () for row in rows]
    with_any = sum(map(bool, glosses))
    if not with_any:
        return WORD, [frozenset((row.text or "").split()) for row in rows]
    if sum(len(g) > 1 for g in glosses) < SEQUENCES * with_any:
        return CLASS, [frozenset((" ".join(g),)) if g else frozenset() for g in glosses]
    return GLOSS, [frozenset(g) for g in glosses]


def _views(pooled: Pooled) -> dict[str, Singles]:
    views = {"posture": pooled.posture, "motion": pooled.motion}
    return {name: without_lengths(view, pooled.lengths)[0] for name, view in views.items()}


def _check_power(kind: Kind, samples: int, targets: Sequence[frozenset[str]]) -> None:
    length = sum(map(len, targets)) / samples
    needed = max(FEWEST, math.ceil((kind.among * length) ** 2))
    if samples < needed:
        raise Unavailable(
            f"only {samples} samples with {length:.1f} different {kind.name} labels each; a probe "
            f"needs {needed}"
        )


def _types(targets: Sequence[frozenset[str]], kind: Kind, samples: int) -> list[str]:
    counts = Counter(one for target in targets for one in sorted(target))
    found = [one for one, n in counts.most_common() if kind.least <= n <= samples - kind.least][:TYPES]
    if not found:
        raise Unavailable(
            f"no {kind.name} is in at least {kind.least} of {samples} samples and missing in "
            f"{kind.least}"
        )
    return found


def _offsets(rows: Sequence[Row], at: NDArray[np.int64]) -> Iterator[tuple[int, str, NDArray[np.int64]]]:
    """Offset, order, and which row's label each sample would have; ends meet."""
    as_written = np.arange(len(rows))
    by_name = np.array(sorted(as_written.tolist(), key=lambda i: rows[i].id), np.int64)
    orders = [("the annotations", as_written)]
    if not np.array_equal(by_name, as_written):
        orders.append(("their names", by_name))
    for name, order in orders:
        rank = np.empty_like(order)
        rank[order] = as_written
        for offset in OFFSETS:
            yield offset, name, order[(rank[at] + offset) % len(rows)]
