"""FEA112: are the features of dev what the model was trained on?"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from slrdoctor.api import DEGRADES, LIKELY, Evidence, Finding, Fix, Shift, SplitShift, Threshold, check

MEASURED = "measured on 100 simulated splits by signers, landmarks and CNN features: nine of ten dimensions"
DISTANCE = Threshold(2, f"{MEASURED} lie within 1.3 deviations for landmarks, 2.4 for CNN features")
RATIO = Threshold(3, f"{MEASURED} stay within a factor of 2.6")
SHARE = Threshold(0.2, "measured on the same splits: a lone new signer moves up to 0.14 of the dimensions")
SAME_DISTANCE = Threshold(1, "rule of thumb, to be measured: half of what new signers are allowed")
SAME_RATIO = Threshold(2, "rule of thumb, to be measured: what new signers differ by, and old ones do not")
ERRORS = Threshold(5, "normal distribution: by chance once in a million dimensions")
SIGN = Threshold(0.8, "arithmetic: standardised features are negative in every dimension, activations in none")
FIXES = (
    Fix(
        "Compare one clip of each split, number by number.",
        "for x in (train_clip, dev_clip): print(x.dtype, x.min(0)[:8], x.mean(0)[:8], x.max(0)[:8])",
    ),
    Fix("Normalise every split by the same code, with the mean and deviation of train."),
)


@check("FEA112", severity=DEGRADES, confidence=LIKELY, explains=("TRN504", "EVL904", "EVL905"))
def train_dev_shift(shifts: SplitShift) -> Iterator[Finding]:
    """Dev or test features have another location or scale than those of training.

    Why it matters: a model takes dev clips in other units, or without the normalisation of
    training, for something it has never seen. Its dev score is then far under what it learned.

    Judged by: per dimension, the distance of the means in standard deviations and the ratio of the
    spreads within clips, both beyond five standard errors over clips. Signers who do not train may
    move a dimension by 2 deviations and stretch it threefold; where all dev signers are known to
    train, half of that. It takes a fifth of the dimensions, or clips with negative means in nearly
    all dimensions of one split and in nearly none of the other.

    Fix: run one extraction and one normalisation over all splits, with the statistics of train.

    References: Quiñonero-Candela et al. 2009, Dataset Shift in Machine Learning.
    """
    judged = [(shift, *_moved(shift)) for shift in shifts.shifts if len(shift.dims)]
    if not judged:
        return
    shift, far, stretched = max(judged, key=lambda one: (_signs_differ(one[0]), (one[1] | one[2]).mean()))
    moved = far | stretched
    if not _signs_differ(shift) and moved.mean() <= SHARE.value:
        return
    distance, ratio = (SAME_DISTANCE, SAME_RATIO) if shift.same_signers else (DISTANCE, RATIO)
    said = [f"{moved.sum()} of {len(moved)} dimensions of {shift.split} lie elsewhere than those of train"]
    if stretched.any():
        said.append(f"{stretched.sum()} are stretched, the median one by {shift.median_ratio:.3g}")
    if far.any():
        said.append(f"{far.sum()} are {np.median(shift.distance[far]):.2g} deviations away")
    if _signs_differ(shift):
        low, high = (f"{share:.0%}" for share in shift.negative)
        said.append(f"clips have negative means in {low} of the dimensions in train, {high} in {shift.split}")
    share = float(moved.mean())
    yield Finding(
        ", ".join(said) + _block(shift, moved),
        (
            Evidence("dimensions that differ", share, shifts.read_from, "share", SHARE),
            Evidence("largest distance", _most(shift.distance), shifts.read_from, "deviations", distance),
            Evidence("largest ratio of spreads", _most(shift.ratio), shifts.read_from, limit=ratio),
            Evidence("clips", shift.clips, shifts.read_from, f"and {shift.train_clips} of train"),
        ),
        FIXES,
    )


def _moved(shift: Shift) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which dimensions are too far away, and which are stretched too much."""
    distance, ratio = (SAME_DISTANCE, SAME_RATIO) if shift.same_signers else (DISTANCE, RATIO)
    far = (shift.distance > distance.value) & (shift.distance_errors > ERRORS.value)
    return far, (shift.ratio > ratio.value) & (shift.ratio_errors > ERRORS.value)


def _signs_differ(shift: Shift) -> bool:
    return abs(shift.negative[0] - shift.negative[1]) > SIGN.value


def _most(values: NDArray[np.float64]) -> float | str:
    most = float(values.max())
    return most if isfinite(most) else "infinite: one split has no spread there"


def _block(shift: Shift, moved: NDArray[np.bool_]) -> str:
    """The landmark block that has most of what moved, where one has."""
    inside = {n: int(moved[(shift.dims >= a) & (shift.dims < b)].sum()) for n, a, b in shift.blocks}
    name = max(inside, key=lambda n: inside[n], default="")
    return f", most of them in {name}" if name and 2 * inside[name] > moved.sum() else ""
