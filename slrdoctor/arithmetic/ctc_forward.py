"""CTC's forward pass and best alignment, in log space, many samples at a time.

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


def best_path(sample: Columns) -> Ints:
    """The state of every frame [T] on the likeliest alignment: 0 for blank, j for the j-th gloss.

    Empty where the target has no alignment.
    """
    frames, size = len(sample.scores), len(sample.glosses)
    states = 2 * size + 1
    column = np.zeros(states, dtype=np.int64)
    column[1::2] = np.arange(1, size + 1)
    skips = np.zeros(states, dtype=bool)
    skips[3::2] = sample.glosses[1:] != sample.glosses[:-1]
    score = np.full(states, NEVER)
    score[:2] = sample.scores[0, column[:2]] if frames else NEVER
    came = np.zeros((frames, states), dtype=np.int8)  # how many states back
    for t in range(1, frames):
        moves = np.full((3, states), NEVER)
        moves[0], moves[1, 1:] = score, score[:-1]
        moves[2, 2:] = np.where(skips[2:], score[:-2], NEVER)
        came[t] = moves.argmax(axis=0)
        score = moves.max(axis=0) + sample.scores[t, column]
    at = states - 1 - int(score[-1] < score[-2]) if size else 0
    if not frames or score[at] == NEVER:
        return np.empty(0, dtype=np.int64)
    path = np.empty(frames, dtype=np.int64)
    for t in range(frames - 1, -1, -1):
        path[t] = column[at]
        at -= int(came[t, at])
    return path


def spans(path: Ints, size: int) -> tuple[tuple[int, int], ...]:
    """First frame and the one after the last, of each gloss on a path of `best_path`."""
    found = []
    for gloss in range(1, size + 1):
        frames = np.flatnonzero(path == gloss)
        found.append((int(frames[0]), int(frames[-1]) + 1) if len(frames) else (0, 0))
    return tuple(found)
