"""What the pass keeps of the frames that went by: counts, runs of equal frames, moments."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.facts.features.features import Moments
from slrdoctor.facts.features.landmarks import Landmarks

WIDEST_MOMENTS = 1 << 16  # dimensions
FEW_PAIRS = 4  # consecutive frames to compare, fewer of which say nothing of a clip


class ClipTally:
    """Running counts over the frames of one clip; `add` takes them block by block."""

    def __init__(self, dims: int, landmarks: Landmarks | None, nan_is_missing: bool) -> None:
        self.dims = dims
        self._blocks = landmarks.blocks if landmarks else ()
        self._hands = [i for i, (name, _, _) in enumerate(self._blocks) if "hand" in name]
        self._nan_is_missing = nan_is_missing
        self.frames = self.zero_frames = self.hands_missing = self.leading = 0
        self.missing = np.zeros(len(self._blocks))
        self.values = self.bad_values = 0
        self.first_bad_frame, self.bad_block = -1, ""
        self.total, self.low, self.high = 0.0, float("inf"), float("-inf")
        self.moments: Moments | None = None
        # runs of frames that are equal to the one before them
        self._last: NDArray[np.float64] | None = None
        self._next_frame = 0
        self._run, self._run_is_zero, self._longest_ended = 0, False, 0
        self._pairs = self._equal_pairs = 0

    def add(self, start: int, block: NDArray[Any]) -> None:
        """Take frames [n, ...] that begin at frame `start`."""
        frames = block.astype(np.float64).reshape(len(block), self.dims)
        if not len(frames) or not self.dims:
            self.frames += len(frames)
            return
        total = float(frames.sum())
        if np.isfinite(total):  # a NaN or Inf anywhere would show in the sum
            self._add_range(frames, total, frames.size)
            filled = frames
        else:
            finite = np.isfinite(frames)
            self._add_bad(start, block, frames, finite)
            filled = np.where(finite, frames, 0.0)
            self._add_range(frames, float(filled.sum()), int(finite.sum()))
            filled[np.isinf(frames)] = np.inf
        if self.dims <= WIDEST_MOMENTS:
            moments = Moments.of(frames)
            self.moments = moments if self.moments is None else self.moments + moments
        self._add_missing(filled)
        self._add_runs(start, filled)
        self.frames += len(frames)

    def _add_range(self, frames: NDArray[np.float64], total: float, values: int) -> None:
        self.total += total
        self.values += values
        if values == frames.size:
            self.low = min(self.low, float(frames.min()))
            self.high = max(self.high, float(frames.max()))
        elif values:
            finite = frames[np.isfinite(frames)]
            self.low, self.high = min(self.low, float(finite.min())), max(self.high, float(finite.max()))

    def _add_bad(
        self, start: int, block: NDArray[Any], frames: NDArray[np.float64], finite: NDArray[np.bool_]
    ) -> None:
        bad = ~finite
        if self._nan_is_missing:
            bad &= ~self._written_as_missing(block, frames)
        count = int(bad.sum())
        if count and not self.bad_values:
            frame, dim = (int(i) for i in np.argwhere(bad)[0])
            self.first_bad_frame = start + frame
            self.bad_block = next((name for name, low, high in self._blocks if low <= dim < high), "")
        self.bad_values += count

    def _written_as_missing(self, block: NDArray[Any], frames: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which NaN cover a whole landmark [..., K, C], or a whole block of a flat layout."""
        nan = np.isnan(frames)
        if block.ndim > 2:
            whole = nan.reshape(block.shape).all(axis=-1, keepdims=True)
            return np.broadcast_to(whole, block.shape).reshape(frames.shape)
        missing = np.zeros_like(nan)
        for _, low, high in self._blocks:
            missing[:, low:high] = nan[:, low:high].all(axis=1, keepdims=True)
        return missing

    def _add_missing(self, filled: NDArray[np.float64]) -> None:
        if not self._blocks:
            return
        absent = np.stack([~filled[:, low:high].any(axis=1) for _, low, high in self._blocks])
        self.missing += absent.sum(axis=1)
        if self._hands:
            self.hands_missing += int(absent[self._hands].all(axis=0).sum())

    def _add_runs(self, start: int, filled: NDArray[np.float64]) -> None:
        """Count pairs of equal neighbours, and how long frames stay the same."""
        if self._last is None or start != self._next_frame:
            self._end_run()
            same = np.concatenate(([False], (filled[1:] == filled[:-1]).all(axis=1)))
            self._pairs += len(filled) - 1
        else:
            before = np.concatenate((self._last[np.newaxis], filled[:-1]))
            same = (filled == before).all(axis=1)
            self._pairs += len(filled)
        zero: NDArray[np.bool_] = np.logical_not(filled.any(axis=1))
        if self.leading == self.frames:
            self.leading += len(zero) if zero.all() else int(np.argmin(zero))
        self.zero_frames += int(zero.sum())
        both_zero = int((same & zero).sum())
        self._pairs -= both_zero  # frames without any landmark are missing, not frozen
        self._equal_pairs += int(same.sum()) - both_zero
        self._follow_runs(same, zero)
        self._last, self._next_frame = filled[-1], start + len(filled)

    def _follow_runs(self, same: NDArray[np.bool_], zero: NDArray[np.bool_]) -> None:
        begins = np.flatnonzero(~same)
        if not len(begins):
            self._run += len(same)
            return
        self._run += int(begins[0])
        self._end_run()
        lengths = np.diff(begins)[~zero[begins[:-1]]]
        self._longest_ended = max(self._longest_ended, int(lengths.max(initial=0)))
        self._run, self._run_is_zero = len(same) - int(begins[-1]), bool(zero[begins[-1]])

    def _end_run(self) -> None:
        if not self._run_is_zero:
            self._longest_ended = max(self._longest_ended, self._run)
        self._run = 0

    @property
    def ends_in_zeros(self) -> bool:
        return self._run > 0 and self._run_is_zero

    def trailing(self) -> int:
        """Frames at the end that repeat the one before them, or are all zero."""
        return self._run if self.ends_in_zeros else max(0, self._run - 1)

    def repeated(self) -> tuple[float, float]:
        """Shares of equal pairs: of all, and without a final run that outlasts all earlier ones.

        Such a run is padding by the last frame or a stall, which only other clips can tell;
        a tracker that repeats every frame has no run that outlasts the others.
        """
        whole = _share(self._equal_pairs, self._pairs)
        final = self._run - 1 if not self._run_is_zero and self._run > self._longest_ended else 0
        if final <= 0 or self._pairs - final < FEW_PAIRS:
            return whole, whole
        return whole, _share(self._equal_pairs - final, self._pairs - final)


def _share(part: int, whole: int) -> float:
    return part / whole if whole >= FEW_PAIRS else 0.0
