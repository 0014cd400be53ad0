"""TRN506: does the learning rate let the model learn?"""

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Findings,
    Fix,
    LearningRate,
    NotJudged,
    Progress,
    StageChanges,
    Threshold,
    TrainLoss,
    check,
    chosen,
)

from ._idle import Wrong, idle_at_first

SHARE_AT_ZERO = Threshold(0.25, "arithmetic: a cosine to zero is at zero in its last step only")
SHARE_LOW = Threshold(0.5, "arithmetic: a cosine is under a thousandth of its peak in 2% of a run")
HIGHEST_FOR_ADAM = Threshold(0.01, "Kingma and Ba 2015: ten times Adam's default of 0.001")
HIGHEST_FOR_SGD = Threshold(1.0, "Goyal et al. 2017: 0.1 for a batch of 256, in proportion to the batch")
HIGHEST_FOR_UNKNOWN = chosen(0.1, "high for Adam, the most that is usual for SGD", (0.025, 0.4), 413)
TIMES_LOSS_BEFORE = chosen(1.25, "a quarter above the loss before it", (0.3125, 1.5625), 413)
LOWEST = Threshold(1e-7, "arithmetic: a hundred thousand steps of Adam move a weight by 0.01")
GAIN_LOST = chosen(0.2, "a loss near zero that wavers loses less than a fifth of its gain")
FALL_AT_ZERO = chosen(0.02, "a larger fall of the loss shows that the rate is only printed as 0")
LOSS_LEFT = chosen(0.3, "a run still at 0.3 of its first loss has much left to learn")
EPOCHS = chosen(5, "fewer do not show that nothing is learned")
FIXES = (
    Fix(
        "Call scheduler.step() once per epoch if the scheduler counts epochs, else once per step.",
        "scheduler.step()  # CosineAnnealingLR(T_max=epochs): once per epoch",
    ),
    Fix("Start AdamW at 3e-4, warm it up over 5% of the steps and decay it by a cosine."),
)


@check(
    "TRN506",
    severity=DEGRADES,
    confidence=LIKELY,
    explains=("MDL603", "TRN501", "TRN503", "TRN505", "TRN507", "TRN508", "TRN509", NOTHING_LEARNED),
)
def learning_rate_off(
    rate: LearningRate,
    progress: Progress | None,
    loss: TrainLoss | None,
    stages: StageChanges | None,
) -> Findings:
    """The learning rate is zero, falls to nothing early, or is too high to learn with.

    Why it matters: At a rate of zero every epoch repeats the last one, and at one far too high the
    weights are thrown about. Both look like data that cannot be learned.

    Judged by: Warm-up from zero, a cosine to zero, restarts and a rate that is printed as 0.0000 pass.
    Any of these fires:
    - a rate of zero over the last quarter of the run, or under a thousandth of its peak over the
      last half, while the training loss stood still above 0.3 of its first value;
    - a rate of zero in the first tenth of the logged steps or more, in which the training loss stood
      still, as in a warm-up that is stepped once per epoch;
    - a threefold rise at once, after which the training loss stays a quarter above what it was and
      the dev score loses its gain;
    - in a run that learned nothing: 0.01 or more with an optimizer like Adam, 1 or more with SGD, 0.1
      or more with an unknown one, or under 1e-7 with any.

    Fix: Step the scheduler once per epoch if it counts epochs. Start Adam at 1e-4 to 1e-3.

    References: Smith 2017, Cyclical Learning Rates (the range test); Kingma and Ba 2015, Adam
    """
    found = _stuck(rate) or idle_at_first(rate, FALL_AT_ZERO) or _raised(rate, loss, stages)
    if found := found or _ill_sized(rate, progress):
        message, broken = found[0], [*found[1], ("optimizer", rate.optimizer or "unknown", "", None)]
        seen = (Evidence(what, value, rate.read_from, unit, lim) for what, value, unit, lim in broken)
        yield Finding(message, tuple(seen), FIXES)
    return rate.sentence


def _stuck(rate: LearningRate) -> Wrong | None:
    if not (rate.fall_while_low < FALL_AT_ZERO.value and rate.loss_left >= LOSS_LEFT.value):
        return None
    still = ("training loss at the end, of its first value", rate.loss_left, "share", LOSS_LEFT)
    left = f"and the training loss is still {rate.loss_left:.0%} of its first value"
    if rate.zero_at_end >= SHARE_AT_ZERO.value:
        end = f"in the last {rate.zero_at_end:.0%} of the" if rate.zero_at_end < 1 else "for the whole"
        zero = ("share of the run at 0", rate.zero_at_end, "share", SHARE_AT_ZERO)
        return f"the learning rate is 0 {end} run, {left}", [zero, still]
    message = f"the learning rate falls from {rate.peak:.2g} to {rate.last:.2g}, under a thousandth "
    message += f"of its peak from {rate.per} {rate.low_from:g} on, {left}"
    low = ("share of the run under a thousandth of the peak", rate.low_at_end, "share", SHARE_LOW)
    return (message, [low, still]) if rate.low_at_end >= SHARE_LOW.value else None


def _raised(rate: LearningRate, loss: TrainLoss | None, stages: StageChanges | None) -> Wrong | None:
    raised = rate.raised
    if raised is None or (stages and stages.named_at(raised.at)):
        return None  # the shock of a new stage is TRN508's
    kept = loss is not None and loss.score_kept
    if kept or raised.stayed < TIMES_LOSS_BEFORE.value or raised.lost <= GAIN_LOST.value:
        return None
    stayed = ("lowest loss afterwards", raised.stayed, "times that before", TIMES_LOSS_BEFORE)
    lost = ("share of its gain that the loss lost", raised.lost, "share", GAIN_LOST)
    return f"at {rate.per} {raised.at:g} {raised.sentence}", [stayed, lost]


def _ill_sized(rate: LearningRate, progress: Progress | None) -> Wrong | None:
    limit = {True: HIGHEST_FOR_ADAM, False: HIGHEST_FOR_SGD, None: HIGHEST_FOR_UNKNOWN}[rate.adaptive]
    tiny, huge = 0 < rate.peak < LOWEST.value, rate.peak >= limit.value
    if (tiny or huge) and progress is None:
        raise NotJudged(f"the rate reaches {rate.peak:.2g}; whether the run learned is unknown")
    if not (tiny or huge) or progress is None or progress.learned or progress.epochs < EPOCHS.value:
        return None
    reach = "never exceeds" if tiny else "reaches"
    message = f"the learning rate {reach} {rate.peak:.2g}, and the run learned nothing"
    return message, [("highest learning rate", rate.peak, "", LOWEST if tiny else limit)]
