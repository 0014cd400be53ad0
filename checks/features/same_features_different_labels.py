"""FEA113: do samples with different targets have different features?"""

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    NOTHING_LEARNED,
    ClipTable,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Samples,
    check,
    chosen,
    part_of,
)

AFFECTED_SAMPLES = chosen(
    0.01, "a single video may be there twice by mistake, a stale cache repeats many", (0.0025, 0.04), 413
)
FEWEST_VALUES = chosen(
    16, "arrays of a few values, such as one-hot ones, are identical by chance", (4, 64), 413
)
FIXES = (
    Fix("Delete cached features and extract them again.", "rm -r cache/   # then extract", safe=False),
    Fix("Check that the extraction opens each sample's own video and saves a copy of the array."),
)


@check(
    "FEA113",
    severity=BLOCKS,
    confidence=CERTAIN,
    explains=("FEA107", "FEA110", "FEA112", "FEA114", NOTHING_LEARNED),
)
def same_features_different_labels(clips: ClipTable, samples: Samples) -> Findings:
    """Samples with different targets have the same features.

    Why it matters: No model can give two answers to one input. The usual reasons are a stale cache, a
    loop that saved one array under many names, or a wrong file list.

    Judged by: Arrays that are identical byte by byte under several ids with different targets, where
    this concerns at least 1% of the samples. Empty and constant clips do not count.

    Fix: Delete the cache, extract the features again, and compare a few arrays.

    References: The digests (BLAKE2b) of the stored arrays of this run.
    """
    target_of = {(r.id, r.split): r.glosses or tuple((r.text or "").split()) for r in samples.rows}
    # of a clip that was read in part, only the parts are known to be equal
    rows = [r for r in clips.rows if (r.id, r.split) in target_of and not r.constant and not r.sampled]
    groups: dict[str, dict[str, tuple[str, ...]]] = {}  # digest -> targets by id
    for row in rows:
        if row.frames * row.dims >= FEWEST_VALUES.value:
            groups.setdefault(row.digest, {})[row.id] = target_of[row.id, row.split]
    clashing = [group for group in groups.values() if len(set(group.values())) > 1]
    affected = sum(len(group) for group in clashing)
    if not groups:
        raise NotJudged(
            "no annotated clip is large enough to be distinguished from another by its values"
        )
    if not clashing or affected < AFFECTED_SAMPLES.value * len(rows):
        return f"{len(rows) - affected} of {len(rows)} samples have features of their own"
    largest = max(clashing, key=len)
    (one, its), *others = largest.items()
    other, other_s = next((id, target) for id, target in others if target != its)
    share = affected / len(rows)
    yield Finding(
        f"{part_of(affected, len(rows), 'sample')} have the same features as a sample with another "
        f"target: those of {one} ({' '.join(its)}) and {other} ({' '.join(other_s)}) are identical",
        (
            Evidence(
                "samples whose array has several targets",
                share,
                clips.read_from,
                "share",
                AFFECTED_SAMPLES,
            ),
            Evidence("most samples with the same array", len(largest), clips.read_from, "ids"),
        ),
        FIXES,
        tuple(dict.fromkeys(id for group in (largest, *clashing) for id in group)),
        affected,
        len(rows),
    )
