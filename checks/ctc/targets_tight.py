"""CTC403: do the targets leave room for blanks?"""

from slrdoctor.api import (
    CERTAIN,
    NOTE,
    CtcLengths,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    agreeing,
    check,
    chosen,
    part_of,
)

from ._stride import SET_STRIDE

SHARE_TIGHT = chosen(0.05, "one sample in twenty", (0.025, 0.2), 239)


@check("CTC403", severity=NOTE, confidence=CERTAIN, overfit=True)
def targets_tight(lengths: CtcLengths) -> Findings:
    """Over one target in twenty has no room for a blank on either side of every gloss.

    Why it matters: Below 2L + 1 frames not every gloss can have a blank on either side. Few alignments
    are left, the model must place every boundary to the frame, and such samples train badly although
    their loss is finite.

    Judged by: L + R <= T < 2L + 1 counted sample by sample, with T the frames after the model's
    temporal layers, L the glosses and R the adjacent equal ones; in over 5% of them.

    Fix: Lower the temporal stride where that is cheap; most models do well at stride 4.

    References: Graves et al. 2006, Connectionist Temporal Classification, section 3: paths
    over the target with blanks before, between and after its 2L + 1 places.
    """
    tight = lengths.tight
    count, total = int(tight.sum()), len(lengths.ids)
    if count / total <= SHARE_TIGHT.value:
        if not lengths.stack.known:
            raise NotJudged("the model's temporal stride is unknown", SET_STRIDE)
        return f"{total - count} of {total} targets have room for blanks {lengths.at}"
    comfortable = lengths.comfortable_stride
    targets = part_of(count, total, "target", share=f"{count / total:.1%}")
    yield Finding(
        message=(
            f"{lengths.at}, {targets} {agreeing(count, 'has', 'have')} too few frames for a blank on "
            f"either side of every gloss. {_strides(lengths)}"
        ),
        evidence=(
            Evidence(
                "targets of L glosses with fewer than 2L + 1 frames",
                round(count / total, 4),
                lengths.read_from,
                "share",
                SHARE_TIGHT,
            ),
            Evidence(lengths.stack.what, lengths.stack.shown, lengths.stack.read_from),
            Evidence("largest stride that leaves room for blanks", comfortable, lengths.read_from),
        ),
        fixes=(
            Fix(f"Try a temporal stride of {comfortable} before CTC.")
            if comfortable
            else Fix("Extract these clips at a higher frame rate, or cut them less closely."),
        ),
        samples=lengths.ids_of(tight),
        affected=count,
        total=total,
    )


def _strides(lengths: CtcLengths) -> str:
    """Up to which stride every target fits, without such blanks and with them."""
    if lengths.safe_stride < 1:
        return lengths.advice
    roomy = lengths.comfortable_stride
    with_blanks = f"every target fits up to stride {roomy}" if roomy else "no stride fits all"
    return (
        f"Without those blanks, every target fits up to stride {lengths.safe_stride}; with them, "
        f"{with_blanks}"
    )
