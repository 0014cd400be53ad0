"""EVL901: is a WER of 100% a score, or what a failed scorer leaves?"""

from collections.abc import Iterator
from math import isfinite

from slrdoctor.api import LIKELY, MISLEADS, Evidence, Finding, Fix, ScoreSentinel, Threshold, check

EPOCHS = Threshold(3, "measured on a healthy BiLSTM-CTC: blank output, and 100% WER, in epochs 1 to 3")
UNDER_DEV = Threshold(
    0.5, "rule of thumb, to be measured: a dev loss at half of the input-blind floor decodes glosses"
)
UNDER_TRAIN = Threshold(0.25, "rule of thumb, to be measured: as above, with room for memorising")
LOW = Threshold(
    0.5, "arithmetic: every vocabulary of two glosses or more has a CTC floor over 1 nat a token"
)
ALONE = Threshold(2, "rule of thumb: one epoch at 100% between good ones may be chance, two are not")
FIXES = (
    Fix(
        "Run the scorer by hand on the references themselves: the WER must be 0.",
        "sclite -h dev.ctm ctm -r dev.stm stm -o sum stdout",
    ),
    Fix(
        "Score with a function in Python instead of an external program.",
        "evaluate_tool: python  # or jiwer.wer(references, hypotheses)",
    ),
    Fix(
        "Let the error of the evaluation be seen: no bare `except` around it.", "except Exception: raise"
    ),
    Fix("Print five hypotheses beside their references, and the decoder's version and blank index."),
)


@check("EVL901", severity=MISLEADS, confidence=LIKELY, explains=("TRN502", "TRN504"))
def score_is_a_sentinel(score: ScoreSentinel) -> Iterator[Finding]:
    """A WER of exactly 100% is what the scorer writes when it fails, not a score.

    Why it matters: scripts that catch every error of the evaluation write 100 and go on. The
    model may be good, and every decision on that number is wrong.

    Judged by: WER 100% to the last digit in the last three epochs or more while the dev loss is
    under half of the input-blind floor, or the train loss under a quarter where no dev loss is
    logged (under 0.5 nats where the floor is not known), or while the log has lines in which the
    scorer fails; or in two or more epochs between good ones. The blank phase of the first epochs
    is at 100% with a loss at the floor, and passes.

    Fix: score the references against themselves, then read the error that was swallowed: sclite
    not found or not executable, another decoder version, the references of another data set.

    References: VAC_CSLR issues 46 and 49, CorrNet issues 64 and 68 on a WER that is always 100
    """
    low = _low(score)
    if score.at_end >= EPOCHS.value and (low is not None or score.errors):
        why = f"while the {score.loss_split} loss is down to {score.loss:.2g}" if low else ""
        why = why or f"and the scorer fails in {score.errors_in}"
        message = f"{score.score_name} is exactly 100% from epoch {score.from_epoch:g} on, {why}"
        counted = Evidence("epochs at exactly 100%", score.at_end, score.read_from, limit=EPOCHS)
    elif score.alone >= ALONE.value:
        message = f"{score.score_name} is exactly 100% in {score.alone} epochs between good ones"
        counted = Evidence(
            "epochs at exactly 100% between good ones", score.alone, score.read_from, limit=ALONE
        )
    else:
        return
    evidence = [counted]
    if low is not None:
        evidence.append(low)
    if score.errors:
        evidence.append(Evidence("a line of the scorer", score.errors[0], score.errors_in))
    yield Finding(message, tuple(evidence), FIXES)


def _low(score: ScoreSentinel) -> Evidence | None:
    """The loss, where it is one that a model with nothing but wrong answers does not have."""
    if isfinite(score.loss_share):
        limit = UNDER_TRAIN if score.loss_split == "train" else UNDER_DEV
        share, what = score.loss_share, f"{score.loss_split} loss over the input-blind floor"
    else:
        limit, share, what = LOW, score.loss, f"{score.loss_split} loss"
    return Evidence(what, share, score.read_from, limit=limit) if share < limit.value else None
