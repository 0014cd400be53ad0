"""One sample's outputs: likeliest classes, sums, and the columns that its target needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.arithmetic.ctc_forward import Columns
from slrdoctor.arithmetic.greedy import ClassPath
from slrdoctor.arithmetic.scales import PROBABILITIES
from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.kinds.features.clips import OpenClip, open_clip
from slrdoctor.artifacts.run import OutputFile
from slrdoctor.facts.outputs._output_axes import NEAR_ONE, Axes, count_in, frames_of, sample_clip

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
SMALLEST = 1e-38  # a probability of zero is no logarithm


@dataclass(frozen=True)
class SampleOutput:
    """Logarithms of something in proportion to probabilities, [T, C], without padding.

    `log_sums` [T] is what they lack of log-probabilities: ln of the sum of their exponentials.
    """

    values: Singles
    log_sums: Singles
    path: ClassPath  # the likeliest class of every frame
    off_rows: int  # frames whose sum, as stored, is not one
    not_finite: int  # frames with NaN or +Inf, or with -Inf alone

    def columns(self, blank: int, glosses: Sequence[int]) -> Columns:
        """Log-probabilities of the blank and of the target's classes."""
        chosen = np.array([blank, *glosses], dtype=np.int64)
        scores = self.values[:, chosen].astype(np.float64) - self.log_sums[:, None]
        return Columns(np.where(np.isnan(scores), -np.inf, scores), chosen[1:])


def read_sample(
    stored: NDArray[Any], are_probabilities: bool, length: int | None, in_batch: bool = True
) -> SampleOutput:
    """One sample [T, C] as stored; `length` of its frames are real.

    Where no length is stored, frames at the end whose classes are all equal are padding, and so
    are those without a number in a batch: in an array of its own a sample has no use for them.
    """
    with np.errstate(over="ignore"):  # what is too large for it is infinite, and counted as that
        values = np.asarray(stored[:length] if length is not None else stored, np.float32)
    if length is None:
        values = values[: _without_padding(values, in_batch)]
    finite = ~(np.isnan(values) | np.isposinf(values)).any(axis=1) & ~np.isneginf(values).all(axis=1)
    with np.errstate(all="ignore"):  # hostile values are counted, not printed
        if are_probabilities:
            sums = values.sum(axis=1)
            values = np.log(np.maximum(values, SMALLEST))
        top = values.max(axis=1, initial=-np.inf)
        log_sums = top + np.log(np.exp(values - top[:, None]).sum(axis=1))
        # turned round, since the sum of a row of minus infinity is no number
        off = ~(np.abs((sums if are_probabilities else np.exp(log_sums)) - 1) <= NEAR_ONE)
    known = values if finite.all() else np.where(np.isnan(values), -np.inf, values)
    path = known.argmax(axis=1).astype(np.int32)
    return SampleOutput(values, log_sums, path, int((off | ~finite).sum()), int((~finite).sum()))


def _without_padding(values: Singles, in_batch: bool) -> int:
    """Frames up to the last whose classes differ; all where none does."""
    if not len(values):
        return 0
    differs = values.max(axis=1) > values.min(axis=1)  # never of NaN
    if not in_batch:
        differs |= np.isnan(values).any(axis=1)
    return int(np.flatnonzero(differs)[-1]) + 1 if differs.any() else len(values)


def samples_of(
    output: OutputFile,
    axes: Axes,
    unreadable: list[tuple[str, str]],
    most: int | None = None,
    open_clip: OpenClip = open_clip,
) -> Iterator[tuple[int, SampleOutput]]:
    """Place and outputs of every sample of a file, of some of them where `most` is less.

    What cannot be read is added to `unreadable` with the reason.
    """
    count = count_in(output, axes, open_clip)
    lengths = output.lengths if len(output.lengths) == count else ()
    # samples that do not come first cannot be cut out of their batch: it is opened once
    whole = open_clip(output.clips[0]) if "s" in axes.order[1:] else None
    step = max(1, count // most) if most else 1
    for place in range(0, count, step)[:most]:
        clip = sample_clip(output, place, axes)
        try:
            stored = frames_of(open_clip(clip) if whole is None else whole, place, axes)
            if stored.ndim != 2 or stored.shape[1] != axes.classes:
                raise Unreadable(f"an array of shape {stored.shape}", "shape")
        except Unreadable as error:
            unreadable.append((clip.key, str(error)))
            continue
        length = lengths[place] if lengths else clip.length
        if length is not None and not 0 < length <= len(stored):
            length = None
        yield place, read_sample(stored, axes.scale == PROBABILITIES, length, "s" in axes.order)
