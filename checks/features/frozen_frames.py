"""FEA110: do consecutive frames of a clip differ?"""

from collections import Counter

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    NOTHING_LEARNED,
    ClipRow,
    ClipTable,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    check,
    chosen,
    part_of,
)

REPEATED_FRAMES = chosen(0.5, "half of a clip", (0.125, 0.75), 413)
FROZEN_CLIPS = chosen(0.2, "more than a few strays", (0.05, 0.8), 413)
PADDED_CLIPS = chosen(0.5, "most clips, as in FEA115", (0.125, 0.75), 413)
DISTINCT_VALUES = chosen(8, "one-hot and quantised features repeat by nature", (2, 32), 413)
FIXES = (
    Fix(
        "Decode the videos at their own frame rate, without repeated frames.",
        "ffmpeg -i in.mp4 -vf mpdecimate -vsync vfr out.mp4",
    ),
    Fix("Extract landmarks again with a detection in every frame.", "Holistic(static_image_mode=True)"),
)


@check("FEA110", severity=DEGRADES, confidence=LIKELY, explains=("FEA114", NOTHING_LEARNED))
def frozen_frames(clips: ClipTable) -> Findings:
    """Many frames repeat the frame before them.

    Why it matters: A stalled tracker or repeated video frames keep motion out of the features, and
    motion is half of a sign. The clip looks long enough but shows little.

    Judged by: Over half of the frames equal the one before in every value, in over 20% of the clips.
    Not counted are:
    - frames without any landmark;
    - features with only a few distinct values;
    - identical frames at the end, where most clips have one length and end so: that is padding (FEA115).

    Fix: Decode the video at its own frame rate, and let the tracker detect again when it stalls.

    References: ffmpeg's `-vsync` and `mpdecimate`, https://ffmpeg.org/ffmpeg-filters.html
    """
    moving = [row for row in clips.rows if row.frames > 1 and not row.constant]
    rows = [row for row in moving if row.distinct > DISTINCT_VALUES.value]
    padded = _are_padded(rows)
    shares = [(row.repeated_inside if padded else row.repeated, row) for row in rows]
    frozen = [(share, row) for share, row in shares if share > REPEATED_FRAMES.value]
    if not rows:
        raise NotJudged("no clip has several frames with varied values")
    if len(frozen) <= FROZEN_CLIPS.value * len(rows):
        return f"{len(rows) - len(frozen)} of {len(rows)} clips move from frame to frame"
    most, worst = max(frozen, key=lambda item: item[0])
    share = len(frozen) / len(rows)
    yield Finding(
        f"in {part_of(len(frozen), len(rows), 'clip')}, over half of the frames repeat the frame "
        f"before, up to {most:.0%} in {worst.id}",
        (
            Evidence("clips in which most frames repeat", share, clips.read_from, "share", FROZEN_CLIPS),
            Evidence(f"repeated frames in {worst.id}", most, clips.read_from, "share", REPEATED_FRAMES),
        ),
        FIXES,
        tuple(row.id for _, row in frozen),
        len(frozen),
        len(rows),
    )


def _are_padded(rows: list[ClipRow]) -> bool:
    """Whether most clips have one length and end in identical frames: then those are padding."""
    if not rows:
        return False
    [(_, alike)] = Counter(row.frames for row in rows).most_common(1)
    end_in_a_run = sum(row.trailing > 0 for row in rows)
    return alike > len(rows) / 2 and end_in_a_run > PADDED_CLIPS.value * len(rows)
