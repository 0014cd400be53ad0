"""TRN501: is the loss a number to the end?"""

from collections.abc import Iterator

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    FiniteLoss,
    Fix,
    LossBreak,
    Threshold,
    check,
)

FINITE = Threshold(0, "arithmetic: a weight that took a NaN gradient is NaN from then on")
STEPS_AT_END = 3  # batches: a single one at the end of a log may be one that was skipped
MOSTLY = Threshold(0.5, "arithmetic: over half of the values tell nothing")
LOST = Threshold(0.5, "rule of thumb, docs/limits.py: half of the batches that counted no longer do")
FIXES = (
    Fix("Stop at the first loss that is not finite.", "if not loss.isfinite(): raise RuntimeError(ids)"),
    Fix(
        "Keep the CTC loss in float32 under mixed precision, and clip the gradient.",
        "with torch.autocast('cuda', enabled=False): loss = ctc(log_probs.float(), targets, T, L)",
    ),
    Fix("Start again from the last checkpoint that was saved before, with a lower learning rate."),
)


@check(
    "TRN501",
    severity=BLOCKS,
    confidence=CERTAIN,
    explains=("MDL602", "TRN503", "TRN505", *NOTHING_LEARNED),
)
def loss_not_finite(loss: FiniteLoss) -> Iterator[Finding]:
    """The loss is NaN or infinite.

    Why it matters: one step with a NaN gradient makes the weights NaN, and nothing is learned
    after it. Where such batches are skipped instead, fewer and fewer of them teach anything.

    Judged by: a loss that ends in NaN or Inf, or is one of these in over half of its values; a
    dev loss only if it was finite before or there is no training loss, because one dev sample
    without an alignment makes a whole dev loss infinite; or a share of batches that count which
    fell to half. Not for single batches that were skipped in a run that went on, nor where the
    dev score kept its gain meanwhile, unless the training loss was finite first and most is lost.

    Fix: stop at the first such loss, and look at its samples: targets longer than their input,
    features with NaN, a CTC loss in half precision, a learning rate that is too high.

    References: torch.nn.CTCLoss, the notes on infinite losses and zero_infinity;
    https://pytorch.org/docs/stable/notes/amp_examples.html
    """
    broken = [b for b in loss.breaks if _is_broken(b, loss)]
    if broken:
        worst = min(broken, key=lambda b: (b.split != "train", b.first_bad))
        since = f"{worst.per} {worst.broken_from if worst.bad_at_end else worst.first_bad:g}"
        yield Finding(
            f"the {worst.split} loss is {worst.what} from {since} on: "
            f"{worst.bad} of {worst.points} values are not finite",
            (
                *(
                    Evidence(f"{b.name}: NaN or Inf", b.bad, b.read_from, f"of {b.points}", FINITE)
                    for b in broken
                ),
                Evidence(f"first {worst.per} without a finite loss", worst.first_bad, worst.read_from),
            ),
            FIXES,
        )
    elif loss.counted_last <= LOST.value * loss.counted_first and not loss.score_kept:
        first, last = loss.counted_first, loss.counted_last
        yield Finding(
            f"the share of batches that count fell from {first:.0%} to {last:.0%}",
            (
                Evidence("share of batches that count at the end", last, loss.counted_by),
                Evidence("of the share at the start", last / first, loss.counted_by, limit=LOST),
            ),
            FIXES,
        )


def _is_broken(b: LossBreak, loss: FiniteLoss) -> bool:
    # batches that are skipped and still averaged are not finite from the first epoch on: a loss
    # that was finite and then no longer is has another reason, whatever score is logged beside it
    broke = b.split == "train" and b.bad == b.bad_at_end < b.points and b.bad > MOSTLY.value * b.points
    if b.score_kept and not broke:
        return False
    # a dev loss that never was finite beside a sound training loss: a sample without an alignment
    if b.split != "train" and b.bad == b.points and not loss.dev_only:
        return False
    at_end = b.bad_at_end >= (1 if b.per == "epoch" else STEPS_AT_END)
    return at_end or b.bad > MOSTLY.value * b.points
