"""FEA113: do different targets stand on different features?"""

from collections.abc import Iterator

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    ClipRow,
    ClipTable,
    Evidence,
    Finding,
    Fix,
    Targets,
    Threshold,
    check,
)

SHARE = Threshold(
    0.01,
    "rule of thumb, to be measured: one video may be there twice by mistake, a stale cache repeats many",
)
FEWEST_VALUES = Threshold(16, "arithmetic: arrays of a few values, one-hot ones say, agree by chance")


@check("FEA113", severity=BLOCKS, confidence=CERTAIN, explains=("TRN502", "EVL905"))
def same_features_different_labels(clips: ClipTable, targets: Targets) -> Iterator[Finding]:
    """Samples with different targets have the same features.

    Why it matters: no model can give two answers to one input. It is the trace of a stale
    cache, of a loop that saved one array under many names, or of a wrong file list.

    Judged by: arrays that are equal byte by byte under several ids whose targets differ, when
    they are at least 1% of the samples. Empty and constant clips do not count.

    Fix: delete the cache, extract the features anew, and compare a few arrays.

    References: the digests (BLAKE2b) of the stored arrays of this run.
    """
    target_of = dict(zip(zip(targets.ids, targets.splits), targets.glosses))
    groups: dict[str, list[ClipRow]] = {}
    judged = 0
    for row in clips.rows:
        # of a clip that was read in part, only the parts are known to be equal
        if (row.id, row.split) in target_of and not row.constant and not row.sampled:
            judged += 1
            if row.frames * row.dims >= FEWEST_VALUES.value:
                groups.setdefault(row.digest, []).append(row)
    clashing = [g for g in groups.values() if len({target_of[row.id, row.split] for row in g}) > 1]
    affected = sum(len(group) for group in clashing)
    if not clashing or affected < SHARE.value * judged:
        return
    largest = max(clashing, key=len)
    one, other = _two_targets(largest, target_of)
    yield Finding(
        f"{affected} of {judged} samples share their array with a sample of another target: "
        f"{one.id} ({' '.join(target_of[one.id, one.split])}) and {other.id} "
        f"({' '.join(target_of[other.id, other.split])}) are equal",
        (
            Evidence(
                "samples whose array has several targets",
                affected / judged,
                clips.read_from,
                "share",
                SHARE,
            ),
            Evidence("most ids of one array", len(largest), clips.read_from, "ids"),
        ),
        (
            Fix(
                "Delete cached features and extract them again.",
                "rm -r cache/   # then run the extraction",
            ),
            Fix("See that the extraction opens each sample's own video and saves a copy of the array."),
        ),
        tuple(row.id for row in largest[:5]),
        affected,
        judged,
    )


def _two_targets(
    group: list[ClipRow], target_of: dict[tuple[str, str], tuple[str, ...]]
) -> tuple[ClipRow, ClipRow]:
    first = group[0]
    differs = (row for row in group if target_of[row.id, row.split] != target_of[first.id, first.split])
    return first, next(differs)
