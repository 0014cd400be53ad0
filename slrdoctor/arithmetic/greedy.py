"""Greedy decoding of likeliest classes, and which class behaves as the blank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slrdoctor.arithmetic.error_rate import edits_of_each

ClassPath = NDArray[np.int32]


def runs(path: ClassPath) -> ClassPath:
    """The path with each run of equal classes written once."""
    return path[np.flatnonzero(np.diff(path, prepend=-1))]


def decoded(path: ClassPath, blank: int) -> tuple[int, ...]:
    """Merge repeats, then drop the blank."""
    merged = runs(path)
    return tuple(merged[merged != blank].tolist())


@dataclass(frozen=True)
class Errors:
    """Token errors of greedy decoding over several samples, by the alignment with fewest."""

    errors: int
    reference_tokens: int

    @property
    def wer(self) -> float:
        return self.errors / self.reference_tokens if self.reference_tokens else float("nan")


def errors_with(paths: Sequence[ClassPath], references: Sequence[Sequence[int]], blank: int) -> Errors:
    """The errors when `blank` is dropped; a gloss without a class is -1 and never right."""
    edits = edits_of_each([decoded(path, blank) for path in paths], [tuple(r) for r in references])
    return Errors(int(edits.sum()), sum(map(len, references)))


def commonest(paths: Sequence[ClassPath], classes: int) -> tuple[int, float]:
    """The class that is the likeliest in most frames, and in what share of them."""
    counts = np.zeros(classes, dtype=np.int64)
    for path in paths:
        counts += np.bincount(path, minlength=classes)
    at = int(counts.argmax())
    return at, float(counts[at] / max(1, counts.sum()))
