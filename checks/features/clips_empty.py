"""FEA105: does every clip contain data?"""

from slrdoctor.api import (
    CERTAIN,
    DEGRADES,
    NOTHING_LEARNED,
    ClipTable,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    agreeing,
    check,
    part_of,
)


@check(
    "FEA105",
    severity=DEGRADES,
    confidence=CERTAIN,
    explains=("FEA107", "FEA114", "TRN504", NOTHING_LEARNED),
)
def clips_empty(clips: ClipTable) -> Findings:
    """Some clips have no frames, or the same value everywhere.

    Why it matters: Such a sample asks the model to name a sign that it cannot see, so it learns to
    guess. A clip without frames also crashes many loaders.

    Judged by: Clips with zero frames, and clips in which all values are identical, zero or NaN. Either
    the video was not decoded, or no landmark was detected in any of its frames.

    Fix: Extract these clips again, and leave out those that stay empty.

    References: The stored arrays of this run; nothing is assumed about them.
    """
    without = [row for row in clips.rows if not row.frames or not row.dims]
    constant = [row for row in clips.rows if row.constant and row.frames * row.dims > 1]
    empty = without + constant
    if not clips.rows:
        raise NotJudged(f"none of {clips.total} feature files could be read")
    if empty:
        kinds = [
            f"{len(rows)} {how}"
            for rows, how in ((without, "without frames"), (constant, "with the same value everywhere"))
            if rows
        ]
        yield Finding(
            f"{part_of(len(empty), len(clips.rows), 'clip')} {agreeing(len(empty), 'is', 'are')} empty: "
            f"{', '.join(kinds)}",
            (
                Evidence("clips without frames", len(without), clips.read_from, "clips"),
                Evidence("clips with one value everywhere", len(constant), clips.read_from, "clips"),
            ),
            (
                Fix("Extract these clips again, and check that their videos can be decoded."),
                Fix(
                    "Leave out those that stay empty.",
                    "keep = [s for s in samples if s.x.std() > 0]",
                    safe=False,
                ),
            ),
            tuple(row.id for row in empty),
            len(empty),
            len(clips.rows),
        )
    return f"{len(clips.rows)} clips have frames whose values differ"
