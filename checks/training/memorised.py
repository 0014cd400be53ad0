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
LOW = Threshold(0.5, "CTC arithmetic: the floor of two glosses, one a clip, is 1.7 nats a token")
WRONG = Threshold(0.1, "rule of thumb, docs/limits.py: training error, without a floor")
RISEN = Threshold(1.1, "rule of thumb, docs/limits.py: dev loss over its lowest, without a floor")
HALF_WAY = Threshold(
    0.5,
    "rule of thumb, docs/limits.py: half way from guessing to perfect; of six public CTC runs the one "
    "that memorises has 0.67 of the error left and the others at most 0.14",
)
SENTINELS = 3  # epochs at exactly 100% WER, from where on EVL901 asks whether that is a score
FIXES = (
    Fix("Look for a shift between train and dev: other signers, other cameras, other frame rates."),
    Fix("Augment: drop frames, scale, rotate, mirror.", "x[:, torch.randperm(T)[:k].sort().values]"),
    Fix("Take a smaller model, more dropout or weight decay, and stop at the best dev score."),
    Fix("Add samples where classes have few: more signers before more repetitions."),
)


@check(
    "TRN504",
    severity=DEGRADES,
    confidence=LIKELY,
    explains=("CTC413", "CTC414", "DEC801", "DEC802", "EMB701", "EVL904", "EVL905", "TRN505"),
)
def memorised(progress: Progress, sentinel: ScoreSentinel | None) -> Iterator[Finding]:
    """The model knows its training samples and has learned little that holds for others.

    Why it matters: the training loss shows that data, model and loss fit together and that labels
    are emitted. What fails is the step to new samples, which no change of loss or decoder mends.

    Judged by: a training loss under a quarter of the input-blind floor (where that is not known,
    90% training accuracy, or 0.5 nats); a dev loss, where one is logged, at or above the floor (or
    a tenth over its lowest); and a dev score less than half way from guessing to perfect. A ratio
    of dev to train loss alone says nothing; a WER of 100% to the last digit is for EVL901.

    Fix: look for a difference between train and dev, augment, regularise, add signers.

    References: Zhang et al. 2017, Understanding deep learning requires rethinking generalization
    """
    pinned = sentinel is not None and sentinel.at_end >= SENTINELS
    by_heart, read_from = _by_heart(progress), progress.read_from
    bad = progress.error_left >= HALF_WAY.value and _dev_at_floor(progress)
    if by_heart is None or pinned or not bad:
        return
    train = (
        f", with a training loss of {progress.last_train:.2g}" if isfinite(progress.last_train) else ""
    )
    dev = f" and a dev loss of {progress.last_dev:.3g}" if isfinite(progress.last_dev) else ""
    floor = f" around an input-blind floor of {progress.floor:.2f}" if isfinite(progress.floor) else ""
    yield Finding(
        f"the training samples are learned by heart and little of it holds on dev: best dev "
        f"{progress.metric} {progress.best_metric:.1%} in {progress.epochs} epochs{train}{dev}{floor}",
        (
            by_heart,
            Evidence(
                "error left, over that of guessing", progress.error_left, read_from, limit=HALF_WAY
            ),
            Evidence(f"dev {progress.metric} at the end", progress.last_metric, read_from),
            Evidence("floor known by", progress.floor_known_by, read_from),
        ),
        FIXES,
    )


def _by_heart(progress: Progress) -> Evidence | None:
    """What shows that the training samples are known, if anything does."""
    if isfinite(progress.train_over_floor):
        what, value, limit = "training loss over the floor", progress.train_over_floor, FAR_UNDER
    elif isfinite(progress.train_accuracy):
        what, value, limit = "training error", 1 - progress.train_accuracy, WRONG
    else:
        what, value, limit = "training loss", progress.last_train, LOW
    return Evidence(what, value, progress.read_from, limit=limit) if value < limit.value else None


def _dev_at_floor(progress: Progress) -> bool:
    """Whether the dev loss is at the floor or above; where none is logged, what the score says."""
    if isfinite(progress.last_dev):
        risen = progress.last_dev >= RISEN.value * progress.best_dev
        return progress.last_dev >= progress.floor or (not isfinite(progress.floor) and risen)
    return progress.metric in ("wer", "cer") or not progress.learned
