"""What the similarities of embeddings say, in closed form over all pairs or in blocks.

For unit vectors the mean similarity over all pairs of different samples is
(N |mean|^2 - 1) / (N - 1): a common offset alone lifts it. Taking the mean off first tells
such a cone from a collapse.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slrdoctor.facts.embeddings._embedding_rows import EmbeddingTable, Floats, Ints, Vectors

MOST_QUERIES = 2000
FEWEST_QUERIES = 200
WORK = 1e11  # multiplications of one retrieval, or of one product of all dimensions: seconds
SEED = 613
DEPTH = 5  # neighbours
NOTHING = 1e-9  # of a unit vector: what rounding leaves of one that is like all others


@dataclass(frozen=True)
class Similarities:
    """Means over pairs: of the same label, and of different ones; nan where there is no such pair."""

    possim: float
    negsim: float
    positives: float  # ordered pairs of the same label


@dataclass(frozen=True)
class Retrieval:
    """Of some queries: how often a neighbour has the query's label, and how alike others are."""

    at_1: float
    at_5: float
    queries: int
    spread: float  # deviation of the similarity to samples of other labels


def centre_of(vectors: Vectors) -> Floats:
    """The mean of the unit vectors, [D]."""
    total = np.zeros(vectors.dims)
    for _, block in vectors.blocks():
        total += block.sum(axis=0)
    return total / len(vectors)


def around(block: Floats, centre: Floats | None) -> Floats:
    """Unit vectors of what is left without the common part; as they are without a centre."""
    if centre is None:
        return block
    rest = block - centre
    norms = np.linalg.norm(rest, axis=1, keepdims=True)
    # vectors that are the common part have no direction left
    kept = norms > NOTHING
    return np.where(kept, rest / np.where(kept, norms, 1.0), 0.0)


def similarities(
    table: EmbeddingTable, left_centre: Floats | None = None, right_centre: Floats | None = None
) -> Similarities:
    """Over all pairs, from sums over labels: N D multiplications, whatever the number of pairs."""
    left, right = np.zeros(table.left.dims), np.zeros(table.left.dims)
    alike = diagonal = 0.0
    carried: tuple[int, Floats, Floats] | None = None
    codes = _codes(table)
    for places, one, other in _aligned(table):
        a, b = around(one, left_centre), around(other, right_centre)
        diagonal += float(np.einsum("nd,nd->", a, b))
        left, right = left + a.sum(axis=0), right + b.sum(axis=0)
        mine = codes[places]
        starts = np.flatnonzero(np.diff(mine, prepend=-1))
        sums = np.add.reduceat(a, starts), np.add.reduceat(b, starts)
        if carried is not None and carried[0] == mine[0]:
            sums[0][0] += carried[1]
            sums[1][0] += carried[2]
        elif carried is not None:
            alike += float(carried[1] @ carried[2])
        alike += float(np.einsum("nd,nd->", sums[0][:-1], sums[1][:-1]))
        carried = int(mine[-1]), sums[0][-1], sums[1][-1]
    if carried is not None:
        alike += float(carried[1] @ carried[2])
    counts = np.bincount(codes).astype(np.float64)
    same = float(np.square(counts).sum())
    others = len(codes) ** 2 - same
    # of one tower, a sample is no pair with itself
    own, itself = (diagonal, float(len(codes))) if table.towers == 1 else (0.0, 0.0)
    positives = same - itself
    return Similarities(
        possim=(alike - own) / positives if positives else math.nan,
        negsim=(float(left @ right) - alike) / others if others else math.nan,
        positives=positives,
    )


def retrieval(table: EmbeddingTable, centred: bool) -> Retrieval:
    """Nearest neighbours of queries with an answer among all samples, block by block."""
    codes = _codes(table)
    queries = queries_of(table)
    centres = (centre_of(table.left), centre_of(table.right)) if centred else (None, None)
    asked = around(table.left.at(queries), centres[0]).astype(np.float32)
    best = np.full((len(queries), DEPTH), -np.inf, np.float32)
    found = np.full((len(queries), DEPTH), -1)
    count = total = squares = 0.0
    for places, block in table.right.blocks():
        alike = asked @ around(block, centres[1]).astype(np.float32).T
        other = codes[places] != codes[queries][:, None]
        count += float(other.sum())
        values = np.where(other, alike, 0)
        total += float(values.sum(dtype=np.float64))
        squares += float(np.square(values).sum(dtype=np.float64))
        if table.towers == 1:
            inside = np.flatnonzero((queries >= places.start) & (queries < places.stop))
            alike[inside, queries[inside] - places.start] = -np.inf
        depth = min(DEPTH, alike.shape[1])
        top = np.argpartition(-alike, depth - 1, axis=1)[:, :depth]
        best, found = _merged(best, found, np.take_along_axis(alike, top, 1), top + places.start)
    right = (found >= 0) & (codes[found] == codes[queries][:, None])
    variance = squares / count - (total / count) ** 2 if count else math.nan
    return Retrieval(
        at_1=float(right[:, 0].mean()),
        at_5=float(right.any(axis=1).mean()),
        queries=len(queries),
        spread=math.sqrt(max(variance, 0.0)) if count else math.nan,
    )


def queries_of(table: EmbeddingTable) -> Ints:
    """The places of samples that have an answer; a fixed draw of them where that is too much work."""
    codes = _codes(table)
    counts = np.bincount(codes)[codes] - (1 if table.towers == 1 else 0)
    places = np.flatnonzero(counts)
    affordable = int(WORK / (2 * len(codes) * table.left.dims))
    most = max(FEWEST_QUERIES, min(MOST_QUERIES, affordable))
    if len(places) > most:
        places = np.sort(np.random.default_rng(SEED).choice(places, most, replace=False))
    return places


def guessing(table: EmbeddingTable) -> tuple[float, float]:
    """What neighbours at random reach at 1 and at 5; always the commonest label, if that is more."""
    codes, queries = _codes(table), queries_of(table)
    itself = 1 if table.towers == 1 else 0
    answers = np.bincount(codes)[codes[queries]] - itself
    others = max(1, len(codes) - itself)
    commonest = float(np.bincount(codes[queries]).max() / len(queries)) if table.towers == 1 else 0.0
    # a neighbour that was drawn is not drawn again
    missed = np.ones(len(queries))
    for drawn in range(min(DEPTH, others)):
        missed *= np.maximum(0, others - answers - drawn) / (others - drawn)
    return max(float((answers / others).mean()), commonest), max(float((1 - missed).mean()), commonest)


def at_random(table: EmbeddingTable) -> float:
    """What a neighbour drawn from all samples reaches at 1: 1/N where each has one like it."""
    codes, queries = _codes(table), queries_of(table)
    itself = 1 if table.towers == 1 else 0
    answers = np.bincount(codes)[codes[queries]] - itself
    return float((answers / max(1, len(codes) - itself)).mean())


def rows_of_rank(vectors: Vectors) -> int:
    """How many rows the effective rank is taken of."""
    return min(len(vectors), max(1000, int(WORK / vectors.dims**2)))


def effective_rank(vectors: Vectors) -> float:
    """Exponential of the entropy of the normalised singular values of the centred unit vectors.

    Roy and Vetterli 2007. By the eigenvalues of [D, D], or of [N, N] where that is smaller; of
    a fixed draw of the rows where these are too many for either.
    """
    most = rows_of_rank(vectors)
    if len(vectors) > most:
        drawn = np.random.default_rng(SEED).choice(len(vectors), most, replace=False)
        vectors = Vectors(vectors.values, vectors.rows[np.sort(drawn)])
    centre = centre_of(vectors)
    if len(vectors) <= vectors.dims:
        rest = vectors.at(slice(None)) - centre
        scatter = rest @ rest.T
    else:
        scatter = np.zeros((vectors.dims, vectors.dims))
        for _, block in vectors.blocks():
            rest = block - centre
            scatter += rest.T @ rest
    values = np.sqrt(np.maximum(np.linalg.eigvalsh(scatter), 0))
    # what rounding leaves of a direction that is not there
    values = values[values > values.max(initial=0.0) * 1e-6]
    shares = values / values.sum() if len(values) else values
    return float(np.exp(-(shares * np.log(shares)).sum())) if len(values) else 0.0


def _codes(table: EmbeddingTable) -> Ints:
    """Labels as numbers; each sample its own where none are known."""
    return table.codes if table.labels else np.arange(len(table.codes))


def _aligned(table: EmbeddingTable) -> Iterator[tuple[slice, Floats, Floats]]:
    for places, block in table.left.blocks():
        yield places, block, block if table.towers == 1 else table.right.at(places)


def _merged(
    best: NDArray[np.float32], found: Ints, values: NDArray[np.float32], places: Ints
) -> tuple[NDArray[np.float32], Ints]:
    """The best few of two lists a query, the best first."""
    values, places = np.concatenate([best, values], axis=1), np.concatenate([found, places], axis=1)
    order = np.argsort(-values, axis=1, kind="stable")[:, :DEPTH]
    return np.take_along_axis(values, order, 1), np.take_along_axis(places, order, 1)
