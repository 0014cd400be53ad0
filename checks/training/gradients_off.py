"""TRN507: are the gradients of a size that trains?"""

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Findings,
    FiniteLoss,
    Fix,
    GradientNorms,
    NotJudged,
    Progress,
    Threshold,
    TrainLoss,
    check,
    chosen,
    counted,
    number,
    share_of,
)

NOT_FINITE = chosen(0.5, "mixed precision meets Inf in single steps only", (0.125, 2), 391)
ZERO = Threshold(0.5, "arithmetic: a step without a gradient changes nothing")
TIMES_GROWN = chosen(100.0, "two orders of magnitude over the first fifth", (50, 400), 391)
SHARE_LEFT = chosen(1e-4, "four orders of magnitude under the first fifth", (2.5e-05, 0.0004), 391)
LARGEST_NORM = chosen(1e4, "norms of 1 to 100 are usual early in a run", (2500, 40000), 391)
TIMES_LOSS = Threshold(10.0, "measured: of 139 simulated runs that failed otherwise none exceeds 9.7")
LOSS_OF_A_SOLVED_TASK = chosen(0.1, "below a tenth of its first value a loss leaves small gradients")
FIXES = (
    Fix("Clip the gradient.", "norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)"),
    Fix(
        "Look for the layer where the gradient ends.",
        "for n, p in model.named_parameters(): print(n, None if p.grad is None else p.grad.norm())",
    ),
)


@check(
    "TRN507",
    severity=DEGRADES,
    confidence=LIKELY,
    explains=("MDL603", "TRN501", "TRN503", NOTHING_LEARNED),
)
def gradients_off(
    norms: GradientNorms, progress: Progress | None, loss: TrainLoss | None, finite: FiniteLoss | None
) -> Findings:
    """The gradients explode, vanish or are zero.

    Why it matters: Without a gradient nothing is learned, and one that explodes undoes what was.

    Judged by: Norms over the run. A run trains if its dev score beats guessing, or if it fits its
    training samples: a training loss under half of what a model reaches without its input. Where that is
    unknown: 90% training accuracy, or a loss under 0.5 nats and under a tenth of its first value.
    A norm that is large beside the small loss of a model that memorised passes, and so do small ones
    of a model that is done and single infinite ones of mixed precision. Any of these fires:
    - NaN or Inf in half of the last fifth, in a run that does not train;
    - zero in half of the run or of its last fifth, while the training loss is above a tenth of its
      first value;
    - down to a ten-thousandth, in a run that does not train and has that much of its loss left;
    - ten times the loss, in a run that does not train;
    - a hundredfold growth, or over 10,000, in a run that does not train, or that lost the gain of its
      dev score and does not fit its training samples either.

    Fix: Clip the norm. Where it is zero, check that the loss reaches the parameters: no detach, no
    no_grad, the right parameters in the optimizer, outputs that are not saturated.

    References: Pascanu et al. 2013, On the difficulty of training recurrent neural networks
    """
    wrong = _wrong(norms, progress, loss, finite)
    if wrong:
        message, measured = wrong
        course = f"{number(norms.early)} and {number(norms.late)}"
        medians = Evidence("median norm of the first and the last fifth", course, norms.read_from)
        whole = counted(norms.points, norms.per)
        yield Finding(f"the gradient norm {message} ({whole} in all)", (measured, medians), FIXES)
    if progress is None and norms.late >= LARGEST_NORM.value:
        raise NotJudged(
            f"the norm ends at {number(norms.late)}, and nothing says whether the run learned"
        )
    fit = progress.training_fit if progress is not None and not progress.learned else ""
    return f"{norms.sentence}; {fit}" if fit else norms.sentence


def _wrong(
    norms: GradientNorms, progress: Progress | None, loss: TrainLoss | None, finite: FiniteLoss | None
) -> tuple[str, Evidence] | None:
    fits = progress is not None and progress.training_fit != ""
    trains = fits or (progress is not None and progress.learned)

    def broke(what: str, value: float, unit: str, limit: Threshold) -> Evidence:
        return Evidence(what, value, norms.read_from, unit, limit)

    done = loss is not None and loss.last < LOSS_OF_A_SOLVED_TASK.value * loss.first
    # a loss that is not a number has such gradients, and is TRN501's
    if norms.bad_at_end >= NOT_FINITE.value and not trains and not (finite and finite.ends_bad):
        measured = broke("NaN or Inf in the last fifth", norms.bad_at_end, "share", NOT_FINITE)
        return f"is NaN or infinite in {share_of(norms.bad_at_end)} of the last fifth", measured
    zero = max(norms.zero, norms.zero_at_end)
    if zero >= ZERO.value and not done:
        return f"is zero in {share_of(zero)} of the steps", broke("norms of zero", zero, "share", ZERO)
    ratio = norms.late / norms.early if norms.early > 0 else 1.0
    course = f"goes from {number(norms.early)} to {number(norms.late)}"
    # an explosion may also undo what was learned
    harmed = not trains or (loss is not None and loss.score_kept is False and not fits)
    if ratio <= SHARE_LEFT.value and not done and not trains:
        return course, broke("last over first norm", ratio, "", SHARE_LEFT)
    if ratio >= TIMES_GROWN.value and harmed:
        return course, broke("last over first norm", ratio, "", TIMES_GROWN)
    steep = norms.early / loss.first if loss is not None and loss.first > 0 else 0.0
    if loss is not None and loss.last > 0 and not done:
        steep = max(steep, norms.late / loss.last)
    if steep >= TIMES_LOSS.value and progress is not None and not trains:
        measured = broke("gradient norm", steep, "times the loss", TIMES_LOSS)
        return f"{course}, {number(steep)} times the loss", measured
    if norms.late >= LARGEST_NORM.value and progress is not None and harmed:
        return course, broke("norm at the end", norms.late, "", LARGEST_NORM)
    return None
