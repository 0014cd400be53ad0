"""FEA117: does each clip have as many frames as its annotation says?"""

import numpy as np

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    Evidence,
    Finding,
    Findings,
    Fix,
    FrameCounts,
    NotJudged,
    Threshold,
    agreeing,
    check,
    chosen,
    part_of,
)

AFFECTED_SAMPLES = chosen(0.1, "one sample in ten is more than a stray", (0.025, 0.3), 21)
FRAME_DIFFERENCE = chosen(3, "decoders drop or add a few frames at the ends of a clip", (0.75, 12), 21)
RELATIVE_DIFFERENCE = Threshold(
    0.05, "Arithmetic: a video at 24 instead of 25 frames per second differs by 4%."
)
FEWEST_SAMPLES = Threshold(3, "Arithmetic: with two samples, no factor is the common one.")
OTHER = "another number of frames than annotated"
FIXES = (
    Fix("Extract these clips again from the videos and times that the annotations name."),
    Fix("Check whether the decoder drops frames.", "ffprobe -count_frames -show_streams clip.mp4"),
)


@check("FEA117", severity=DEGRADES, confidence=LIKELY)
def frame_count_mismatch(counts: FrameCounts) -> Findings:
    """Clips have more or fewer frames than their annotations say.

    Why it matters: The features come from other videos, from other parts of them, or with frames
    dropped. The target then describes signing that is not in the clip.

    Judged by: The stored frames against the annotated count times one factor for all samples, since
    features of every second or fourth frame are fine. The two differ by more than 3 frames and by more
    than 5% in over 10% of the samples. Clips cut or resampled to one length are left out.

    Fix: Extract these clips again from the videos and times that the annotations name.

    References: The annotations of this run; how2sign issue 23 and SpaMo issue 2, on clips whose
    times refer to another video.
    """
    longest = counts.stored.max()
    cut = counts.stored == longest  # may have been cut at a common maximum
    cut &= (counts.annotated > longest) & (cut.sum() > 1)
    stored, annotated = counts.stored[~cut], counts.annotated[~cut]
    ids = [id for id, gone in zip(counts.ids, cut, strict=True) if not gone]
    if len(ids) < FEWEST_SAMPLES.value:
        few = f"{len(ids)} samples have both an annotated and an uncut stored number of frames"
        raise NotJudged(f"{few}, and {FEWEST_SAMPLES.value:g} are needed")
    if len(np.unique(stored)) == 1 < len(np.unique(annotated)):
        raise NotJudged(f"every clip was brought to one length, {stored[0]} frames")
    factor = float(np.median(stored / annotated))
    expected = annotated * factor
    off = np.abs(stored - expected) > np.maximum(
        FRAME_DIFFERENCE.value, RELATIVE_DIFFERENCE.value * expected
    )
    if off.mean() <= AFFECTED_SAMPLES.value:
        return f"{int((~off).sum())} of {len(ids)} samples have as many frames as annotated"
    worst = int(np.argmax(np.abs(stored - expected)))
    scaled = abs(factor - 1) >= RELATIVE_DIFFERENCE.value
    usual = f", even at {factor:.3g} stored frames per annotated one as elsewhere" if scaled else ""
    affected = int(off.sum())
    yield Finding(
        f"{part_of(affected, len(counts.ids), 'sample')} {agreeing(affected, 'has', 'have')} {OTHER}"
        f"{usual}: {ids[worst]} has {stored[worst]} frames, where {annotated[worst]} are annotated",
        (
            Evidence(
                "samples whose frame counts disagree",
                float(off.mean()),
                counts.read_from,
                "share",
                AFFECTED_SAMPLES,
            ),
            Evidence("median of stored frames over annotated frames", factor, counts.read_from),
        ),
        FIXES,
        tuple(ids[i] for i in np.flatnonzero(off)),
        affected,
        len(counts.ids),
    )
