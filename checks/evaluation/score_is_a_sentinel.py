"""EVL901: is a WER of 100% a score, or what a failed scorer leaves?"""

from collections.abc import Iterator
from math import isfinite

from slrdoctor.api import (
    LIKELY,
    MISLEADS,
    Evidence,
    Finding,
    Fix,
    GlossErrors,
    LossAtEnd,
    ScoreSentinel,
    Threshold,
    check,
)

EPOCHS = Threshold(3, "measured on a healthy BiLSTM-CTC: blank output, and 100% WER, in epochs 1 to 3")
UNDER_DEV = Threshold(0.5, "rule of thumb, docs/limits.py: of the floor; there glosses are decoded")
UNDER_TRAIN = Threshold(0.25, "rule of thumb, docs/limits.py: of the floor, with room for memorising")
LOW = Threshold(0.5, "CTC arithmetic: the floor of two glosses, one a clip, is 1.7 nats a token")
FALLING = Threshold(0.4, "rule of thumb, docs/limits.py: of the dev loss after a quarter of the run")
FALLING_TRAIN = Threshold(0.25, "rule of thumb, docs/limits.py: likewise, of the training loss")
KEPT = Threshold(1.2, "rule of thumb, docs/limits.py: a loss as good as when the score was good")
WRONG = 0.99  # WER of stored predictions that confirms the score
ALONE = Threshold(
    2, "rule of thumb, docs/limits.py: one epoch at 100% between good ones may be chance, two are not"
)
FIXES = (
    Fix(
        "Run the scorer by hand on the references themselves: the WER must be 0.",
        "sclite -h dev.ctm ctm -r dev.stm stm -o sum stdout",
    ),
    Fix("Score in Python instead of an external program.", "jiwer.wer(references, hypotheses)"),
    Fix("Let the error of the evaluation be seen: no bare `except` around it."),
    Fix("Print five hypotheses beside their references, the decoder's version and its blank index."),
)


@check("EVL901", severity=MISLEADS, confidence=LIKELY, explains=("EVL906", "TRN502", "TRN504"))
def score_is_a_sentinel(score: ScoreSentinel, stored: GlossErrors | None) -> Iterator[Finding]:
    """A WER of exactly 100% is what the scorer writes when it fails, not a score.

    Why it matters: scripts that catch every error of the evaluation write 100 and go on. The
    model may be good, and every decision on that number is wrong.

    Judged by: WER 100% to the last digit in the last three epochs or more, while the log has
    errors of the scorer, or the dev loss is under half of the input-blind floor (a quarter for the
    training loss), or is what it was when the score was good, or, where the floor is not known, is
    under 0.5 nats or still falls long after the start; or 100% in two epochs between good ones.
    The blank phase of the first epochs has a loss at the floor, and passes; and a loss that
    only falls shows nothing where stored predictions are as bad when they are scored again.

    Fix: score the references against themselves, then read the error that was swallowed: sclite
    not found or not executable, another decoder version, the references of another data set.

    References: VAC_CSLR issues 46 and 49, CorrNet issues 64 and 68 on a WER that is always 100
    """
    low = _low(score.losses, stored is not None and stored.counts.wer >= WRONG)
    if score.at_end >= EPOCHS.value and (low or score.errors):
        what, _, other = low.what.partition(" over ") if low else ("", "", "")
        of = f" of {other}" if other else ""
        why = (
            f"while the {what} is {low.value:.2g}{of}" if low else "and the log has errors of the scorer"
        )
        message = f"{score.score_name} is exactly 100% from epoch {score.from_epoch:g} on, {why}"
        counted = Evidence("epochs at exactly 100%", score.at_end, score.read_from, limit=EPOCHS)
    elif score.alone >= ALONE.value:
        message = f"{score.score_name} is exactly 100% in {score.alone} epochs between good ones"
        counted = Evidence("such epochs between good ones", score.alone, score.read_from, limit=ALONE)
    else:
        return
    line = [Evidence("a line of the scorer", text, score.errors_in) for text in score.errors[:1]]
    yield Finding(message, (counted, *([low] if low else []), *line), FIXES)


def _low(losses: tuple[LossAtEnd, ...], is_confirmed: bool) -> Evidence | None:
    """A loss that a model with nothing but wrong answers does not have."""
    for loss in losses:
        train = loss.split == "train"
        told = [
            ("loss over that of the best epoch", loss.over_best, KEPT),
            ("loss over the input-blind floor", loss.over_floor, UNDER_TRAIN if train else UNDER_DEV),
        ]
        if not isfinite(loss.over_floor):
            told.append(("loss", loss.value, LOW))
            falling = FALLING_TRAIN if train else FALLING
            if not is_confirmed:  # else it falls from a height that it first rose to
                told.append(("loss over that after a quarter of the run", loss.over_quarter, falling))
        for what, value, limit in told:
            if value < limit.value:  # never for nan
                return Evidence(f"{loss.split} {what}", value, loss.read_from, limit=limit)
        # a dev loss that is known, or rises, outweighs any training loss: that is memorising
        if isfinite(loss.over_floor) or loss.over_quarter >= 1:
            break
    return None
