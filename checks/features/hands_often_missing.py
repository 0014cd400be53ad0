"""FEA107: were the hands detected in most frames?"""

from slrdoctor.api import (
    DEGRADES,
    POSSIBLE,
    ClipTable,
    Evidence,
    Finding,
    Findings,
    Fix,
    MissingLandmarks,
    NotJudged,
    Threshold,
    check,
)

NO_HAND = Threshold(
    0.30,
    "Measured on 18 public MP_Data repositories: both hands are missing in 7.5% of the frames of the "
    "median one.",
)
BOTH = "both hands"
HAND_MISSING = Threshold(
    0.60,
    "Measured on 18 public MP_Data repositories: in the median one the left hand is missing in 39% of "
    "the frames, the right hand in 37%; a resting hand is normal.",
)
FIXES = (
    Fix(
        "Lower the detection confidence, and track through the video instead of detecting per frame.",
        "Holistic(static_image_mode=False, min_detection_confidence=0.3, min_tracking_confidence=0.3)",
    ),
    Fix("Fill short gaps by interpolating between frames in which the hand was detected."),
)


@check("FEA107", severity=DEGRADES, confidence=POSSIBLE, explains=("CTC413", "CTC414"))
def hands_often_missing(missing: MissingLandmarks, clips: ClipTable) -> Findings:
    """The hands were not detected in many frames.

    Why it matters: A hand that jumps to zero and back looks like fast motion to a model, and frames
    without it tell nothing about the sign.

    Judged by: The share of frames in which hands are missing (zero or NaN), over the whole data set
    and without padding at the end of clips. Reported are:
    - both hands missing in over 30% of the frames;
    - one hand missing in over 60%, unless most of these frames are from one-handed signs: clips that
      lack this hand from start to end and show the other one.

    Fix: Detect with a lower confidence, interpolate short gaps, or give the model a mask.

    References: Roh et al. on interpolating undetected hands, WLASL100; MediaPipe's tracking
    options, https://ai.google.dev/edge/mediapipe/solutions/vision/hand_landmarker
    """
    if not missing.has_hands:
        raise NotJudged("the features contain no hands")
    absent = [(BOTH, missing.both_hands, NO_HAND)]
    absent = absent if missing.both_hands > NO_HAND.value else []
    for name, share in missing.shares.items():
        if "hand" in name and share > HAND_MISSING.value and not _is_one_handed(missing, name):
            absent.append((f"the {name.replace('_', ' ')}", share, HAND_MISSING))
    if not absent:
        return missing.sentence
    worst = sorted(clips.rows, key=lambda row: -row.hands_missing)[:5]
    (first, most, _), *rest = absent
    verb = "are" if first == BOTH else "is"
    parts = "".join(f", {what} in {share:.1%}" for what, share, _ in rest)
    yield Finding(
        f"{first} {verb} missing in {most:.1%} of {missing.frames} frames{parts}",
        tuple(
            Evidence(f"frames without {what}", share, missing.read_from, "share", limit)
            for what, share, limit in absent
        ),
        FIXES,
        tuple(row.id for row in worst if row.hands_missing),
    )


def _is_one_handed(missing: MissingLandmarks, name: str) -> bool:
    """Whether neither whole clips nor frames within the others alone are over the limit."""
    use = missing.hands.get(name)
    return use is not None and max(use.other_only, use.within) <= HAND_MISSING.value
