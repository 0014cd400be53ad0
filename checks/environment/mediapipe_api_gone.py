"""ENV101: does the code use an interface that its MediaPipe no longer has?"""

import re
from collections.abc import Iterator

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    Environment,
    Evidence,
    Finding,
    Fix,
    SourceCode,
    Threshold,
    check,
)

GONE_SINCE = (0, 10, 30)
GONE = Threshold(
    1030, "MediaPipe 0.10.30, the first release without mp.solutions (as 1000 x minor + patch)"
)


@check("ENV101", severity=BLOCKS, confidence=CERTAIN, explains=("FEA105", "FEA106"))
def mediapipe_api_gone(code: SourceCode, environment: Environment) -> Iterator[Finding]:
    """The code uses `mp.solutions`, which the MediaPipe that it gets does not have.

    Why it matters: releases from 0.10.30 on have only the Tasks API. Code for the older one
    stops with `module 'mediapipe' has no attribute 'solutions'`, or, where the error is
    caught, falls back to less: pose without hands.

    Judged by: uses of `mp.solutions` in the Python sources, and a requirement that admits no
    release before 0.10.30 or such a release installed here.

    Fix: pin the last release that carries its models, or move to the Tasks API and give it
    its model file.

    References: MediaPipe issues 6192 and 6204; MediaPipe Solutions, Holistic landmarker.
    """
    gone = [(f"mediapipe{p.asked}", p.where) for p in code.pins_of("mediapipe") if _is_gone(p.asked)]
    installed = environment.versions.get("mediapipe", "")
    if not gone and installed and _version(installed) >= GONE_SINCE:
        gone.append((f"mediapipe {installed}, installed here", environment.read_from))
    if not gone or not code.mediapipe_solutions:
        return
    what, where = gone[0]
    uses = code.mediapipe_solutions
    yield Finding(
        message=(
            f"mp.solutions is used in {len(uses)} {'place' if len(uses) == 1 else 'places'}, first in "
            f"{uses[0]}, and {what} ({where}) has none"
        ),
        evidence=(
            Evidence("uses of mp.solutions", "; ".join(uses[:5]), code.read_from),
            Evidence("MediaPipe", what, where, "", GONE),
        ),
        fixes=(
            Fix(
                "Pin the last release with mp.solutions and its models in the wheel.",
                'pip install "mediapipe==0.10.21" "numpy<2"',
            ),
            Fix(
                "Or move to the Tasks API, with its model file beside the code.",
                "mp.tasks.vision.HolisticLandmarker.create_from_model_path('holistic_landmarker.task')",
            ),
        ),
    )


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def _is_gone(asked: str) -> bool:
    """Whether a requirement admits only releases without mp.solutions: its lower bound tells."""
    lower = [
        (sign, _version(version))
        for sign, version in re.findall(r"([=<>~!^]*)(\d[\w.]*)", asked)
        if sign in ("", "=", "==", "===", ">=", "~=", "^", ">")
    ]
    last = (*GONE_SINCE[:2], GONE_SINCE[2] - 1)
    return any(v >= GONE_SINCE or (sign == ">" and v >= last) for sign, v in lower)
