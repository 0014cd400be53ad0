"""Ridge regression in closed form, and how what it says of other samples is compared with chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

WIDTH = 512  # numbers a sample that a wider vector is reduced to, by a fixed projection
PENALTIES = (3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0)  # of all the variance
JUDGED = 64  # columns that a penalty is chosen by
PERMUTATIONS = 200
SEED = 60913  # of the projection and of permutations


@dataclass(frozen=True)
class Ridge:
    """A linear model of vectors [N, F] that gives [N, K]."""

    mean: Floats  # [F]
    scale: Floats  # [F], infinite where nothing varies
    projection: Singles | None  # [F, WIDTH]
    weights: Floats  # [F or WIDTH, K]
    offset: Floats  # [K]
    left_out: Floats  # [N, K]: what it gives for each sample when it was fitted without that one

    def __call__(self, vectors: Singles) -> Floats:
        standard = _standard(vectors, self.mean, self.scale, self.projection)
        given: Floats = standard @ self.weights + self.offset
        return given


def fitted(vectors: Singles, labels: Floats) -> Ridge:
    """The ridge regression of labels [N, K] on vectors [N, F], with the penalty that leaving one
    sample out at a time finds best.
    """
    mean, spread = vectors.mean(axis=0, dtype=np.float64), vectors.std(axis=0, dtype=np.float64)
    varies = spread > 1e-6 * max(float(spread.max(initial=0.0)), 1e-12)
    scale = np.where(varies, spread, np.inf)
    projection = None
    if vectors.shape[1] > WIDTH:
        rng = np.random.default_rng(SEED)
        projection = rng.standard_normal((vectors.shape[1], WIDTH), dtype=np.float32)
        projection /= np.float32(np.sqrt(WIDTH))
    standard = _standard(vectors, mean, scale, projection)
    centre = standard.mean(axis=0)
    centred, offset = standard - centre, labels.mean(axis=0)
    # of F x F or of N x N, whichever is smaller
    left, values, right = _decomposed(centred)
    along = left.T @ (labels - offset)
    penalty = _best_penalty(left, values, along, labels - offset)
    weights: Floats = right @ (along * (values / (values**2 + penalty))[:, np.newaxis])
    left_out = labels - _missed(left, values, along, labels - offset, penalty)
    return Ridge(mean, scale, projection, weights, offset - centre @ weights, left_out)


def _standard(vectors: Singles, mean: Floats, scale: Floats, projection: Singles | None) -> Floats:
    standard = ((vectors - mean) / scale).astype(np.float32)
    return np.asarray(standard if projection is None else standard @ projection, np.float64)


def _decomposed(matrix: Floats) -> tuple[Floats, Floats, Floats]:
    """U [N, R], the R singular values that are not zero, V [F, R] of a matrix [N, F]."""
    samples, width = matrix.shape
    wide = width > samples
    squares, sides = np.linalg.eigh(matrix @ matrix.T if wide else matrix.T @ matrix)
    kept = squares > 1e-9 * max(float(squares.max(initial=0.0)), 1e-30)
    values, side = np.sqrt(squares[kept]), sides[:, kept]
    if wide:
        return side, values, matrix.T @ side / values
    return matrix @ side / values, values, side


def _best_penalty(left: Floats, values: Floats, along: Floats, labels: Floats) -> float:
    """That of PENALTIES with the least error on samples left out, one at a time, by the hat matrix."""
    columns = slice(None, None, -(-labels.shape[1] // JUDGED))
    along, labels = along[:, columns], labels[:, columns]
    total = float(np.square(values).sum())
    errors = {
        share * total: float(np.square(_missed(left, values, along, labels, share * total)).mean())
        for share in PENALTIES
    }
    return min(errors, key=lambda penalty: errors[penalty])


def _missed(left: Floats, values: Floats, along: Floats, labels: Floats, penalty: float) -> Floats:
    """How far each label [N, K] is from what the model gives that was fitted without its sample."""
    shrunk = values**2 / (values**2 + penalty)
    hat = np.minimum(np.square(left) @ shrunk + 1 / len(left), 0.999)
    missed: Floats = (labels - left @ (along * shrunk[:, np.newaxis])) / (1 - hat)[:, np.newaxis]
    return missed


def against_permuted(
    samples: int, score: Callable[[NDArray[np.int64]], float], times: int = PERMUTATIONS
) -> tuple[float, float, float]:
    """A score with samples as they are, and its mean and deviation with their labels permuted.

    `score` is given the place of the sample whose label each sample is to have.
    """
    rng = np.random.default_rng((SEED, samples))
    permuted = [score(rng.permutation(samples)) for _ in range(times)]
    return score(np.arange(samples)), float(np.mean(permuted)), float(np.std(permuted, ddof=1))
