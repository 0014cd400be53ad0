"""FEA111: do all features have the same scale, one that a network can train on?"""

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
    Findings,
    Fix,
    Landmarks,
    LoaderNormalisation,
    NotJudged,
    Progress,
    Threshold,
    WeightValues,
    check,
    chosen,
)

LANDMARK_SCALE = Threshold(
    10, "Measured on 18 public MP_Data repositories: normalised landmarks are at most 4.1."
)
FEATURE_SCALE = chosen(100, "activations of published CNNs stay in the tens", (25, 400), 413)
SCALE_FACTOR = chosen(10, "clips of one pipeline differ by a factor of about 2", (2.5, 40), 413)
SMALLER_GROUP = chosen(0.02, "fewer clips (two at least) are not a group", (0.005, 0.08), 413)
ERROR_LEFT = chosen(0.5, "a run that leaves less of guessing's error learned well")
CLIPS_OF_A_SPLIT = chosen(10, "fewer clips are strays and not a split", (2.5, 40), 413)
# these store pixels by convention, and their loaders normalise
PIXEL_FORMATS, PIXEL_LAYOUTS = ("pose", "openpose"), ("OpenPose", "COCO-WholeBody", "Isharah")
NORMALISE = Fix(
    "For every sample, centre the landmarks between the shoulders and divide by the shoulder width.",
    "x = (x - (left + right) / 2) / np.linalg.norm(left - right)",
)
DIVIDE = Fix("Divide pixels by the image size.", "x[..., 0] /= width; x[..., 1] /= height")


@check("FEA111", severity=DEGRADES, confidence=LIKELY, explains=("FEA112", "TRN504", NOTHING_LEARNED))
def features_unnormalised(
    clips: ClipTable,
    landmarks: Landmarks | None,
    weights: WeightValues | None,
    loader: LoaderNormalisation | None,
    progress: Progress | None,
) -> Findings:
    """Features have the scale of pixels, or clips have different scales.

    Why it matters: Inputs in the hundreds saturate the gates of an LSTM. With mixed scales, two clips
    of the same sign no longer look alike. Where the loader normalises the features, all is well: pixel
    scale is not judged where a config, a file of means and spreads, or a source says that it does, or
    where the run learned well.

    Judged by: The median absolute value of each clip, without zeros. Reported are:
    - pixel scale: over 10 in the median clip for landmarks, over 100 for other features, unless the
      format is in pixels by convention or the checkpoint stores a mean to subtract;
    - mixed scales: two groups of clips in one split, a factor of 10 apart, with none in between.

    Fix: Normalise in the extraction or in the loader, in the same way for every sample.

    References: LeCun et al. 1998, Efficient BackProp, section 4.3 on normalising the inputs.
    """
    known = landmarks is not None and any(row.dims == landmarks.dims for row in clips.rows)
    # whole numbers are coordinates in a landmark layout, else images and indices
    rows = [row for row in clips.rows if row.scale > 0 and (known or "float" in row.dtype)]
    by_convention = landmarks is not None and landmarks.name.startswith(PIXEL_LAYOUTS)
    pixels = [row for row in rows if row.reader not in PIXEL_FORMATS and not by_convention]
    limit = LANDMARK_SCALE if known else FEATURE_SCALE
    typical = median(row.scale for row in pixels) if pixels else 0.0
    small, large = _apart(rows)
    if large and not _is_by_split(small, large):
        affected = min(small, large, key=len)
        low, high = median(row.scale for row in small), median(row.scale for row in large)
        said = f"{len(small)} clips have values of about {low:.3g}, but {len(large)} of about {high:.3g}"
        evidence = Evidence("factor between the groups", high / low, clips.read_from, "", SCALE_FACTOR)
    elif typical > limit.value and not (weights and weights.takes_off(typical, pixels[0].dims)):
        if why := _seen_otherwise(loader, progress):
            raise NotJudged(f"the stored values are like pixels, typically {typical:.3g}, but {why}")
        affected = [row for row in pixels if row.scale > limit.value]
        said = f"the features have the scale of pixels, with a typical value of {typical:.3g}"
        evidence = Evidence("typical absolute value", typical, clips.read_from, "median", limit)
    elif not rows:
        raise NotJudged("no clip holds values whose scale means anything")
    else:
        return f"the typical value is {median(row.scale for row in rows):.3g}"
    ids = tuple(row.id for row in affected)
    yield Finding(said, (evidence,), (NORMALISE, DIVIDE), ids, len(affected), len(rows))


def _seen_otherwise(loader: LoaderNormalisation | None, progress: Progress | None) -> str:
    """Why the model is likely given other values than are stored; "" where nothing says so."""
    if loader is not None:
        return f"{loader.where} says that they are normalised in loading"
    return progress.far_from_chance(ERROR_LEFT.value) if progress is not None else ""


def _is_by_split(small: list[ClipRow], large: list[ClipRow]) -> bool:
    """Whether the groups are splits: then it is a shift from train to dev, which FEA112 reports."""
    splits = {row.split for row in small}, {row.split for row in large}
    return min(len(small), len(large)) >= CLIPS_OF_A_SPLIT.value and not splits[0] & splits[1]


def _apart(rows: list[ClipRow]) -> tuple[list[ClipRow], list[ClipRow]]:
    """The clips on both sides of the widest gap in scale, where it separates two groups."""
    rows = sorted(rows, key=lambda row: row.scale)
    least = max(2, SMALLER_GROUP.value * len(rows))
    gaps = [(b.scale / a.scale, n) for n, (a, b) in enumerate(pairwise(rows), 1)]
    width, at = max((gap for gap in gaps if least <= gap[1] <= len(rows) - least), default=(0.0, 0))
    return (rows[:at], rows[at:]) if width > SCALE_FACTOR.value else ([], [])
