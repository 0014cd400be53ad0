"""LAB208: does each sample have one target?"""

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    NOTHING_LEARNED,
    Contradictions,
    Evidence,
    Finding,
    Findings,
    Fix,
    Threshold,
    agreeing,
    check,
)

CONTRADICTING_SAMPLES = Threshold(0, "Arithmetic: of two targets of one sample, at least one is wrong.")


@check("LAB208", severity=BLOCKS, confidence=CERTAIN, explains=("FEA114", "TRN504", NOTHING_LEARNED))
def contradicting_annotations(contradictions: Contradictions) -> Findings:
    """One sample has several targets.

    Why it matters: No model can give two outputs for one input. More often, ids and targets went out
    of step (a join by position, two versions of a file), and all other targets are wrong as well.

    Judged by: Rows of the annotations with the same id (and path, where they have one) but different
    targets. Case, annotation marks, and class numbers instead of names do not count as different. Ids
    that only number the samples of a split are compared within that split.

    Fix: Find out which file is right, and write the annotations again from it.

    References: The annotations of this run, row against row.
    """
    found = contradictions.found
    if not found:
        return contradictions.sentence
    first = found[0]
    targets = " and ".join(f'"{target}"' for target in first.targets[:3])
    across = sum(len(c.splits) > 1 for c in found)
    yield Finding(
        message=(
            f"{len(found)} of {contradictions.samples} samples "
            f"{agreeing(len(found), 'has', 'have')} several targets: "
            f"{first.id} is annotated {targets}"
        ),
        evidence=(
            Evidence(
                "samples with several targets",
                len(found),
                contradictions.read_from,
                "samples",
                CONTRADICTING_SAMPLES,
            ),
            Evidence("of these, in two splits", across, contradictions.read_from, "samples"),
        ),
        fixes=(
            Fix("Find out which target is right, and how the other one got this id."),
            Fix(
                "Leave these samples out until then.",
                "rows = [r for r in rows if len(targets_of[r.id]) == 1]",
                safe=False,
            ),
        ),
        samples=tuple(c.id for c in found),
        affected=len(found),
        total=contradictions.samples,
    )
