"""FEA106: do the features contain the landmarks that signs are made of?"""

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    Evidence,
    Finding,
    Findings,
    Fix,
    Landmarks,
    MissingLandmarks,
    check,
    chosen,
)

BLOCK_MISSING = chosen(
    0.95,
    "far above normal: on 18 public MP_Data repositories a resting hand is missing in 39%",
    (0.855, 0.95),
    410,
)
FIX = Fix(
    "Extract the landmarks again with a model that detects this part, and draw a few over the video.",
    "pip install 'mediapipe==0.10.21'   # the last with mp.solutions; later: the Tasks API and its "
    "model",
)


# It does not explain a run at chance: arms alone tell signs apart far better than guessing does.
@check("FEA106", severity=DEGRADES, confidence=LIKELY, explains=("DEC802", "FEA107", "FEA108"))
def landmark_block_absent(missing: MissingLandmarks, landmarks: Landmarks) -> Findings:
    """The features lack a part of the body that signs are made of.

    Why it matters: Handshape tells most signs apart. A model can learn something without hands, since
    arms move as well, but many signs then look alike.

    Judged by: The landmark layout, where it is recognised. Reported are:
    - a block of landmarks that is all zero or NaN in over 95% of the frames of the data set;
    - a layout without any hands.

    Fix: Extract the features again with hands. One hand may be absent where every signer used only
    one, as in fingerspelling recorded with a phone.

    References: MediaPipe holistic, https://ai.google.dev/edge/mediapipe/solutions/vision/holistic_landmarker;
    Stokoe, Sign Language Structure, 1960, on handshape, location and movement.
    """
    for name, share in missing.shares.items():
        if share > BLOCK_MISSING.value:
            yield Finding(
                f"the landmarks of {name} are all zero or NaN in "
                f"{f'{share:.1%} of' if share < 1 else 'all'} {missing.frames} frames",
                (
                    Evidence(
                        f"frames without {name}",
                        share,
                        missing.read_from,
                        "share",
                        BLOCK_MISSING,
                    ),
                ),
                (FIX,),
            )
    if not missing.has_hands and landmarks.certain:
        held = " and ".join(missing.shares)
        yield Finding(
            f"the features contain no hands: their {landmarks.dims} values per frame are {held} "
            f"({landmarks.name})",
            (Evidence("values of hands", 0, landmarks.read_from, f"of {landmarks.dims} per frame"),),
            (FIX,),
        )
    return missing.sentence
