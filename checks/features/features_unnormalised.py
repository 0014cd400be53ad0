"""FEA111: are the features on one scale that a network can take?"""

from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    NOTHING_LEARNED,
    ClipRow,
    ClipTable,
    Evidence,
    Finding,
    Fix,
    Landmarks,
    Threshold,
    WeightValues,
    check,
)

LANDMARKS = Threshold(
    10,
    "measured on 18 public MP_Data repositories: normalised landmarks lie between -3.5 and 4.1",
)
OTHER = Threshold(100, "rule of thumb, docs/limits.py: activations of published CNNs stay within tens")
GAP = Threshold(10, "rule of thumb, docs/limits.py: clips of one pipeline differ by a factor of 2 or so")
SMALLER_SIDE = Threshold(0.02, "rule of thumb, docs/limits.py: share of clips, two at least, of a group")
SPLIT = Threshold(10, "rule of thumb, docs/limits.py: fewer clips are strays and no split")
# these store pixels by convention, and their loaders normalise
PIXEL_FORMATS = ("pose", "openpose")
PIXEL_LAYOUTS = ("OpenPose", "COCO-WholeBody", "Isharah")
NORMALISE = Fix(
    "Centre the landmarks on the shoulders and divide by their distance, for every sample alike.",
    "x = (x - (left + right) / 2) / np.linalg.norm(left - right)",
)


@check("FEA111", severity=DEGRADES, confidence=LIKELY, explains=("FEA112", "TRN504", *NOTHING_LEARNED))
def features_unnormalised(
    clips: ClipTable, landmarks: Landmarks | None, weights: WeightValues | None
) -> Iterator[Finding]:
    """Features are on the scale of pixels, or samples are on different scales.

    Why it matters: inputs in the hundreds saturate the gates of an LSTM, and a mixture of
    scales makes samples of one sign unlike each other.

    Judged by: the median absolute value of each clip, zeros left out. Over 10 in the median
    clip is pixels for landmarks, over 100 for other features; formats and layouts that are in
    pixels by convention are left out, and so are pixels whose mean the checkpoint holds, for its
    model takes that off. A mixture is two groups of clips with a factor of 10 between them and nothing
    in it, within a split. Where the loader normalises what is stored, this is no fault.

    Fix: normalise in the extraction or in the loader, the same way for every sample.

    References: LeCun et al., Efficient BackProp, 1998, section 4.3 on normalising the inputs.
    """
    known = landmarks is not None and any(row.dims == landmarks.dims for row in clips.rows)
    # whole numbers are coordinates in a landmark layout, else images and indices
    rows = [row for row in clips.rows if row.scale > 0 and (known or "float" in row.dtype)]
    by_convention = landmarks is not None and landmarks.name.startswith(PIXEL_LAYOUTS)
    pixels = [row for row in rows if row.reader not in PIXEL_FORMATS and not by_convention]
    limit = LANDMARKS if known else OTHER
    typical = median(row.scale for row in pixels) if pixels else 0.0
    small, large = _apart(rows)
    if large and not _is_by_split(small, large):
        affected = min(small, large, key=len)
        low, high = median(row.scale for row in small), median(row.scale for row in large)
        said = f"{len(small)} clips have values of about {low:.3g} and {len(large)} of about {high:.3g}"
        evidence = Evidence("factor between both groups", high / low, clips.read_from, limit=GAP)
    elif typical > limit.value and not (weights and weights.takes_off(typical, pixels[0].dims)):
        affected = [row for row in pixels if row.scale > limit.value]
        said = f"the typical stored value is {typical:.3g}, the scale of pixels"
        evidence = Evidence("median absolute value, median clip", typical, clips.read_from, limit=limit)
    else:
        return
    yield Finding(
        said,
        (evidence,),
        (NORMALISE, Fix("Divide by the size of the image.", "x[..., 0] /= width; x[..., 1] /= height")),
        tuple(row.id for row in affected[:5]),
        len(affected),
        len(rows),
    )


def _is_by_split(small: list[ClipRow], large: list[ClipRow]) -> bool:
    """Whether the groups are splits: then it is a shift from train to dev, and told as one."""
    splits = {row.split for row in small}, {row.split for row in large}
    return min(len(small), len(large)) >= SPLIT.value and not splits[0] & splits[1]


def _apart(rows: list[ClipRow]) -> tuple[list[ClipRow], list[ClipRow]]:
    """The clips on both sides of the widest gap in scale, where that parts them into two groups."""
    rows = sorted(rows, key=lambda row: row.scale)
    least = max(2, SMALLER_SIDE.value * len(rows))
    gaps = [(b.scale / a.scale, n) for n, (a, b) in enumerate(pairwise(rows), 1)]
    width, at = max((gap for gap in gaps if least <= gap[1] <= len(rows) - least), default=(0.0, 0))
    return (rows[:at], rows[at:]) if width > GAP.value else ([], [])
