"""FEA102: do some annotated samples have no features?"""

from slrdoctor.api import (
    CERTAIN,
    DEGRADES,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    StoredFeatures,
    agreeing,
    check,
)


@check("FEA102", severity=DEGRADES, confidence=CERTAIN, explains=("LAB206", "TRN504", NOTHING_LEARNED))
def features_missing(found: StoredFeatures) -> Findings:
    """Some annotated samples have no features.

    Why it matters: Loaders drop these samples or fill them with zeros. The model learns from less, and
    a score on a split without these samples does not compare with a score on the whole split.

    Judged by: Annotated samples without a stored clip under any spelling of their id or path, where
    other samples have one. A file that exists but is broken is FEA103. An id that several clips fit,
    such as 0 where every folder counts from 0, is not missing; nothing is judged where only such ids
    are left.

    Fix: Extract the features of the samples named here, or take them out of the annotations.

    References: The annotations and feature files of this run, joined as the evidence says.
    """
    if not found.readable:
        raise NotJudged("no annotated sample has features that can be read")
    if not found.missing and found.ambiguous:
        raise NotJudged(found.ambiguous, found.tell_apart)
    if not found.missing:
        return found.sentence
    by_split = {split: (total - have, total) for split, (have, total) in found.covered.items()}
    parts = [
        f"all {total} in {split}" if gone == total else f"{gone} of the {total} in {split}"
        for split, (gone, total) in by_split.items()
        if gone and split
    ]
    yield Finding(
        f"{len(found.missing)} of {found.annotated} annotated samples "
        f"{agreeing(len(found.missing), 'has', 'have')} no features"
        + (f": {', '.join(parts)}" if parts else "")
        + (f". Of these, {found.near}" if found.near else "")
        + (f". Besides, {found.ambiguous}" if found.ambiguous else ""),
        tuple(
            Evidence(f"samples without features, {split or 'unsplit'}", gone / total, found.how, "share")
            for split, (gone, total) in by_split.items()
            if gone
        ),
        (
            Fix("Extract the features of these samples, or rename the files meant for them."),
            Fix("Drop the samples without features from the annotations.", safe=False),
        ),
        tuple(id for id, _ in found.missing),
        len(found.missing),
        found.annotated,
    )
