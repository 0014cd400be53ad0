"""FEA108: do all dimensions vary?"""

from slrdoctor.api import (
    CERTAIN,
    NOTE,
    DimensionStats,
    Evidence,
    Finding,
    Findings,
    Fix,
    Landmarks,
    NotJudged,
    agreeing,
    check,
    part_of,
)

RANGES_SHOWN = 8  # ranges of dimensions that the evidence names
FEWEST_FRAMES = 2  # in a single frame every dimension is constant


@check("FEA108", severity=NOTE, confidence=CERTAIN)
def dead_dimensions(stats: DimensionStats, landmarks: Landmarks | None) -> Findings:
    """Some dimensions are constant over the whole data set.

    Why it matters: They carry no information, and a normalisation that divides by their standard
    deviation turns them into NaN.

    Judged by: The smallest and the largest value of a dimension are identical over all frames of all
    splits, or the dimension has no finite value at all.

    Fix: Drop these dimensions, or divide by a standard deviation that cannot be zero.

    References: Minimum and maximum of the stored values of this run; no limit is involved.
    """
    overall = stats.overall
    dead = [int(i) for i in (overall.low >= overall.high).nonzero()[0]]
    if not dead:
        return f"every one of {stats.dims} dimensions varies"
    if overall.count.max(initial=0) < FEWEST_FRAMES:
        frames = int(overall.count.max(initial=0))
        raise NotJudged(f"{frames} frames are too few to say that a dimension never changes")
    blocks = landmarks.blocks if landmarks is not None and landmarks.dims == stats.dims else ()
    counts = [(name, sum(low <= i < high for i in dead), high - low) for name, low, high in blocks]
    by_block = ", ".join(
        f"{f'all {size}' if count == size else f'{count} of {size}'} in the group {name!r}"
        for name, count, size in counts
        if count
    )
    yield Finding(
        f"{part_of(len(dead), stats.dims, 'feature dimension')} never "
        f"{agreeing(len(dead), 'changes', 'change')} in any frame"
        + (f": {by_block}" if by_block else ""),
        (
            Evidence("constant dimensions", len(dead), stats.read_from, f"of {stats.dims}"),
            Evidence("their indices", _ranges(dead), stats.read_from),
        ),
        (
            Fix("Drop these dimensions.", "x = x[:, train.std(0) > 0]"),
            Fix(
                "Avoid dividing by zero where features are standardised.",
                "x = (x - mean) / np.maximum(std, 1e-6)",
            ),
        ),
    )


def _ranges(numbers: list[int]) -> str:
    """1, 2, 3, 7 as "1-3, 7"; a few ranges, then how many more."""
    there = set(numbers)
    starts = [n for n in numbers if n - 1 not in there]
    ends = [n for n in numbers if n + 1 not in there]
    ranges = [str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True)]
    more = f" and {len(ranges) - RANGES_SHOWN} more ranges" if len(ranges) > RANGES_SHOWN else ""
    return ", ".join(ranges[:RANGES_SHOWN]) + more
