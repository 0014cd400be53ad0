"""FEA110: do the frames of a clip move?"""

from collections import Counter
from collections.abc import Iterator

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    NOTHING_LEARNED,
    ClipRow,
    ClipTable,
    Evidence,
    Finding,
    Fix,
    Threshold,
    check,
)

REPEATED = Threshold(0.5, "rule of thumb, docs/limits.py: half of the frames repeat the one before them")
SAMPLES = Threshold(
    0.2, "rule of thumb, docs/limits.py: share of samples before it is called systematic"
)
PADDED = Threshold(0.5, "as in FEA115: where most clips of one length end in a run, the run is padding")
FEW_VALUES = Threshold(
    8, "rule of thumb, docs/limits.py: one-hot and quantised features repeat by nature"
)
FIXES = (
    Fix(
        "Decode the videos at their own frame rate.",
        "ffmpeg -i in.mp4 -vf mpdecimate -vsync vfr out.mp4",
    ),
    Fix("Extract again, detecting in every frame.", "Holistic(static_image_mode=True)"),
)


@check("FEA110", severity=DEGRADES, confidence=LIKELY, explains=("FEA114", *NOTHING_LEARNED))
def frozen_frames(clips: ClipTable) -> Iterator[Finding]:
    """Many frames repeat the frame before them.

    Why it matters: a stalled tracker or repeated video frames keep the motion out of the
    features, and motion is half of a sign. The clip looks long enough and says little.

    Judged by: over half of the consecutive frames identical in every value, in over 20% of
    the samples. Frames without any landmark do not count, nor do features with a few distinct
    values, nor a run of equal frames at the end where most clips have one length and such a
    run, which is padding (FEA115).

    Fix: decode the video at its own frame rate, and let the tracker detect anew when it stalls.

    References: ffmpeg's `-vsync` and `mpdecimate`, https://ffmpeg.org/ffmpeg-filters.html
    """
    moving = [row for row in clips.rows if row.frames > 1 and not row.constant]
    rows = [row for row in moving if row.distinct > FEW_VALUES.value]
    padded = _are_padded(rows)
    shares = [(row.repeated_inside if padded else row.repeated, row) for row in rows]
    frozen = [(share, row) for share, row in shares if share > REPEATED.value]
    if len(frozen) <= SAMPLES.value * len(rows):
        return
    most, worst = max(frozen, key=lambda item: item[0])
    share = len(frozen) / len(rows)
    yield Finding(
        f"in {len(frozen)} of {len(rows)} clips over half of the frames repeat the one before them, "
        f"up to {most:.0%} in {worst.id}",
        (
            Evidence("clips with frozen frames", share, clips.read_from, "share of clips", SAMPLES),
            Evidence(f"repeated frames in {worst.id}", most, clips.read_from, "share", REPEATED),
        ),
        FIXES,
        tuple(row.id for _, row in frozen[:5]),
        len(frozen),
        len(rows),
    )


def _are_padded(rows: list[ClipRow]) -> bool:
    """Whether most clips have one length and end in a run: then the run is padding."""
    if not rows:
        return False
    [(_, alike)] = Counter(row.frames for row in rows).most_common(1)
    end_in_a_run = sum(row.trailing > 0 for row in rows)
    return alike > len(rows) / 2 and end_in_a_run > PADDED.value * len(rows)
