"""CTC's forward pass, in log space, many samples at a time.

A target of L glosses has 2L + 1 states: a blank before, between and after the glosses.
They are kept as two arrays, blanks [B, L + 1] and glosses [B, L]; all that is needed of a
sample's outputs are the columns of its blank and its glosses, [T, L + 1].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NEVER = -np.inf


@dataclass(frozen=True)
class Columns:
    """One sample's log-probabilities of the blank (column 0) and of each target gloss, [T, L + 1]."""

    scores: Floats
    glosses: Ints  # [L], class indices: which of them are equal matters


def ctc_losses(samples: Sequence[Columns]) -> Floats:
    """-ln P(target) of each sample [N], in nats; inf where no alignment exists or has probability.

    Samples are taken together, so those of like T and L should come together.
    """
    if not samples:
        return np.empty(0)
    frames = np.array([len(s.scores) for s in samples])
    sizes = np.array([len(s.glosses) for s in samples])
    scores, steps = _padded(samples, int(frames.max()), int(sizes.max()))
    blanks = np.full((len(samples), int(sizes.max()) + 1), NEVER)
    glosses = np.full((len(samples), int(sizes.max())), NEVER)
    rows, ends = np.arange(len(samples)), np.full(len(samples), NEVER)
    blanks[:, 0] = 0.0  # before the first frame; a gloss may follow at once
    for t in range(int(frames.max())):
        entered = np.logaddexp(glosses, blanks[:, :-1])
        skipped = np.where(steps, _before(glosses), NEVER)
        stayed = np.logaddexp(blanks[:, 1:], glosses)
        blanks = np.concatenate([blanks[:, :1], stayed], axis=1) + scores[t, :, :1]
        glosses = np.logaddexp(entered, skipped) + scores[t, :, 1:]
        last = np.where(
            sizes > 0, glosses[rows, np.maximum(sizes - 1, 0)] if glosses.size else NEVER, NEVER
        )
        ends = np.where(frames == t + 1, np.logaddexp(blanks[rows, sizes], last), ends)
    return -ends


def _before(glosses: Floats) -> Floats:
    """Each gloss's predecessor, -inf before the first."""
    first = np.full((len(glosses), min(1, glosses.shape[1])), NEVER)
    return np.concatenate([first, glosses[:, :-1]], axis=1)


def _padded(samples: Sequence[Columns], frames: int, size: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Scores [T, B, L + 1], -inf where padded, and [B, L]: may a gloss follow the one before at once?"""
    scores = np.full((frames, len(samples), size + 1), NEVER)
    steps = np.zeros((len(samples), size), dtype=bool)
    for row, sample in enumerate(samples):
        length = len(sample.glosses)
        scores[: len(sample.scores), row, : length + 1] = sample.scores
        steps[row, 1:length] = sample.glosses[1:] != sample.glosses[:-1]
    return scores, steps
