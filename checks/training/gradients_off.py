"""TRN507: are the gradients of a size that trains?"""

from collections.abc import Iterator

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    FiniteLoss,
    Fix,
    GradientNorms,
    Progress,
    Threshold,
    TrainLoss,
    check,
)

BAD = Threshold(0.5, "rule of thumb, docs/limits.py: mixed precision meets Inf in single steps only")
ZERO = Threshold(0.5, "arithmetic: a step without a gradient changes nothing")
EXPLODED = Threshold(100.0, "rule of thumb, docs/limits.py: times the median of the first fifth")
VANISHED = Threshold(1e-4, "rule of thumb, docs/limits.py: of the median of the first fifth")
HUGE = Threshold(1e4, "rule of thumb, docs/limits.py: norms of 1 to 100 are usual early in a run")
STEEP = Threshold(10.0, "measured: of 139 simulated runs none that failed otherwise has over 9.7")
LOW = 0.1  # of the first training loss: below it small gradients are those of a task that is done
FIXES = (
    Fix("Clip the gradient.", "norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)"),
    Fix(
        "Look for the layer where it ends.",
        "for n, p in model.named_parameters(): print(n, None if p.grad is None else p.grad.norm())",
    ),
)
Wrong = tuple[str, float, Threshold]


@check(
    "TRN507",
    severity=DEGRADES,
    confidence=LIKELY,
    explains=("MDL603", "TRN501", "TRN503", *NOTHING_LEARNED),
)
def gradients_off(
    norms: GradientNorms, progress: Progress | None, loss: TrainLoss | None, finite: FiniteLoss | None
) -> Iterator[Finding]:
    """The gradients explode, vanish or are zero.

    Why it matters: without a gradient nothing is learned, and one that explodes undoes what was.

    Judged by: norms that are NaN or Inf in half of the last fifth of the run; that are zero in
    half of the run or of its last fifth, or fell to a ten-thousandth, while the training loss is
    above a tenth of its first value; that are ten times the loss in a run that did not learn;
    that grew a hundredfold or exceed 10,000 in one that did not learn or lost its gain. Small
    gradients of a model that is done, and single infinite ones of mixed precision, pass.

    Fix: clip the norm; where it is zero see that the loss reaches the parameters: no detach, no
    no_grad, the right parameters in the optimizer, no saturated output.

    References: Pascanu et al. 2013, On the difficulty of training recurrent neural networks
    """
    wrong = _wrong(norms, progress, loss, finite)
    if wrong:
        message, measured, limit = wrong
        course = f"{norms.early:.3g}, {norms.late:.3g}"
        yield Finding(
            f"the gradient norm {message}, over {norms.points} {norms.per}s",
            (
                Evidence(f"{norms.name}: what was judged", measured, norms.read_from, limit=limit),
                Evidence("medians of the first and the last fifth", course, norms.read_from),
            ),
            FIXES,
        )


def _wrong(
    norms: GradientNorms, progress: Progress | None, loss: TrainLoss | None, finite: FiniteLoss | None
) -> Wrong | None:
    learned = progress is not None and progress.learned
    done = loss is not None and loss.last < LOW * loss.first
    # a loss that is not a number has such gradients, and is TRN501's
    if norms.bad_at_end >= BAD.value and not learned and not (finite and finite.ends_bad):
        return f"is NaN or Inf in {norms.bad_at_end:.0%} of the last fifth", norms.bad_at_end, BAD
    zero = max(norms.zero, norms.zero_at_end)
    if zero >= ZERO.value and not done:
        return f"is zero in {zero:.0%} of the steps", zero, ZERO
    ratio = norms.late / norms.early if norms.early > 0 else 1.0
    course = f"goes from {norms.early:.2g} to {norms.late:.2g}"
    undone = loss is not None and loss.score_kept is False  # what was learned before it exploded
    if ratio <= VANISHED.value and not done and not learned:
        return course, ratio, VANISHED
    if ratio >= EXPLODED.value and (undone or not learned):
        return course, ratio, EXPLODED
    steep = norms.early / loss.first if loss is not None and loss.first > 0 else 0.0
    if loss is not None and loss.last > 0 and not done:
        steep = max(steep, norms.late / loss.last)
    if steep >= STEEP.value and progress is not None and not learned:
        return f"{course}, {steep:.3g} times the loss", steep, STEEP
    if norms.late >= HUGE.value and progress is not None and (undone or not learned):
        return course, norms.late, HUGE
    return None
