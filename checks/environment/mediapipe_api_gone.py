"""ENV101: does the code use mp.solutions, which its MediaPipe no longer has?"""

import re

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    Environment,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    SourceCode,
    check,
)

GONE_SINCE = (0, 10, 30)  # the first release without mp.solutions


@check("ENV101", severity=BLOCKS, confidence=CERTAIN, explains=("FEA105", "FEA106"))
def mediapipe_api_gone(code: SourceCode, environment: Environment) -> Findings:
    """The code uses `mp.solutions`, which its version of MediaPipe does not have.

    Why it matters: From 0.10.30 on, MediaPipe only has the Tasks API. Code for `mp.solutions` stops
    with `module 'mediapipe' has no attribute 'solutions'`. Where the error is caught, it falls back to
    less, such as pose without hands.

    Judged by: Uses of `mp.solutions` in the Python sources, together with one of:
    - a requirement that admits only releases from 0.10.30 on;
    - such a release installed here.

    It is not judged where the requirement admits releases with and without it, and none is installed.

    Fix: Pin the last release that contains its models, or move to the Tasks API and its model file.

    References: MediaPipe issues 6192 and 6204; MediaPipe Solutions, Holistic landmarker.
    """
    gone = [(f"mediapipe{p.asked}", p.where) for p in code.pins_of("mediapipe") if _is_gone(p.asked)]
    installed = environment.versions.get("mediapipe", "")
    if not gone and installed and _version(installed) >= GONE_SINCE:
        gone.append((f"mediapipe {installed}, installed here", environment.read_from))
    if not code.mediapipe_solutions:
        return "no source uses mp.solutions"
    if not gone and not installed and (left_open := _left_open(code)):
        raise NotJudged(
            f"{code.mediapipe_solutions[0]} uses mp.solutions, and {left_open}",
            'pin it: pip install "mediapipe==0.10.21" is the last that has mp.solutions and its models',
        )
    if not gone:
        return "the MediaPipe that is pinned or installed has mp.solutions"
    what, where = gone[0]
    uses = code.mediapipe_solutions
    more = f" (in {len(uses)} places in all)" if len(uses) > 1 else ""
    yield Finding(
        message=(f"{uses[0]} uses mp.solutions{more}, which {what} ({where}) no longer has"),
        evidence=(
            Evidence("uses of mp.solutions", "; ".join(uses[:5]), code.read_from),
            Evidence("MediaPipe (0.10.30 is the first release without mp.solutions)", what, where),
        ),
        fixes=(
            Fix(
                "Pin the last release that has mp.solutions and its models.",
                'pip install "mediapipe==0.10.21" "numpy<2"',
            ),
            Fix(
                "Or move to the Tasks API, with its model file next to the code.",
                "mp.tasks.vision.HolisticLandmarker.create_from_model_path('holistic_landmarker.task')",
            ),
        ),
    )


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def _left_open(code: SourceCode) -> str:
    """What admits releases with mp.solutions and without; "" where a requirement excludes these."""
    pins = code.pins_of("mediapipe")
    if any(_is_below(sign, version) for pin in pins for sign, version in _bounds(pin.asked)):
        return ""
    asked = [
        f"{p.where} asks for mediapipe{p.asked}, of which pip takes a release without it" for p in pins
    ]
    return asked[0] if asked else "nothing says with which MediaPipe"


def _is_below(sign: str, version: tuple[int, ...]) -> bool:
    """Whether an upper bound admits no release without mp.solutions."""
    exact = sign in ("", "=", "==", "===", "<", "<=")
    return exact and (version < GONE_SINCE or (sign == "<" and version == GONE_SINCE))


def _is_gone(asked: str) -> bool:
    """Whether a requirement admits only releases without mp.solutions, by its lower bound."""
    lower = [(s, v) for s, v in _bounds(asked) if s in ("", "=", "==", "===", ">=", "~=", "^", ">")]
    last = (*GONE_SINCE[:2], GONE_SINCE[2] - 1)
    return any(v >= GONE_SINCE or (sign == ">" and v >= last) for sign, v in lower)


def _bounds(asked: str) -> list[tuple[str, tuple[int, ...]]]:
    """Every sign of a requirement with its version: `>=0.10,<1` has two."""
    return [(sign, _version(text)) for sign, text in re.findall(r"([=<>~!^]*)(\d[\w.]*)", asked)]
