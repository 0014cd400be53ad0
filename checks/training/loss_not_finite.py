"""TRN501: is the loss a number to the end?"""

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Findings,
    FiniteLoss,
    Fix,
    LossBreak,
    Threshold,
    agreeing,
    check,
    chosen,
)

BAD_VALUES = Threshold(0, "arithmetic: a weight that took a NaN gradient is NaN from then on")
BAD_STEPS_AT_END = chosen(3, "a single one at the end of a log may be a batch that was skipped")
BAD_SHARE = Threshold(0.5, "arithmetic: over half of the values say nothing")
BATCHES_LEFT = chosen(0.5, "half of the batches no longer teach anything", (0.125, 2), 408)
SPLITS = {"train": "training"}
FIXES = (
    Fix("Stop at the first loss that is not finite.", "if not loss.isfinite(): raise RuntimeError(ids)"),
    Fix(
        "Keep the CTC loss in float32 under mixed precision, and clip the gradient.",
        "with torch.autocast('cuda', enabled=False): loss = ctc(log_probs.float(), targets, T, L)",
    ),
    Fix("Restart from the last checkpoint before that, with a lower learning rate."),
)


@check(
    "TRN501",
    severity=BLOCKS,
    confidence=CERTAIN,
    explains=("MDL602", "TRN503", "TRN505", NOTHING_LEARNED),
)
def loss_not_finite(loss: FiniteLoss) -> Findings:
    """The loss is NaN or infinite.

    Why it matters: One step with a NaN gradient makes the weights NaN, and nothing is learned after it.
    Where such batches are skipped instead, fewer and fewer of them teach anything.

    Judged by: Single batches that were skipped in a run that went on pass. So does a run whose dev
    score kept its gain, unless the training loss was finite first and most of it is lost, or the dev
    loss with it from the same epoch on. These fire:
    - a loss that ends in NaN or Inf, or is one of these in over half of its values. A dev loss counts
      only if it was finite before or no training loss is logged: one dev sample without an
      alignment makes a whole dev loss infinite.
    - a share of batches with a finite loss that fell to half.

    Fix: Stop at the first such loss and look at its samples: targets longer than their input, features
    with NaN, a CTC loss in half precision, a learning rate that is too high.

    References: torch.nn.CTCLoss, the notes on infinite losses and zero_infinity;
    https://pytorch.org/docs/stable/notes/amp_examples.html
    """
    broken = [b for b in loss.breaks if _is_broken(b, loss)]
    if broken:
        worst = min(broken, key=lambda b: (b.split != "train", b.first_bad))
        since = f"{worst.per} {worst.broken_from if worst.bad_at_end else worst.first_bad:g}"
        bad = f"{worst.bad} of {worst.points} values {agreeing(worst.bad, 'is', 'are')} not finite"
        if worst.bad == worst.points:
            bad = f"none of its {worst.points} values is finite"
        yield Finding(
            f"the {SPLITS.get(worst.split, worst.split)} loss is {worst.what} from {since} on: {bad}",
            (
                *(
                    Evidence(f"bad values of {b.name}", b.bad, b.read_from, f"of {b.points}", BAD_VALUES)
                    for b in broken
                ),
                Evidence(f"first {worst.per} without a finite loss", worst.first_bad, worst.read_from),
            ),
            FIXES,
        )
    elif loss.counted_last <= BATCHES_LEFT.value * loss.counted_first and not loss.score_kept:
        first, last = loss.counted_first, loss.counted_last
        yield Finding(
            f"only {last:.0%} of the batches have a finite loss at the end ({first:.0%} at the start)",
            (
                Evidence("batches with a finite loss at the end", last, loss.counted_by, "share"),
                Evidence(
                    "share of those at the start", last / first, loss.counted_by, "share", BATCHES_LEFT
                ),
            ),
            FIXES,
        )
    return loss.sentence


def _breaks_in_both(b: LossBreak, loss: FiniteLoss) -> bool:
    """Whether training and dev loss are lost for good at the same epoch: then the weights are."""
    ends = {
        other.split
        for other in loss.breaks
        if other.per == "epoch"
        and BAD_STEPS_AT_END.value <= other.bad_at_end == other.bad < other.points
        and other.broken_from == b.broken_from
    }
    return {"train", b.split} <= ends and len(ends) > 1


def _is_broken(b: LossBreak, loss: FiniteLoss) -> bool:
    # batches that are skipped and still averaged are not finite from the first epoch on: a loss
    # that was finite and then no longer is has another reason, whatever score is logged beside it
    broke = (
        b.split == "train" and b.bad == b.bad_at_end < b.points and b.bad > BAD_SHARE.value * b.points
    )
    if b.score_kept and not broke and not _breaks_in_both(b, loss):
        return False
    # a dev loss that never was finite beside a sound training loss: a sample without an alignment
    if b.split != "train" and b.bad == b.points and not loss.dev_only:
        return False
    at_end = b.bad_at_end >= (1 if b.per == "epoch" else BAD_STEPS_AT_END.value)
    return at_end or b.bad > BAD_SHARE.value * b.points
