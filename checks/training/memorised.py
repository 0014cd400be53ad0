"""TRN504: does the model know its training samples and nothing else?"""

from collections.abc import Iterator
from math import isfinite

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    Evidence,
    Finding,
    Fix,
    Progress,
    ScoreSentinel,
    Threshold,
    check,
)

FAR_UNDER = Threshold(0.25, "measured on public runs: two that memorised ended at 0.01 and 0.03")
FALLEN = Threshold(0.1, "rule of thumb, to be measured: of the first training loss, without a floor")
RISEN = Threshold(1.1, "rule of thumb, to be measured: dev loss over its lowest, without a floor")
HALF_WAY = Threshold(
    0.5,
    "rule of thumb, to be measured: half way from guessing to perfect; of six public CTC runs the one "
    "that memorises has 0.67 of the error left and the others at most 0.14",
)
SENTINELS = 3  # epochs at exactly 100% WER, from where on EVL901 asks whether that is a score
FIXES = (
    Fix("Look for a shift between train and dev: other signers, other cameras, other frame rates."),
    Fix(
        "Make every epoch different: drop and jitter frames, scale, rotate and mirror landmarks.",
        "x = x[:, torch.randperm(T)[: int(0.8 * T)].sort().values]  # keep 80% of the frames",
    ),
    Fix("Take a smaller model, more dropout or weight decay, and stop at the best dev score."),
    Fix("Add samples where classes have few: more signers before more repetitions."),
)


@check("TRN504", severity=DEGRADES, confidence=LIKELY, explains=("EVL904", "EVL905", "TRN505"))
def memorised(progress: Progress, sentinel: ScoreSentinel | None) -> Iterator[Finding]:
    """The model knows its training samples and has learned little that holds for others.

    Why it matters: the training loss shows that data, model and loss fit together and that labels
    are emitted. What fails is the step to new samples, which no change of loss or decoder mends.

    Judged by: a training loss under a quarter of the input-blind floor (a tenth of the first loss
    where the floor is not known), a dev loss, where one is logged, at or above the floor (a tenth
    over its lowest where the floor is not known), and a dev score less than half way from guessing
    to perfect. A ratio of dev to train loss alone says nothing; a WER of 100% to the last digit is
    for EVL901 to judge.

    Fix: look for a difference between train and dev, augment, regularise, add signers.

    References: Zhang et al. 2017, Understanding deep learning requires rethinking generalization
    """
    share, limit = progress.train_over_floor, FAR_UNDER
    if not isfinite(share):
        share, limit = progress.train_over_first, FALLEN
    by_heart = share < limit.value if isfinite(share) else progress.train_accuracy > 1 - FALLEN.value
    bad_score = progress.error_left >= HALF_WAY.value and (
        sentinel is None or sentinel.at_end < SENTINELS
    )
    if not by_heart or not bad_score or not _dev_at_floor(progress):
        return
    told = f"train loss {progress.last_train:.2g}"
    if not isfinite(share):
        told = f"train accuracy {progress.train_accuracy:.1%}"
    dev = f" and dev loss {progress.last_dev:.3g}" if isfinite(progress.last_dev) else ""
    floor = f" around an input-blind floor of {progress.floor:.2f}" if isfinite(progress.floor) else ""
    read_from = progress.read_from
    base = Evidence("train loss over the floor, or the first loss", share, read_from, limit=limit)
    yield Finding(
        f"the training samples are learned by heart and little of it holds on dev: {told}{dev}{floor}, "
        f"best dev {progress.metric} {progress.best_metric:.1%} in {progress.epochs} epochs",
        (
            *([base] if isfinite(share) else []),
            Evidence(
                "error left, over that of guessing", progress.error_left, read_from, limit=HALF_WAY
            ),
            Evidence(f"dev {progress.metric} at the end", progress.last_metric, read_from),
            Evidence("floor known by", progress.floor_known_by, read_from),
        ),
        FIXES,
    )


def _dev_at_floor(progress: Progress) -> bool:
    """Whether the dev loss is at the floor or above; where none is logged, what the score says."""
    if isfinite(progress.last_dev):
        risen = progress.last_dev >= RISEN.value * progress.best_dev
        return progress.last_dev >= progress.floor or (not isfinite(progress.floor) and risen)
    return progress.metric in ("wer", "cer") or not progress.learned
