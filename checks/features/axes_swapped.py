"""FEA116: is time the first axis of the stored arrays?"""

from math import isnan

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    NOTHING_LEARNED,
    AxisOrder,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Threshold,
    check,
    chosen,
    part_of,
)

SHARED_SIZE = chosen(
    0.95, "all clips but a few strays have the same number of features per frame", (0.2375, 0.95), 413
)
SHARED_LENGTH = chosen(
    0.5, "clips of signing vary in length unless they were cut to one", (0.125, 2), 413
)
STEP_RATIO = Threshold(
    1.5,
    "Measured on three MediaPipe holistic clips stored as [T, D]: 0.2. A landmark moves less from frame "
    "to frame than it differs from its neighbour.",
)
STEP_RATIO_UNKNOWN_SIZE = chosen(3, "twice the limit for known layouts", (0.75, 12), 413)


@check(
    "FEA116",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("FEA108", "FEA109", "FEA114", "FEA117", "CTC401", NOTHING_LEARNED),
)
def axes_swapped(axes: AxisOrder) -> Findings:
    """Clips are stored as features by frames, not as frames by features.

    Why it matters: The loader takes the first axis for time. With the axes swapped, the model sees
    as many frames as there are features, each with one value per real frame.

    Judged by: The first axis has the same length in nearly all clips, and one of these holds:
    - the length of the second axis varies from clip to clip, as only time does;
    - all clips have one shape, and values change more along the first axis than along the second:
      1.5 times as much where the first has the length of a known layout, else 3 times.

    Fix: Transpose the arrays where they are saved or loaded.

    References: torch.nn.Conv1d takes [B, D, T] and torch.nn.LSTM [B, T, D]; what is stored
    should be [T, D].
    """
    rough = axes.roughness  # nan compares false
    limit = STEP_RATIO if axes.first_known else STEP_RATIO_UNKNOWN_SIZE
    if axes.second_share <= SHARED_LENGTH.value and axes.second_sizes > 2:
        swapped = axes.first_known or not rough < 1 / STEP_RATIO.value
    else:
        swapped = rough > limit.value and not axes.second_known
    if axes.first_share < SHARED_SIZE.value or not swapped:
        is_known = axes.first_known or axes.second_known or not isnan(rough)
        if axes.first_share >= SHARED_SIZE.value and axes.second_sizes == 1 and not is_known:
            raise NotJudged("both axes have one length in every clip, and neither looks like time")
        return axes.sentence
    varies = f"takes {axes.second_sizes} different lengths"
    if axes.second_sizes == 1:
        varies = f"has length {axes.second}"
    alike = round(axes.first_share * axes.clips)
    evidence = [
        Evidence("length of the first axis", axes.first, axes.read_from, "values"),
        Evidence("lengths of the second axis", axes.second_sizes, axes.read_from, "different ones"),
    ]
    if rough > 0:
        what = "mean step along the first axis, over that along the second"
        evidence.append(
            Evidence(what, rough, axes.read_from, "ratio", limit if rough > limit.value else None)
        )
    yield Finding(
        f"the arrays are stored as [D, T], not [T, D]: the first axis has length {axes.first} in "
        f"{part_of(alike, axes.clips, 'clip')}, while the second {varies}",
        tuple(evidence),
        (Fix("Transpose the arrays once, on disk or in the loader.", "x = x.T   # [D, T] to [T, D]"),),
        affected=alike,
        total=axes.clips,
    )
