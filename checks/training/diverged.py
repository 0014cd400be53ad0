"""TRN503: did the training loss rise and stay up?"""

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    TrainLoss,
    check,
    chosen,
    counted,
    number,
)

from ._collapse import of_a_collapse

GAIN_LOST = chosen(0.5, "half of what the loss had gained is lost again", (0.5, 0.55), 392)
TIMES_LOWEST = chosen(1.25, "a quarter above the lowest training loss", (1.125, 1.875), 392)
SMALLER_STEPS = (
    Fix("Lower the learning rate to a third, with a warm-up over the first thousand steps."),
    Fix("Clip the gradient.", "torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)"),
)
FEWEST_VALUES = chosen(5, "fewer do not show what a loss does after its lowest")


@check(
    "TRN503",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("TRN505", NOTHING_LEARNED),
)
def diverged(loss: TrainLoss) -> Findings:
    """The training loss rose and stayed up.

    Why it matters: A run whose training loss climbs is being destroyed by its own steps, and every
    checkpoint after its best is worse than the one before.

    Judged by: Every value of the last fifth of the run lies above the lowest training loss by a quarter
    of it and by half of what the loss had gained. So spikes that recover do not count, nor does a
    loss near zero that wavers. A shorter end, of a twentieth of the run, counts where the loss
    stands still at its beginning again and the accuracy is lost with it, or the loss is that of
    guessing. A run whose dev score kept its gain passes too: a stage that adds terms to the loss
    raises it as well.

    Fix: Lower the learning rate, warm it up, clip the gradient, and continue from the best checkpoint.

    References: Goodfellow et al. 2016, Deep Learning, section 8.3.1; Pascanu et al. 2013, On the
    difficulty of training recurrent neural networks
    """
    if loss.score_kept:
        return loss.sentence
    if loss.collapse is not None:
        yield of_a_collapse(loss, loss.collapse, GAIN_LOST, SMALLER_STEPS)
        return loss.sentence
    gained, lost = loss.first - loss.best, loss.lowest_at_end - loss.best
    if lost <= 0:
        return loss.sentence
    if loss.points < FEWEST_VALUES.value:
        few = f"only {counted(loss.points, 'value')} of the training loss logged"
        raise NotJudged(f"{few}: it takes {FEWEST_VALUES.value:g} to see whether it came back")
    risen = (TIMES_LOWEST.value - 1) * abs(loss.best)
    if lost < GAIN_LOST.value * gained or loss.lowest_at_end < loss.best + risen:
        return loss.sentence
    yield Finding(
        f"the training loss rose from {number(loss.best)} at {loss.per} {loss.best_at:g} to "
        f"{number(loss.last)} and did not come back in the last fifth of the {loss.points} {loss.per}s",
        (
            Evidence(
                "lowest loss of the last fifth",
                loss.lowest_at_end / loss.best if loss.best else "infinitely many",
                loss.read_from,
                "times the lowest of the run",
                TIMES_LOWEST,
            ),
            Evidence(
                "share of the gain that is lost",
                lost / gained if gained else "all",
                loss.read_from,
                "share",
                GAIN_LOST,
            ),
        ),
        (*SMALLER_STEPS, Fix(f"Continue from the checkpoint of {loss.per} {loss.best_at:g}.")),
    )
