"""The CTC loss of one constant output distribution, and the distribution that makes it least.

With the same distribution p in every frame, the order of a target's glosses does not
matter. L runs of glosses and L + 1 runs of blanks share the T frames; every gloss has at
least one frame and the R blanks between equal glosses too, so that

    P(target) = p_blank^R  prod_j p_j  h_n(p_1, ..., p_L, p_blank x (L + 1)),   n = T - L - R,

where h_n is the complete homogeneous symmetric polynomial: the n free frames in all ways.
Its logarithmic derivative is the number of free frames that each run is expected to get,
so expectation-maximisation needs no more than h_0 ... h_n: p becomes the share of frames
that each class is expected to have. Every step lowers the loss.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BATCH = 512  # samples that are taken through the recursion together
SMALLEST = 1e-300


@dataclass(frozen=True)
class Group:
    """Samples of like lengths, padded: glosses [S, L] with -1 after the last, lengths [S]."""

    glosses: Ints
    targets: Ints  # L
    free: Ints  # n = T - L - R
    repeats: Ints  # R
    weights: Floats


def grouped(glosses: list[Ints], frames: Ints, repeats: Ints, weights: Floats) -> list[Group]:
    """Sort samples by their free frames, so that little of the padded arrays is padding."""
    targets = np.array([len(g) for g in glosses], dtype=np.int64)
    free = frames - targets - repeats
    order = np.lexsort((targets, free))
    groups = []
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        padded = np.full((len(chosen), int(targets[chosen].max())), -1, dtype=np.int64)
        for row, sample in enumerate(chosen):
            padded[row, : targets[sample]] = glosses[sample]
        groups.append(Group(padded, targets[chosen], free[chosen], repeats[chosen], weights[chosen]))
    return groups


def losses_and_frames(group: Group, share: Floats, blank: float) -> tuple[Floats, Floats]:
    """The CTC loss of each sample [S] and the frames that each of its glosses is expected to get.

    `share` [K] and `blank` are the constant distribution. The frames are [S, L], 0 where padded.
    """
    inside = group.glosses >= 0
    p = np.where(inside, share[group.glosses], 0.0)
    largest = np.maximum(p.max(axis=1), blank)  # h_n(x) = q^n h_n(x / q): no overflow from x <= 1
    x, x_blank = p / largest[:, None], blank / largest
    ways, scale = _ways(x, x_blank, group.targets, int(group.free.max()))
    rows = np.arange(len(p))
    log_h = np.log(ways[rows, group.free]) + scale[rows, group.free]
    log_p = np.log(np.maximum(p, SMALLEST), where=inside, out=np.zeros_like(p)).sum(axis=1)
    loss = -(group.repeats * np.log(blank) + log_p + log_h + group.free * np.log(largest))
    return loss, _expected(x, ways, scale, log_h, group.free) + inside


def _ways(x: Floats, x_blank: Floats, targets: Ints, most: int) -> tuple[Floats, Floats]:
    """h_0 ... h_most of each sample as ways * exp(scale), both of shape [S, most + 1]."""
    samples = len(x)
    ways, scale = np.ones((samples, most + 1)), np.zeros((samples, most + 1))
    # y[:, k] is h_m over all blanks and the first k glosses; adding x_k to the variables
    # adds x_k times the new polynomial one degree lower, hence the cumulative sum
    y, blanks, logs = np.ones((samples, x.shape[1] + 1)), np.ones(samples), np.zeros(samples)
    for m in range(1, most + 1):
        blanks = blanks * x_blank * ((m + targets) / m)
        y[:, 1:] *= x
        y[:, 0] = blanks
        np.cumsum(y, axis=1, out=y)
        if m % 8 == 0:  # keep the numbers near 1: they grow like binom(m + 2L, 2L)
            top = y[:, -1].copy()
            y /= top[:, None]
            blanks = blanks / top
            logs = logs + np.log(top)
        ways[:, m], scale[:, m] = y[:, -1], logs
    return ways, scale


def _expected(x: Floats, ways: Floats, scale: Floats, log_h: Floats, free: Ints) -> Floats:
    """Free frames that each gloss is expected to get: sum over m >= 1 of x^m h_{n-m} / h_n."""
    frames = np.zeros_like(x)
    for m in range(ways.shape[1] - 1):
        ratio = np.where(m < free, ways[:, m] * np.exp(np.minimum(scale[:, m] - log_h, 0.0)), 0.0)
        frames = np.where((m < free)[:, None], x * (frames + ratio[:, None]), frames)
    return frames


@dataclass(frozen=True)
class Constant:
    """A constant distribution: the shares of the glosses [K] and of the blank; its mean loss."""

    share: Floats
    blank: float
    loss: float  # weighted mean over samples, nats
    steps: int


def best_constant(
    groups: list[Group], prior: Floats, blank: float, *, free_shares: bool = True, steps: int = 60
) -> Constant:
    """The constant distribution of least weighted mean loss, by expectation-maximisation.

    `prior` [K] and `blank` are where it starts. Without `free_shares` the glosses keep the
    prior's proportions, and only the share of the blank is sought.
    """
    share, loss = prior * (1 - blank), np.inf
    weight = sum(float(group.weights.sum()) for group in groups)
    for step in range(1, steps + 1):
        before, counts, total = loss, np.zeros_like(share), 0.0
        loss = 0.0
        for group in groups:
            losses, frames = losses_and_frames(group, share, blank)
            loss += float(group.weights @ losses) / weight
            inside = group.glosses >= 0
            weighted = np.broadcast_to(group.weights[:, None], frames.shape)
            counts += np.bincount(
                group.glosses[inside], (frames * weighted)[inside], minlength=len(share)
            )
            total += float(group.weights @ (group.free + group.targets + group.repeats))
        best = Constant(share, blank, loss, step)
        if before - loss < 1e-6:
            return best
        blank = float(np.clip(1 - counts.sum() / total, 1e-9, 1 - 1e-9))
        share = counts / total if free_shares else prior * (1 - blank)
    return best
