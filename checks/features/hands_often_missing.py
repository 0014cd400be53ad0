"""FEA107: were the hands found in most frames?"""

from collections.abc import Iterator

from slrdoctor.api import (
    DEGRADES,
    POSSIBLE,
    ClipTable,
    Evidence,
    Finding,
    Fix,
    MissingLandmarks,
    Threshold,
    check,
)

BOTH = Threshold(
    0.30,
    "measured on 18 public MP_Data repositories: both hands are missing in 7.5% of frames at the median",
)
ONE = Threshold(
    0.60,
    "measured on 18 public MP_Data repositories: the left hand is missing in 39% of frames at the "
    "median, the right in 37%; a resting hand is normal",
)
FIXES = (
    Fix(
        "Lower the detection confidence, and track through the video instead of detecting anew.",
        "Holistic(static_image_mode=False, min_detection_confidence=0.3, min_tracking_confidence=0.3)",
    ),
    Fix("Fill short gaps by interpolation between the frames where the hand was found."),
)


@check("FEA107", severity=DEGRADES, confidence=POSSIBLE, explains=("CTC413", "CTC414"))
def hands_often_missing(missing: MissingLandmarks, clips: ClipTable) -> Iterator[Finding]:
    """Hands were not found in many frames.

    Why it matters: a hand that comes and goes as zeros looks like fast motion to a model, and
    the frames without it say nothing of the sign.

    Judged by: both hands missing (zero or NaN) in over 30% of the frames, or one of them in
    over 60%, over the whole data set and without padding at the end of clips. One hand at
    rest is normal: clips without one hand from end to end in which the other is found are
    one-handed signs, and count only where over 60% of the clips are.

    Fix: detect with a lower confidence, interpolate short gaps, or give the model a mask.

    References: Roh et al. on interpolating undetected hands, WLASL100; MediaPipe's tracking
    options, https://ai.google.dev/edge/mediapipe/solutions/vision/hand_landmarker
    """
    if not missing.has_hands:
        return
    said = [(f"no hand in {missing.both_hands:.1%}", "both hands", missing.both_hands, BOTH)]
    said = said if missing.both_hands > BOTH.value else []
    for name, share in missing.shares.items():
        if "hand" in name and share > ONE.value and not _is_one_handed(missing, name):
            said.append((f"no {name.replace('_', ' ')} in {share:.1%}", name, share, ONE))
    if not said:
        return
    worst = sorted(clips.rows, key=lambda row: -row.hands_missing)[:5]
    yield Finding(
        f"the landmarks have {' and '.join(text for text, *_ in said)} of {missing.frames} frames",
        tuple(
            Evidence(
                f"frames without {what.replace('_', ' ')}",
                share,
                missing.read_from,
                "share of frames",
                limit,
            )
            for _, what, share, limit in said
        ),
        FIXES,
        tuple(row.id for row in worst if row.hands_missing),
    )


def _is_one_handed(missing: MissingLandmarks, name: str) -> bool:
    """Whether neither whole clips nor frames within the others alone are over the limit."""
    use = missing.hands.get(name)
    return use is not None and max(use.other_only, use.within) <= ONE.value
