"""TRN506: does the learning rate let the model learn?"""

from collections.abc import Iterator

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Fix,
    LearningRate,
    Progress,
    StageChanges,
    Threshold,
    TrainLoss,
    check,
)

ENDS_ZERO = Threshold(0.25, "arithmetic: a cosine to zero is at zero in its last step only")
ENDS_LOW = Threshold(0.5, "arithmetic: a cosine is under a thousandth of its peak in 2% of a run")
HIGH_ADAPTIVE = Threshold(0.01, "Kingma and Ba 2015: ten times Adam's default of 0.001")
HIGH_SGD = Threshold(1.0, "Goyal et al. 2017: 0.1 for a batch of 256, in proportion to the batch")
HIGH_UNKNOWN = Threshold(
    0.1, "rule of thumb, docs/limits.py: high for Adam, and the most that is usual for SGD"
)
WORSE = Threshold(1.25, "rule of thumb, docs/limits.py: of the training loss before it, as in TRN503")
TINY = Threshold(1e-7, "arithmetic: a hundred thousand steps of Adam move a weight by 0.01")
LOST = 0.2  # of what the loss had gained: a loss near zero that wavers loses less
STILL = 0.02  # of the first loss: a fall by more says that the rate is printed as 0 and is not
HIGH_LOSS = 0.3  # of the first loss: a run that is still there has much left to learn
EPOCHS = 5
FIXES = (
    Fix("Step the scheduler once for what it counts.", "scheduler.step()  # T_max in epochs: once each"),
    Fix("Start AdamW at 3e-4, warm up over 5% of the steps and decay by a cosine."),
)


@check(
    "TRN506",
    severity=DEGRADES,
    confidence=LIKELY,
    explains=("MDL603", "TRN501", "TRN503", "TRN505", "TRN507", "TRN508", "TRN509", *NOTHING_LEARNED),
)
def learning_rate_off(
    rate: LearningRate,
    progress: Progress | None,
    loss: TrainLoss | None,
    stages: StageChanges | None,
) -> Iterator[Finding]:
    """The learning rate is zero, falls to nothing early, or is too high to learn with.

    Why it matters: at a rate of zero every epoch repeats the last one, and at one far too high
    the weights are thrown about; both look like data that cannot be learned.

    Judged by: a rate of zero over the last quarter of the run, or under a thousandth of its peak
    over the last half, while the training loss stood still above 0.3 of its first value; or
    raised threefold at once, with a training loss that stays a quarter above what it was while
    the dev score lost its gain; or, in a run that learned nothing, 0.01 or more with an optimizer
    like Adam, 1 or more with SGD, 0.1 or more where it is not told, or under 1e-7. Warm-up from
    zero, a cosine to zero, restarts and a rate that is printed as 0.0000 pass.

    Fix: step the scheduler once an epoch if it counts epochs; start Adam at 1e-4 to 1e-3.

    References: Smith 2017, Cyclical Learning Rates (the range test); Kingma and Ba 2015, Adam
    """
    message, measured, limit = "", 0.0, TINY
    raised, kept = rate.raised, loss and loss.score_kept
    if raised and stages and stages.named_at(raised.at):
        raised = None  # the shock of a new stage is TRN508's
    stuck = rate.fall_while_low < STILL and rate.loss_left >= HIGH_LOSS
    if stuck and rate.zero_at_end >= ENDS_ZERO.value:
        measured, limit = rate.zero_at_end, ENDS_ZERO
        message = f"the learning rate is 0 in the last {rate.zero_at_end:.0%} of the run, and the "
        message += f"training loss stands at {rate.loss_left:.0%} of its first value"
    elif stuck and rate.low_at_end >= ENDS_LOW.value:
        measured, limit = rate.low_at_end, ENDS_LOW
        message = f"the learning rate falls from {rate.peak:.2g} to {rate.last:.2g} and is under a "
        message += f"thousandth of its peak from {rate.per} {rate.low_from:g} on, and the loss stands"
    elif raised is not None and raised.stayed >= WORSE.value and raised.lost > LOST and kept is not True:
        measured, limit = raised.stayed, WORSE
        message = f"at {rate.per} {raised.at:g} {raised.sentence}"
    elif progress is not None and not progress.learned and progress.epochs >= EPOCHS:
        measured = rate.peak
        limit = {True: HIGH_ADAPTIVE, False: HIGH_SGD, None: HIGH_UNKNOWN}[rate.adaptive]
        if rate.peak >= limit.value:
            message = f"the learning rate is {rate.peak:.2g}, and the run learned nothing"
        elif 0 < rate.peak < TINY.value:
            limit = TINY
            message = f"the learning rate never exceeds {rate.peak:.2g}, and the run learned nothing"
    if message:
        yield Finding(
            message,
            (
                Evidence("what was judged", measured, rate.read_from, limit=limit),
                Evidence("highest learning rate", rate.peak, rate.read_from),
                Evidence("optimizer", rate.optimizer or "not told", rate.read_from),
            ),
            FIXES,
        )
