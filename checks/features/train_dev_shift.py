"""FEA112: are the features of dev what the model was trained on?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from slrdoctor.api import (
    DEGRADES,
    FAILS_ON_DEV,
    LIKELY,
    Evidence,
    Finding,
    Fix,
    Shift,
    SplitShift,
    Threshold,
    check,
)

DISTANCE = Threshold(2, "measured on 100 simulated splits by signers: 90% of landmarks within 1.3")
RATIO = Threshold(3, "measured on the same splits: nine of ten dimensions stay within a factor of 2.6")
SHARE = Threshold(0.2, "measured on the same splits: a lone new signer moves up to 0.14 of CNN features")
SAME_DISTANCE = Threshold(1, "rule of thumb, docs/limits.py: half of what new signers are allowed")
SAME_RATIO = Threshold(2, "rule of thumb, docs/limits.py: what new signers reach, and old ones do not")
ERRORS = Threshold(5, "normal distribution: by chance once in a million dimensions")
AMONG = Threshold(1.5, "arithmetic: two scales within a split, half and half, put it 1.4 off")
SIGN = Threshold(0.8, "arithmetic: standardised features go below 0 in all dimensions, ReLUs in none")
FIXES = (
    Fix(
        "Compare one clip of each split, number by number.",
        "for x in (train_clip, dev_clip): print(x.dtype, x.min(0)[:8], x.mean(0)[:8], x.max(0)[:8])",
    ),
    Fix("Normalise every split by the same code, with the mean and deviation of train."),
)


@check("FEA112", severity=DEGRADES, confidence=LIKELY, explains=FAILS_ON_DEV)
def train_dev_shift(shifts: SplitShift) -> Iterator[Finding]:
    """Dev or test features have another location or scale than those of training.

    Why it matters: a model takes dev clips in other units, or without the normalisation of
    training, for something it has never seen. Its dev score is then far under what it learned.

    Judged by: per dimension, the distance of the means in standard deviations and the ratio of the
    spreads within clips, both beyond five standard errors over clips. Signers who do not train may
    move a dimension by 2 deviations and stretch it threefold; where all dev signers are known to
    train, half of that; a mixture within a split is none of it. It takes a fifth of the dimensions,
    or clips with negative means in nearly all of one split and in nearly none of the other.

    Fix: run one extraction and one normalisation over all splits, with the statistics of train.

    References: Quiñonero-Candela et al. 2009, Dataset Shift in Machine Learning.
    """
    judged = [(shift, *_moved(shift)) for shift in shifts.shifts if len(shift.dims)]
    if not judged:
        return
    shift, far, stretched = max(judged, key=lambda j: (_signs_differ(j[0]), (j[1] | j[2]).mean()))
    moved = far | stretched
    if not _signs_differ(shift) and moved.mean() <= SHARE.value:
        return
    split, block = shift.split, shift.block_of(moved)
    said = [f"{moved.sum()} of {len(moved)} dimensions of {split} are not those of train"]
    said += [f"most of them in {block}"] if block else []
    if stretched.any():
        said.append(f"{stretched.sum()} spread {shift.median_ratio:.3g} times as far (the median one)")
    if far.any():
        said.append(f"{far.sum()} are {np.median(shift.location.size[far]):.2g} deviations away")
    if _signs_differ(shift):
        train, other = (f"{share:.0%}" for share in shift.negative)
        said.append(f"clips go below zero in {train} of the dimensions of train and {other} of {split}")
    share, most = float(moved.mean()), float(shift.location.size.max())
    distance, _ = _limits(shift)
    yield Finding(
        ", ".join(said),
        (
            Evidence("dimensions that differ", share, shifts.read_from, "share", SHARE),
            Evidence("largest distance of means", most, shifts.read_from, "deviations", distance),
            Evidence("median ratio of spreads", shift.median_ratio, shifts.read_from),
            Evidence("clips", shift.clips, shifts.read_from, f"and {shift.train_clips} of train"),
        ),
        FIXES,
    )


def _limits(shift: Shift) -> tuple[Threshold, Threshold]:
    return (SAME_DISTANCE, SAME_RATIO) if shift.same_signers else (DISTANCE, RATIO)


def _moved(shift: Shift) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which dimensions are too far away, and which are stretched too much."""
    distance, ratio = _limits(shift)
    far = shift.location.beyond(distance.value, ERRORS.value, AMONG.value)
    return far, shift.scale.beyond(ratio.value, ERRORS.value, AMONG.value)


def _signs_differ(shift: Shift) -> bool:
    return abs(shift.negative[0] - shift.negative[1]) > SIGN.value
