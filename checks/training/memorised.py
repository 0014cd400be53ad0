"""TRN504: does the model know only its training samples?"""

from math import isfinite

from slrdoctor.api import (
    DEGRADES,
    FAILS_ON_DEV,
    LIKELY,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    ProbeComparison,
    Progress,
    ScoreSentinel,
    Threshold,
    check,
    chosen,
)

SHARE_OF_BLIND_LOSS = Threshold(0.25, "measured on public runs: two that memorised end at 0.01, 0.03")
TRAIN_LOSS = Threshold(0.5, "CTC arithmetic: a blind model of two glosses, one per clip, has 1.7 nats")
TRAIN_ERROR = chosen(0.1, "nine in ten training samples are right", (0.025, 0.4), 408)
TIMES_LOWEST_DEV_LOSS = chosen(1.1, "a tenth above its lowest", (0.275, 4.4), 408)
ERROR_LEFT = chosen(
    0.5,
    "half way from guessing to perfect; of six public CTC runs the one that memorises has 0.67 of the "
    "error left and the others at most 0.14",
    (0.45, 0.75),
    408,
)
EPOCHS_AT_100 = chosen(3, "epochs at exactly 100% WER from which EVL901 asks whether that is a score")
FIXES = (
    Fix("Look for a shift between train and dev: other signers, cameras or frame rates."),
    Fix("Augment: drop frames, scale, rotate, mirror.", "x = x[:, torch.rand(x.shape[1]) > 0.2]"),
    Fix("Use a smaller model, more dropout or weight decay, and stop at the best dev score."),
    Fix("Add samples to classes that have few: more signers before more repetitions."),
)
CARRIED = (
    Fix("Score the training clips with the code that scores dev: they must score as in training."),
)


@check(
    "TRN504",
    severity=DEGRADES,
    confidence=LIKELY,
    explains=("CTC413", "CTC414", "DEC801", "DEC802", "EMB701", "EVL904", "EVL905", "TRN505"),
    shows=(FAILS_ON_DEV,),
)
def memorised(
    progress: Progress, sentinel: ScoreSentinel | None, probe: ProbeComparison | None
) -> Findings:
    """The model memorised its training samples and does not generalise.

    Why it matters: The training loss shows that data, model and loss fit together and that labels are
    emitted. What fails is the step to new samples, which no change of loss or decoder fixes.

    Judged by: A ratio of dev to train loss alone says nothing, and a WER of 100% to the last digit is
    for EVL901. All of these have to hold:
    - The training loss is under a quarter of what a model reaches without its input. Where that is
      unknown: 90% training accuracy, or a training loss under 0.5 nats.
    - The dev loss, where it is logged, is no longer below what a model reaches without its input, or
      a tenth above its lowest where that is unknown.
    - The dev score is less than half way from guessing to perfect.

    Fix: Look for a difference between train and dev, augment, regularise, add signers.

    References: Zhang et al. 2017, Understanding deep learning requires rethinking generalization
    """
    fitted, read_from = _fitted(progress), progress.read_from
    bad = progress.error_left >= ERROR_LEFT.value and _dev_at_floor(progress)
    if not isfinite(progress.error_left):
        raise NotJudged("no dev score shows how far the run is from perfect", "log the dev score")
    if bad and sentinel is not None and sentinel.at_end >= EPOCHS_AT_100.value:
        raise NotJudged("the dev score of exactly 100% may be what a failed scorer writes")
    if bad and not any(map(isfinite, (progress.last_train, progress.train_accuracy))):
        raise NotJudged("no training loss or accuracy is logged", "log the training loss")
    if fitted is None or not bad:
        return progress.sentence
    both = (("training", "train", progress.last_train), ("dev", "dev", progress.last_dev))
    losses = [f"{name} loss {progress.shown_loss(of)}" for name, of, value in both if isfinite(value)]
    if isfinite(progress.floor):
        losses.append(f"a model that ignores its input reaches {progress.floor:.2f}")
    yield Finding(
        f"the model memorised its training samples and does not generalise: best dev {progress.word} "
        f"{progress.shown(progress.best_metric)} in {progress.epochs} epochs ({'; '.join(losses)})"
        f"{probe.clause if probe else ''}",
        (fitted,
            Evidence("dev error left, of guessing", progress.error_left, read_from, "share", ERROR_LEFT),
            Evidence(f"dev {progress.word} at the end", progress.shown(progress.last_metric), read_from),
            Evidence("that loss is known from", progress.floor_known_by, ""),
        ),
        CARRIED if probe and probe.is_far_better else FIXES,
    )  # fmt: skip


def _fitted(progress: Progress) -> Evidence | None:
    """What shows that the training samples are known, if anything does."""
    if isfinite(progress.train_over_floor):
        what, value, limit = "training loss", progress.train_over_floor, SHARE_OF_BLIND_LOSS
        unit = "times that of a model that ignores its input"
    elif isfinite(progress.train_accuracy):
        what, value, limit, unit = "training error", 1 - progress.train_accuracy, TRAIN_ERROR, "share"
    else:
        what, value, limit, unit = "training loss", progress.last_train, TRAIN_LOSS, ""
    return Evidence(what, value, progress.read_from, unit, limit) if value < limit.value else None


def _dev_at_floor(progress: Progress) -> bool:
    """Whether the dev loss is a blind model's or worse; where none is logged, what the score says."""
    if isfinite(progress.last_dev):
        risen = progress.last_dev >= TIMES_LOWEST_DEV_LOSS.value * progress.best_dev
        return progress.last_dev >= progress.floor or (not isfinite(progress.floor) and risen)
    return progress.metric in ("wer", "cer") or not progress.learned
