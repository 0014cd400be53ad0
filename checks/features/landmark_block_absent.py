"""FEA106: are the landmarks there that signs are made of?"""

from collections.abc import Iterator

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    Evidence,
    Finding,
    Fix,
    Landmarks,
    MissingLandmarks,
    Threshold,
    check,
)

ABSENT = Threshold(
    0.95,
    "measured on 18 public MP_Data repositories: a resting hand is missing in 39% of frames at the "
    "median, no hand in nearly all; the limit itself is a rule of thumb",
)
FIX = Fix(
    "Extract the landmarks again with a model that finds this part, and draw a few over the video.",
    "pip install 'mediapipe==0.10.21'   # has mp.solutions; later ones need the Tasks API and its model",
)


# Of a run at chance it is no cause: arms alone tell signs apart far better than guessing does.
@check("FEA106", severity=DEGRADES, confidence=LIKELY, explains=("DEC802", "FEA107", "FEA108"))
def landmark_block_absent(missing: MissingLandmarks, landmarks: Landmarks) -> Iterator[Finding]:
    """A part of the body that signs are made of is absent from the features.

    Why it matters: handshape tells most signs apart. Features without hands can be learned
    from, since arms move as well, but many signs look alike in them.

    Judged by: a landmark block of a recognised layout that is all zero or NaN in over 95% of
    the frames of the whole data set, or a recognised layout that has no hands at all.

    Fix: extract again with hands. One hand may be absent where every signer used one hand
    only, as in fingerspelling recorded with a phone.

    References: MediaPipe holistic, https://ai.google.dev/edge/mediapipe/solutions/vision/holistic_landmarker;
    Stokoe, Sign Language Structure, 1960, on handshape, location and movement.
    """
    for name, share in missing.shares.items():
        if share > ABSENT.value:
            yield Finding(
                f"{name} is all zero or NaN in {share:.1%} of {missing.frames} frames",
                (
                    Evidence(
                        f"frames without {name}", share, missing.read_from, "share of frames", ABSENT
                    ),
                ),
                (FIX,),
            )
    if not missing.has_hands and landmarks.certain:
        held = " and ".join(missing.shares)
        yield Finding(
            f"the {landmarks.dims} stored dimensions hold {held} and no hands ({landmarks.name})",
            (Evidence("dimensions that are hands", 0, landmarks.read_from, f"of {landmarks.dims}"),),
            (FIX,),
        )
