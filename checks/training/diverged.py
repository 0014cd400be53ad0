"""TRN503: did the training loss rise and stay up?"""

from collections.abc import Iterator

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Fix,
    Threshold,
    TrainLoss,
    check,
)

LOST = Threshold(0.5, "rule of thumb, docs/limits.py: half of what the loss had gained is lost again")
RISEN = Threshold(1.25, "rule of thumb, docs/limits.py: times the lowest training loss of the run")
FEWEST = 5  # epochs: fewer do not show what a loss does afterwards


@check(
    "TRN503",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("TRN505", *NOTHING_LEARNED),
)
def diverged(loss: TrainLoss) -> Iterator[Finding]:
    """The training loss rose and stayed up.

    Why it matters: a run whose training loss climbs is being destroyed by its own steps, and
    every checkpoint after its best is worse than the one before.

    Judged by: every value of the last fifth of the run above the lowest training loss by a
    quarter of it and by half of what the loss had gained; so spikes that recover do not count,
    nor does a loss near zero that wavers. Not where the dev score kept its gain: a stage that
    adds terms to the loss raises it as well.

    Fix: lower the learning rate, warm it up, clip the gradient, and go on from the best
    checkpoint.

    References: Goodfellow et al. 2016, Deep Learning, section 8.3.1; Pascanu et al. 2013, On the
    difficulty of training recurrent neural networks
    """
    gained, lost = loss.first - loss.best, loss.lowest_at_end - loss.best
    if loss.points < FEWEST or loss.score_kept or lost <= 0:
        return
    if lost < LOST.value * gained or loss.lowest_at_end < loss.best + (RISEN.value - 1) * abs(loss.best):
        return
    yield Finding(
        f"the training loss rose from {loss.best:.3g} at {loss.per} {loss.best_at:g} to {loss.last:.3g} "
        f"and did not come back in the last fifth of {loss.points} {loss.per}s",
        (
            Evidence(
                "lowest of the last fifth over the lowest of the run",
                loss.lowest_at_end / loss.best if loss.best else "inf",
                loss.read_from,
                limit=RISEN,
            ),
            Evidence(
                "share of the gain that is lost",
                lost / gained if gained else "all",
                loss.read_from,
                limit=LOST,
            ),
        ),
        (
            Fix("Lower the learning rate to a third, with a warm-up over the first thousand steps."),
            Fix(
                "Clip the gradient.",
                "torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)",
            ),
            Fix(f"Go on from the checkpoint of {loss.per} {loss.best_at:g}."),
        ),
    )
