"""FEA112: do the features of dev have the location and scale of those of train?"""

import numpy as np
from numpy.typing import NDArray

from slrdoctor.api import (
    DEGRADES,
    FAILS_ON_DEV,
    LIKELY,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Shift,
    SplitShift,
    Threshold,
    check,
    chosen,
    part_of,
)

MEASURED = "Measured on 100 simulated splits by signer:"
NEW_SIGNER_DISTANCE = Threshold(2, f"{MEASURED} 90% of the landmarks move by at most 1.3.")
NEW_SIGNER_RATIO = Threshold(3, f"{MEASURED} 90% of the dimensions stay within a factor of 2.6.")
SAME_SIGNER_DISTANCE = chosen(1, "half of what a new signer may move", (0.67, 1.25), 410)
SAME_SIGNER_RATIO = chosen(2, "only new signers reach it", (1.6, 2.2), 410)
MOVED_DIMENSIONS = Threshold(0.2, f"{MEASURED} a single new signer moves up to 14% of CNN features.")
STANDARD_ERRORS = Threshold(5, "Normal distribution: by chance once in a million dimensions.")
CLIP_SPREADS = Threshold(1.5, "Arithmetic: two scales mixed half and half within one split give 1.4.")
SIGN_DIFFERENCE = Threshold(0.8, "Arithmetic: means are negative if standardised, never after a ReLU.")
PRINT = "for x in (train_clip, dev_clip): print(x.dtype, x.min(0)[:8], x.mean(0)[:8], x.max(0)[:8])"
FIXES = (
    Fix("Compare one clip of each split, value by value.", PRINT),
    Fix("Normalise every split with the same code, and with the mean and deviation of train."),
)


@check("FEA112", severity=DEGRADES, confidence=LIKELY, explains=("EVL913", FAILS_ON_DEV))
def train_dev_shift(shifts: SplitShift) -> Findings:
    """Dev or test features differ from those of train in location or scale.

    Why it matters: Dev clips in other units, or without the normalisation of train, look like nothing
    that the model has seen. Its dev score is then far below what it has learned.

    Judged by: A fifth of the dimensions differ, each by more than five standard errors over clips:
    - with new signers, by 2 standard deviations, or by a factor of 3 in spread within clips;
    - where all dev signers are known to be in train, by 1 standard deviation or a factor of 2;
    - or clips have negative means in nearly all dimensions of one split, in nearly none of the other.

    Fix: Use one extraction and one normalisation for all splits, with the statistics of train.

    References: Quiñonero-Candela et al. 2009, Dataset Shift in Machine Learning.
    """
    judged = [(shift, *_moved(shift)) for shift in shifts.shifts if len(shift.dims)]
    if not judged:
        raise NotJudged(shifts.sentence)
    shift, far, stretched = max(judged, key=lambda j: (_signs_differ(j[0]), (j[1] | j[2]).mean()))
    moved = far | stretched
    if not _signs_differ(shift) and moved.mean() <= MOVED_DIMENSIONS.value:
        return shifts.sentence
    split, block = shift.split, shift.block_of(moved)
    inside = f" (most of them in {block})" if block else ""
    said: list[str] = []
    if stretched.any():
        factor = np.median(shift.scale.size[stretched])  # infinite where one split is constant
        said.append(f"{_count(stretched, moved)} in spread (by a median factor of {factor:.3g})")
    if far.any():
        gap = np.median(shift.location.size[far])
        said.append(f"{_count(far, moved)} in the mean (by a median of {gap:.2g} standard deviations)")
    if _signs_differ(shift):
        train, other = (f"{share:.0%}" for share in shift.negative)
        said.append(f"train clips have negative means in {train} of all dimensions, {split} in {other}")
    share, most, where = float(moved.mean()), float(shift.location.size.max()), shifts.read_from
    yield Finding(
        f"{split} differs from train in {part_of(int(moved.sum()), len(moved), 'dimension')}{inside}: "
        f"{', '.join(said)}",
        (
            Evidence("dimensions that differ", share, where, "share", MOVED_DIMENSIONS),
            Evidence("largest distance of means", most, where, "standard deviations", _limits(shift)[0]),
            Evidence(f"median spread of {split} over that of train", shift.median_ratio, where),
            Evidence(f"clips of {split}", shift.clips, where),
            Evidence("clips of train", shift.train_clips, where),
        ),
        FIXES,
    )


def _count(some: NDArray[np.bool_], moved: NDArray[np.bool_]) -> str:
    """How many of the dimensions that moved did so in this way."""
    return "all" if some.sum() == moved.sum() > 1 else str(some.sum())


def _limits(shift: Shift) -> tuple[Threshold, Threshold]:
    new, same = (NEW_SIGNER_DISTANCE, NEW_SIGNER_RATIO), (SAME_SIGNER_DISTANCE, SAME_SIGNER_RATIO)
    return same if shift.same_signers else new


def _moved(shift: Shift) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which dimensions are too far away, and which are stretched too much."""
    distance, ratio = _limits(shift)
    far = shift.location.beyond(distance.value, STANDARD_ERRORS.value, CLIP_SPREADS.value)
    return far, shift.scale.beyond(ratio.value, STANDARD_ERRORS.value, CLIP_SPREADS.value)


def _signs_differ(shift: Shift) -> bool:
    return abs(shift.negative[0] - shift.negative[1]) > SIGN_DIFFERENCE.value
