"""CTC417: does a configured maximum length cut clips below what their targets need?"""

import numpy as np

from slrdoctor.api import (
    CERTAIN,
    DEGRADES,
    CtcLengths,
    Evidence,
    Finding,
    Findings,
    Fix,
    LongestInput,
    NotJudged,
    Threshold,
    check,
    part_of,
)

from ._stride import SET_STRIDE

SAMPLES_HARMED = Threshold(0, "CTC arithmetic: L + R frames are needed, 2L + 1 leave room for blanks")


@check("CTC417", severity=DEGRADES, confidence=CERTAIN, explains=("TRN501",))
def clipping_removes_glosses(lengths: CtcLengths, longest: LongestInput) -> Findings:
    """The configured maximum length cuts clips below what their targets need.

    Why it matters: A clip that is cut keeps its whole target. What is left of it has no alignment, or
    hardly one, and frames that do not show the glosses at its end are asked for them.

    Judged by: T < L + R, or T < 2L + 1, after cutting at the configured length, in samples that have
    enough frames when they are not cut. T are the frames, L the glosses, R the adjacent equal ones.

    Fix: Raise the maximum length to that of the longest clip, or leave out the longest clips.

    References: Graves et al. 2006, Connectionist Temporal Classification, section 3.
    """
    left = lengths.stack.input_lengths(np.minimum(lengths.frames, longest.frames))
    roomy = 2 * lengths.target_lengths + 1
    infeasible = (left < lengths.needed) & ~lengths.infeasible
    tight = (left >= lengths.needed) & (left < roomy) & (lengths.input_lengths >= roomy)
    harmed = infeasible | tight
    if not harmed.any():
        if not lengths.stack.known:
            raise NotJudged("the model's temporal stride is unknown", SET_STRIDE)
        return f"cutting at {longest.frames} frames leaves every target its room"
    total, cut = len(lengths.ids), int((lengths.frames > longest.frames).sum())
    left_with = [
        f"{int(some.sum())} {without}"
        for some, without in ((infeasible, "without an alignment"), (tight, "without room for blanks"))
        if some.any()
    ]
    gone = float(np.maximum(lengths.frames - longest.frames, 0).sum() / lengths.frames.sum())
    yield Finding(
        message=(
            f"cutting at {longest.frames} frames shortens {part_of(cut, total, 'clip')} and leaves "
            f"{' and '.join(left_with)} {lengths.at}"
        ),
        evidence=(
            _samples("samples left without an alignment", int(infeasible.sum()), lengths),
            _samples("samples left without room for blanks", int(tight.sum()), lengths),
            Evidence("configured maximum length", longest.frames, longest.read_from, "frames"),
            Evidence("frames that are cut off", gone, lengths.read_from, "share"),
            Evidence("longest clip", int(lengths.frames.max()), lengths.read_from, "frames"),
        ),
        fixes=(
            Fix(f"Raise the maximum length to {lengths.frames.max()} frames in {longest.read_from}."),
            Fix("Leave out the longer clips instead of cutting them.", safe=False),
        ),
        samples=lengths.ids_of(harmed),
        affected=int(harmed.sum()),
        total=total,
    )


def _samples(what: str, count: int, lengths: CtcLengths) -> Evidence:
    return Evidence(what, count, lengths.read_from, f"of {len(lengths.ids)}", SAMPLES_HARMED)
