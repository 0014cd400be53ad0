"""FEA117: are as many frames stored as the annotation says?"""

from collections.abc import Iterator

import numpy as np

from slrdoctor.api import DEGRADES, LIKELY, Evidence, Finding, Fix, FrameCounts, Threshold, check

SAMPLES = Threshold(
    0.1, "rule of thumb, docs/limits.py: share of samples before it is called systematic"
)
FRAMES = Threshold(
    3, "rule of thumb, docs/limits.py: frames that decoders drop or add at the ends of a clip"
)
SHARE = Threshold(0.05, "rule of thumb, docs/limits.py: 24 against 25 frames a second is 4%")
FEWEST = Threshold(3, "arithmetic: samples that it takes to tell a common factor from one that differs")


@check("FEA117", severity=DEGRADES, confidence=LIKELY)
def frame_count_mismatch(counts: FrameCounts) -> Iterator[Finding]:
    """Stored frames disagree with the annotation's frame counts.

    Why it matters: the features were taken from other videos, from other parts of them, or
    with frames dropped. Targets then speak of signing that is not in the clip.

    Judged by: stored frames against the annotated count, times one factor for all samples
    (features at every second or fourth frame are no fault), off by more than 3 frames and 5%
    in over 10% of the samples. Clips that were all brought to one length, or cut at one, are
    left out.

    Fix: extract these clips from the videos and the parts that the annotation names.

    References: the annotations of this run; how2sign issue 23 and SpaMo issue 2 on clips whose
    times refer to another video.
    """
    longest = counts.stored.max()
    cut = counts.stored == longest  # may have been cut at a common maximum
    cut &= (counts.annotated > longest) & (cut.sum() > 1)
    stored, annotated = counts.stored[~cut], counts.annotated[~cut]
    ids = [id for id, gone in zip(counts.ids, cut) if not gone]
    if len(ids) < FEWEST.value or len(np.unique(stored)) == 1 < len(np.unique(annotated)):
        return
    factor = float(np.median(stored / annotated))
    expected = annotated * factor
    off = np.abs(stored - expected) > np.maximum(FRAMES.value, SHARE.value * expected)
    if off.mean() <= SAMPLES.value:
        return
    worst = int(np.argmax(np.abs(stored - expected)))
    usual = "" if abs(factor - 1) < SHARE.value else f" times {factor:.3g}, as in the other samples"
    yield Finding(
        f"{int(off.sum())} of {len(counts.ids)} samples do not have the annotated frames{usual}: "
        f"{ids[worst]} has {stored[worst]} stored and {annotated[worst]} annotated",
        (
            Evidence(
                "samples whose counts disagree", float(off.mean()), counts.read_from, "share", SAMPLES
            ),
            Evidence("stored frames over annotated, median", factor, counts.read_from, "factor"),
        ),
        (
            Fix("Extract these clips again from the videos and times that the annotation names."),
            Fix("See whether the decoder drops frames.", "ffprobe -count_frames -show_streams clip.mp4"),
        ),
        tuple(ids[i] for i in np.flatnonzero(off)[:5]),
        int(off.sum()),
        len(counts.ids),
    )
