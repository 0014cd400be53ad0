"""The pass over all used clips, on one core or several, and the facts that come of it."""

from __future__ import annotations

import multiprocessing
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.kinds.features.clips import close_containers
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.features._clip_pass import measure_clip
from slrdoctor.facts.features.features import (
    ClipMoments,
    ClipRow,
    ClipTable,
    DimensionStats,
    Effort,
    Moments,
)
from slrdoctor.facts.features.landmarks import Landmarks
from slrdoctor.facts.features.used_clips import UsedClip, UsedClips

CHUNK = 64  # clips that a worker is given at a time
MANY_CLIPS = 2000  # from here on, or from MANY_BYTES, starting processes pays off
MANY_BYTES = 500_000_000
MOST_PROCESSES = 61  # Windows can wait for no more
MOMENTS_KEPT = 1 << 19  # dimensions of all moments together: 60 MB, however many sizes there are
STRAY_RANK = 0.2  # a rank that fewer clips than this share have is a fault of those clips


@dataclass
class Passed:
    """What the pass gave for some clips; passes add up in the order of their clips."""

    rows: list[ClipRow] = field(default_factory=list)
    unreadable: list[tuple[str, str, str, str]] = field(default_factory=list)
    moments: dict[tuple[str, int], Moments] = field(default_factory=dict)  # by split and dimension
    over_clips: dict[tuple[str, int], ClipMoments] = field(default_factory=dict)

    def extend(self, other: Passed) -> None:
        self.rows += other.rows
        self.unreadable += other.unreadable
        for key, moments in other.moments.items():
            self.add_moments(key, moments, other.over_clips[key])

    def add_moments(self, key: tuple[str, int], moments: Moments, over_clips: ClipMoments) -> None:
        if key in self.moments:
            self.moments[key] = self.moments[key] + moments
            self.over_clips[key] = self.over_clips[key] + over_clips
        elif sum(dims for _, dims in self.moments) + key[1] <= MOMENTS_KEPT:
            self.moments[key], self.over_clips[key] = moments, over_clips


@dataclass(frozen=True)
class FeaturePass:
    """Rows and moments of all used clips: what `ClipTable` and `DimensionStats` are made of."""

    passed: Passed
    used: UsedClips
    landmarks: Landmarks | None
    read_from: str


def pass_over(clips: Sequence[UsedClip], landmarks: Landmarks | None) -> Passed:
    """Measure some clips in this process, one after the other."""
    passed = Passed()
    for used in clips:
        try:
            row, moments = measure_clip(used.clip, used.id, used.split, landmarks)
        except Unreadable as error:
            passed.unreadable.append((used.id, used.split, error.fault, str(error)))
            continue
        passed.rows.append(row)
        if moments is not None:
            with np.errstate(all="ignore"):  # hostile values overflow
                over_clips = ClipMoments.of(moments)
                passed.add_moments((row.split, row.dims), moments, over_clips)
    return passed


@measure
def feature_pass(used: UsedClips, landmarks: Landmarks | None, effort: Effort | None) -> FeaturePass:
    effort = effort or Effort()
    chunks = [used.clips[i : i + CHUNK] for i in range(0, len(used.clips), CHUNK)]
    spread = effort.jobs > 1 and len(chunks) > 1 and _is_much(used.clips)
    whole, done = Passed(), 0
    for passed in _in_processes(chunks, landmarks, effort.jobs) if spread else _here(chunks, landmarks):
        whole.extend(passed)
        done = min(done + CHUNK, len(used.clips))
        if effort.progress is not None:
            effort.progress(done, len(used.clips))
    close_containers()
    return FeaturePass(whole, used, landmarks, used.read_from)


def _is_much(clips: Sequence[UsedClip]) -> bool:
    if len(clips) >= MANY_CLIPS:
        return True
    total = 0
    for path in {used.clip.path for used in clips}:
        try:
            total += path.stat().st_size
        except OSError:
            continue  # the pass will say what is wrong with it
    return total >= MANY_BYTES


def _here(chunks: Sequence[Sequence[UsedClip]], landmarks: Landmarks | None) -> Iterator[Passed]:
    return (pass_over(chunk, landmarks) for chunk in chunks)


def _in_processes(
    chunks: Sequence[Sequence[UsedClip]], landmarks: Landmarks | None, jobs: int
) -> Iterator[Passed]:
    """The chunks' results in their order, so that sums do not depend on which worker was faster.

    Where a worker dies, of memory for one, the rest is measured in this process.
    """
    waiting: deque[Future[Passed]] = deque()
    done = 0
    try:
        jobs = min(jobs, len(chunks), MOST_PROCESSES)
        with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
            for chunk in chunks:
                waiting.append(pool.submit(pass_over, chunk, landmarks))
                if len(waiting) > 3 * jobs:
                    result = waiting.popleft().result()
                    done += 1
                    yield result
            while waiting:
                result = waiting.popleft().result()
                done += 1
                yield result
    except BrokenExecutor:
        yield from _here(chunks[done:], landmarks)


@measure
def clip_table(measured: FeaturePass) -> ClipTable:
    passed, used = measured.passed, measured.used
    rows, strays = _without_stray_ranks(passed.rows)
    return ClipTable(
        rows=tuple(rows),
        unreadable=(*passed.unreadable, *strays, *used.broken),
        read_from=used.read_from,
        total=len(used.clips) + len(used.broken),
        length_stored=used.length_stored,
        landmarks=tuple(name for name, _, _ in measured.landmarks.blocks) if measured.landmarks else (),
    )


def _without_stray_ranks(rows: list[ClipRow]) -> tuple[list[ClipRow], list[tuple[str, str, str, str]]]:
    """Set the few clips apart whose rank no other has: their frames cannot be told."""
    ranks = Counter(len(row.shape) for row in rows)
    if len(ranks) < 2:
        return rows, []
    [(usual, _)] = ranks.most_common(1)
    stray = {rank for rank, count in ranks.items() if count < STRAY_RANK * len(rows) or rank == 1}
    stray -= {usual}
    faults = [
        (row.id, row.split, "wrong-rank", f"shape {list(row.shape)}, where the others have {usual} axes")
        for row in rows
        if len(row.shape) in stray
    ]
    return [row for row in rows if len(row.shape) not in stray], faults


@measure
def dimension_stats(measured: FeaturePass) -> DimensionStats:
    """Raises Unavailable where no clip could be read."""
    sizes = Counter(row.dims for row in measured.passed.rows if row.frames)
    kept = {dims for _, dims in measured.passed.moments}
    usual = next((dims for dims, _ in sizes.most_common() if dims in kept), None)
    if usual is None:
        raise Unavailable(f"{measured.read_from}: no clip with frames could be read")
    by_split = {split: m for (split, dims), m in measured.passed.moments.items() if dims == usual}
    return DimensionStats(by_split, usual, measured.read_from)
