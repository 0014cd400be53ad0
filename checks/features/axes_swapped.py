"""FEA116: do the stored arrays run over frames first?"""

from collections.abc import Iterator

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    NOTHING_LEARNED,
    AxisOrder,
    Evidence,
    Finding,
    Fix,
    Threshold,
    check,
)

SAME = Threshold(
    0.95, "rule of thumb, docs/limits.py: a size of features is shared by all clips but strays"
)
VARIED = Threshold(
    0.5,
    "rule of thumb, docs/limits.py: no length of time is that of most clips unless they are cut to it",
)
ROUGH = Threshold(
    1.5,
    "arithmetic of motion: a landmark moves less between frames than it differs from its neighbours; "
    "measured on three holistic clips: 0.2",
)
VERY_ROUGH = Threshold(3, "rule of thumb, docs/limits.py: twice the limit, for sizes of no known layout")


@check(
    "FEA116",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("FEA108", "FEA109", "FEA114", "FEA117", "CTC401", *NOTHING_LEARNED),
)
def axes_swapped(axes: AxisOrder) -> Iterator[Finding]:
    """Clips look like features by frames, not frames by features.

    Why it matters: the loader takes the first axis for time. Swapped, a model sees as many
    frames as there are features, each with one value for every real frame.

    Judged by: the first axis has one size, and the second varies from clip to clip, as only
    time does; or all clips have one shape and steps along the first axis are larger than along
    the second, 1.5 times where only the first is the size of a known layout, else 3 times.

    Fix: transpose the arrays where they are saved or loaded.

    References: torch.nn.Conv1d takes [B, D, T] and torch.nn.LSTM [B, T, D]; what is stored
    should be [T, D].
    """
    rough = axes.roughness  # nan compares false
    limit = ROUGH if axes.first_known else VERY_ROUGH
    if axes.second_share <= VARIED.value and axes.second_sizes > 2:
        told = axes.first_known or not rough < 1 / ROUGH.value
    else:
        told = rough > limit.value and not axes.second_known
    if axes.first_share < SAME.value or not told:
        return
    varies = f"has {axes.second_sizes} sizes" if axes.second_sizes > 1 else f"is {axes.second} long"
    evidence = [
        Evidence("size of the first axis", axes.first, axes.read_from, "values"),
        Evidence("different sizes of the second axis", axes.second_sizes, axes.read_from, "sizes"),
    ]
    if rough > 0:
        what = "step along the first axis over the second"
        evidence.append(
            Evidence(what, rough, axes.read_from, "ratio", limit if rough > limit.value else None)
        )
    yield Finding(
        f"the first axis is {axes.first} long in {axes.first_share:.0%} of {axes.clips} clips and the "
        f"second {varies}: arrays are stored [D, T]",
        tuple(evidence),
        (Fix("Transpose the arrays once, on disk or in the loader.", "x = x.T   # [D, T] to [T, D]"),),
        affected=round(axes.first_share * axes.clips),
        total=axes.clips,
    )
