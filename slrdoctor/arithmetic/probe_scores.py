"""How well a linear model tells labels from pooled clips, held against permuted labels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Labels = NDArray[np.bool_]

FOLDS = 5
PERMUTATIONS = 40
COMPONENTS = 256  # and at most a third of the samples
SHRINKAGE = 0.1  # of all the variance: what a direction must explain to be used in full
SEED = 7919  # of folds and permutations


@dataclass(frozen=True)
class ProbeScore:
    """The area under the ROC curve, mean over labels: 0.5 is guessing, 1 is perfect.

    `chance` and `spread` are the mean and the deviation of it under permuted labels.
    """

    auc: float
    chance: float
    spread: float
    view: str  # what of the clips it was told from: posture | motion

    @property
    def sigmas(self) -> float:
        """How far it lies above chance, in deviations of chance."""
        gain = self.auc - self.chance
        return gain / self.spread if self.spread > 0 else math.copysign(math.inf, gain) if gain else 0.0


def scores_of(views: Mapping[str, Singles], labelings: Sequence[Labels]) -> list[ProbeScore]:
    """The score of each labelling [N, K] by the view [N, F] that tells it best.

    Chance is that of the first labelling, its rows permuted: what labels have in common, such
    as being of a long sentence, stays. Labellings have the same labels in another order.
    """
    rng = np.random.default_rng((SEED, len(labelings[0])))
    permuted = [labelings[0][rng.permutation(len(labelings[0]))] for _ in range(PERMUTATIONS)]
    best: list[ProbeScore] = []
    for view, vectors in views.items():
        aucs = held_out_aucs(vectors, np.stack([*labelings, *permuted]))
        null = aucs[len(labelings) :]
        chance, spread = float(null.mean()), float(null.std(ddof=1))
        scores = [ProbeScore(float(auc), chance, spread, view) for auc in aucs[: len(labelings)]]
        best = (
            [max(pair, key=lambda s: s.sigmas) for pair in zip(best, scores, strict=True)]
            if best
            else scores
        )
    return best


def held_out_aucs(vectors: Singles, labelings: Labels) -> Floats:
    """The mean AUC of each of V labellings [V, N, K], predicted from vectors [N, F] by ridge
    regression in 5-fold cross-validation. A label that no sample or every sample has counts not.
    """
    from sklearn.decomposition import PCA
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import KFold

    count, samples, labels = labelings.shape
    columns = np.moveaxis(labelings, 1, 0).reshape(samples, -1).astype(np.float32)
    spread = vectors.std(axis=0)
    standard = (vectors - vectors.mean(axis=0)) / np.where(spread > 0, spread, 1)
    components = min(COMPONENTS, samples // 3, vectors.shape[1])
    # the directions are found without labels, so that no fold is told of another's
    with np.errstate(invalid="ignore", divide="ignore"):  # of vectors that are all alike
        reduced = PCA(components, svd_solver="randomized", random_state=SEED).fit_transform(standard)
    penalty = max(SHRINKAGE * float(standard.var(axis=0).sum()), 1e-6)
    predicted = np.empty_like(columns)
    for train, test in KFold(FOLDS, shuffle=True, random_state=SEED).split(reduced):
        found = Ridge(alpha=penalty).fit(reduced[train], columns[train]).predict(reduced[test])
        # each fold's model has an intercept of its own
        predicted[test] = found - found.mean(axis=0)
    means: Floats = np.nanmean(aucs_of(predicted, columns).reshape(count, labels), axis=1)
    return means


def aucs_of(predicted: Singles, truth: Singles) -> Floats:
    """The AUC of each column of [N, M] by the ranks of its true ones; nan where all are one kind."""
    from scipy.stats import rankdata

    ranks = rankdata(predicted, axis=0)
    there = truth.sum(axis=0, dtype=np.float64)
    pairs = there * (len(truth) - there)
    won = (ranks * truth).sum(axis=0) - there * (there + 1) / 2
    aucs: Floats = np.where(pairs > 0, won / np.where(pairs > 0, pairs, 1), np.nan)
    return aucs
