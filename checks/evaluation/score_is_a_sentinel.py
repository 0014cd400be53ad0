"""EVL901: is a WER of 100% a score, or what a failed scorer leaves?"""

from math import isfinite

from slrdoctor.api import (
    LIKELY,
    MISLEADS,
    Evidence,
    Finding,
    Findings,
    Fix,
    GlossErrors,
    LossAtEnd,
    NotJudged,
    ScoreSentinel,
    Threshold,
    check,
    chosen,
)

EPOCHS = Threshold(3, "measured on a healthy BiLSTM-CTC: blank output, and 100% WER, in epochs 1 to 3")
SHARE_OF_BLIND_DEV_LOSS = chosen(0.5, "a model at half of that loss decodes glosses", (0.125, 2), 237)
SHARE_OF_BLIND_TRAIN_LOSS = chosen(
    0.25, "half of that of dev, as memorising lowers it too", (0.0625, 1), 237
)
LOSS = Threshold(0.5, "CTC arithmetic: a blind model of two glosses, one per clip, has 1.7 nats")
FALL_OF_DEV_LOSS = chosen(
    0.4, "a dev loss that fell by 60% after a quarter of the run learns", (0.1, 1.6), 237
)
FALL_OF_TRAIN_LOSS = chosen(0.25, "more than for dev, as memorising lowers it too", (0.0625, 1), 237)
TIMES_BEST_LOSS = chosen(1.2, "a loss as good as when the score was good", (0.3, 4.8), 237)
CONFIRMING_WER = chosen(0.99, "stored predictions this wrong confirm the score")
EPOCHS_BETWEEN = chosen(2, "one epoch at 100% between good ones may be chance", (0.5, 8), 237)
FIXES = (
    Fix(
        "Run the scorer by hand on the references themselves: the WER must be 0.",
        "sclite -h dev.ctm ctm -r dev.stm stm -o sum stdout",
    ),
    Fix("Score in Python instead of an external program.", "jiwer.wer(references, hypotheses)"),
    Fix("Let the error of the evaluation through: remove the bare `except` around it."),
    Fix("Print five hypotheses beside their references, and the decoder's version and blank index."),
)


@check("EVL901", severity=MISLEADS, confidence=LIKELY, explains=("EVL906", "EVL913", "TRN502", "TRN504"))
def score_is_a_sentinel(score: ScoreSentinel, stored: GlossErrors | None) -> Findings:
    """A WER of exactly 100% is what the scorer writes when it fails, not a score.

    Why it matters: Scripts that catch every error of the evaluation write 100 and go on. The model may
    be good, and every decision on that number is wrong.

    Judged by: In the blank phase of the first epochs the loss is still that of a blind model, and such
    runs pass. A loss that only falls shows nothing where stored predictions are as bad when they are
    scored again. Either the WER is 100% to the last digit in two epochs between good ones, or it is
    in the last three epochs or more, while one of these holds:
    - The log has errors of the scorer.
    - The loss is what it was when the score was good.
    - The dev loss is under half, or the training loss under a quarter, of what a model reaches without
      its input.
    - Where that is unknown, the loss is under 0.5 nats or still falls long after the start.

    Fix: Score the references against themselves, then read the error that was swallowed: sclite not
    found or not executable, another decoder version, the references of another data set.

    References: VAC_CSLR issues 46 and 49, CorrNet issues 64 and 68 on a WER that is always 100
    """
    low = _low(score.losses, stored is not None and stored.counts.wer >= CONFIRMING_WER.value)
    if score.at_end >= EPOCHS.value and (low or score.errors):
        why = "and the log has errors of the scorer"
        if low:
            why = f"while the {low.what} is {low.value:.2g} {low.unit}".rstrip()
        message = f"{score.score_name} is exactly 100% from epoch {score.from_epoch:g} on, {why}"
        counted = Evidence("epochs at exactly 100%", score.at_end, score.read_from, limit=EPOCHS)
    elif score.alone >= EPOCHS_BETWEEN.value:
        message = f"{score.score_name} is exactly 100% in {score.alone} epochs between good ones"
        counted = Evidence("epochs at 100%", score.alone, score.read_from, limit=EPOCHS_BETWEEN)
    elif score.at_end and stored is not None and stored.counts.wer >= CONFIRMING_WER.value:
        return f"{score.score_name} is 100% at the end, as that of the stored predictions is"
    elif score.at_end:
        last = "the last epoch" if score.at_end == 1 else f"the last {score.at_end} epochs"
        raise NotJudged(
            f"{score.score_name} is exactly 100% in {last}, and nothing says whether that is the score "
            "or what a failed scorer writes",
            "store the predictions next to the log",
            looks_ill=True,
        )
    else:
        return score.sentence
    line = [Evidence("error of the scorer", text, score.errors_in) for text in score.errors[:1]]
    yield Finding(message, (counted, *([low] if low else []), *line), FIXES)


def _low(losses: tuple[LossAtEnd, ...], is_confirmed: bool) -> Evidence | None:
    """A loss that a model with nothing but wrong answers does not have."""
    for loss in losses:
        train = loss.split == "train"
        blind = SHARE_OF_BLIND_TRAIN_LOSS if train else SHARE_OF_BLIND_DEV_LOSS
        signs = [
            ("times that of the best epoch", loss.over_best, TIMES_BEST_LOSS),
            ("times that of a model that ignores its input", loss.over_floor, blind),
        ]
        if not isfinite(loss.over_floor):
            signs.append(("", loss.value, LOSS))
            falling = FALL_OF_TRAIN_LOSS if train else FALL_OF_DEV_LOSS
            if not is_confirmed:  # else it falls from a height that it first rose to
                signs.append(("times that after a quarter of the run", loss.over_quarter, falling))
        for unit, value, limit in signs:
            if value < limit.value:  # never for nan
                split = "training" if train else loss.split
                return Evidence(f"{split} loss", value, loss.read_from, unit, limit)
        # a dev loss that is known, or rises, outweighs any training loss: that is memorising
        if isfinite(loss.over_floor) or loss.over_quarter >= 1:
            break
    return None
