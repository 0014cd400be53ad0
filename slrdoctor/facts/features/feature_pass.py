"""The pass over all used clips, on one core or several, and the facts that come of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from slrdoctor.artifacts.kinds.features.clips import opened_clips
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.features._passed_clips import Passed, pass_over
from slrdoctor.facts.features._workers import WorkerDied, measured_by_workers
from slrdoctor.facts.features.features import ClipRow, ClipTable, DimensionStats, Effort
from slrdoctor.facts.features.landmarks import Landmarks
from slrdoctor.facts.features.used_clips import UsedClip, UsedClips

CHUNK = 64  # clips that a worker is given at a time
MANY_CLIPS = 2000  # from here on, or from MANY_BYTES, starting processes pays off
MANY_BYTES = 500_000_000
STRAY_RANK = 0.2  # a rank that fewer clips than this share have is a fault of those clips


@dataclass(frozen=True)
class FeaturePass:
    """Rows and moments of all used clips: what `ClipTable` and `DimensionStats` are made of."""

    passed: Passed
    used: UsedClips
    landmarks: Landmarks | None
    read_from: str


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
    with opened_clips() as open_clip:
        for chunk in chunks:
            yield pass_over(chunk, landmarks, open_clip)


def _in_processes(
    chunks: Sequence[Sequence[UsedClip]], landmarks: Landmarks | None, jobs: int
) -> Iterator[Passed]:
    """The chunks' results in their order; where a worker dies, the rest is measured in this process."""
    done = 0
    try:
        for passed in measured_by_workers(chunks, landmarks, min(jobs, len(chunks))):
            done += 1
            yield passed
    except WorkerDied:
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
        raise Unavailable(f"no clip with frames could be read from {measured.read_from}")
    by_split = {split: m for (split, dims), m in measured.passed.moments.items() if dims == usual}
    return DimensionStats(by_split, usual, measured.read_from)
