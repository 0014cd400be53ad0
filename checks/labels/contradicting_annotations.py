"""LAB208: does each sample have one target?"""

from collections.abc import Iterator

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    NOTHING_LEARNED,
    Contradictions,
    Evidence,
    Finding,
    Fix,
    Threshold,
    check,
)

NONE = Threshold(0, "arithmetic: at least one of two targets of one sample is wrong")


@check("LAB208", severity=BLOCKS, confidence=CERTAIN, explains=("FEA114", "TRN504", *NOTHING_LEARNED))
def contradicting_annotations(contradictions: Contradictions) -> Iterator[Finding]:
    """One sample has several targets.

    Why it matters: the same input is then asked for two outputs, and no model can give
    both. More often it shows that ids and targets came out of step (a join by position,
    two versions of a file), and then the targets that are there once are wrong as well.

    Judged by: rows of the annotations with one id, at one path where they name one, and
    different targets. Other case, annotation marks, and class numbers against class names
    make no other target; ids that count the samples of a split are compared within it.

    Fix: find out which file is right, and write the annotations again from it.

    References: the annotations of this run, row against row.
    """
    found = contradictions.found
    if not found:
        return
    first = found[0]
    told = " and ".join(f'"{target}"' for target in first.targets[:3])
    across = sum(len(c.splits) > 1 for c in found)
    yield Finding(
        message=(
            f"{len(found)} of {contradictions.samples} samples have several targets: "
            f"{first.id} is {told}"
        ),
        evidence=(
            Evidence(
                "samples with several targets", len(found), contradictions.read_from, "samples", NONE
            ),
            Evidence("of them, in two splits", across, contradictions.read_from, "samples"),
        ),
        fixes=(
            Fix("Find out which of the targets is right, and how the other came to this id."),
            Fix(
                "Leave out these samples until then.",
                "rows = [r for r in rows if len(targets_of[r.id]) == 1]",
                safe=False,
            ),
        ),
        samples=tuple(c.id for c in found[:5]),
        affected=len(found),
        total=contradictions.samples,
    )
