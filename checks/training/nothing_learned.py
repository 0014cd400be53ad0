"""TRN502: did the training loss ever fall below what a model reaches without looking?"""

from math import isfinite

from slrdoctor.api import (
    BEYOND_BLIND,
    BLOCKS,
    LIKELY,
    NOTHING_LEARNED,
    OUTCOME,
    Evidence,
    Findings,
    Fix,
    History,
    NotJudged,
    ProbeComparison,
    Progress,
    Standstill,
    Threshold,
    TrainLoss,
    check,
    number,
)

from ._blind_loss import of_a_blind_loss
from ._standstill import SHARE_OF_MIDDLE, is_guessing, never_moved, of_a_standstill, stands_still

SHARE_OF_BLIND_LOSS = Threshold(
    0.9,
    "measured on public runs: one whose dev accuracy never left chance ended at 0.92, six CTC runs that "
    "learn at under 0.01, one of 25 classes at 0.07",
)
EPOCHS = Threshold(5, "measured on a healthy BiLSTM-CTC: blank output and a blind loss in epochs 1 to 3")

LONGER = "train for at least five epochs, and log the loss and the dev score after each"
FIXES = (
    Fix("Overfit five samples: their loss must go to 0.", "slrdoctor overfit RUN_DIR --samples 5"),
    Fix(
        "Print a batch as the model gets it, and check that features and labels belong together.",
        "for ids, x, y in loader: print(ids, x.mean((1, 2)), x.std((1, 2)), y); break",
    ),
    Fix(
        "Check that all parameters have gradients that are not zero.",
        "for n, p in model.named_parameters(): print(n, None if p.grad is None else p.grad.norm())",
    ),
)


@check(
    "TRN502",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("CTC411", "CTC412", "DEC801", "EVL904", "EVL905", "TRN505"),
    counts=OUTCOME,
    shows=(NOTHING_LEARNED,),
    gate=BEYOND_BLIND,
)
def nothing_learned(
    history: History,
    progress: Progress | None,
    loss: TrainLoss | None,
    still: Standstill | None,
    probe: ProbeComparison | None,
) -> Findings:
    """The training loss never left what a model reaches without looking at its input.

    Why it matters: A model that ignores its input comes down to the entropy of the labels, or to CTC's
    best constant output, and stays there. The fall from the first loss to this value looks like
    learning and is not.

    Judged by: The run has five epochs or more, and the dev score is one that guessing reaches. Either
    of these has to hold as well:
    - The training loss, and the dev loss where it is known, are at 0.9 of what a model reaches
      without its input, or above.
    - Where that is unknown, the training loss stands still, with accuracy at chance or a WER that never
      fell below 95%.
    A training loss also fires that stands where it began, within a hundredth over 20 epochs or over
    200 steps of two epochs: at the logarithm of a whole number, which is the loss of guessing among
    so many classes, or beside an accuracy that is low and does not move. An accuracy of no more than
    twice exp(-loss) does not speak for the run, whatever number of classes the labels have.

    Fix: Look for a break before you tune anything: labels against features, the loss, the optimizer,
    the learning rate. Then overfit five samples.

    References: Karpathy 2019, A Recipe for Training Neural Networks (input-independent baseline);
    Zeyer et al. 2021, Why does CTC result in peaky behavior?
    """
    scored = progress is not None and progress.learned and bool(progress.metric)
    if scored and still is not None and progress is not None:
        scored = not is_guessing(still, progress)
    if still is not None and never_moved(still) and not scored:
        yield of_a_standstill(still, FIXES, probe)
        return history.sentence
    if loss is not None and loss.collapse is not None:
        return f"it had learned: {loss.sentence}"
    if progress is None:
        raise NotJudged("a loss or a score is logged for fewer than three epochs", LONGER)
    if progress.learned and not progress.ending.is_blind:
        return progress.sentence
    if progress.learned or progress.epochs < EPOCHS.value:
        raise _undecided(progress)
    share, dev = progress.train_over_floor, progress.dev_over_floor
    if isfinite(share):
        if share < SHARE_OF_BLIND_LOSS.value or dev < SHARE_OF_BLIND_LOSS.value:
            if progress.metric:
                raise _undecided(progress)
            return progress.sentence
        where = f"{progress.shown_loss('train')}, {progress.beside_blind}"
        unit = "times that of a model that ignores its input"
        measured = Evidence("training loss", share, progress.read_from, unit, SHARE_OF_BLIND_LOSS)
    elif loss is not None and stands_still(progress, loss):
        where = f"{number(loss.last)}, {loss.over_middle:.0%} of what it was in the middle of the run"
        unit = "times that in the middle of the run"
        measured = Evidence("training loss", loss.over_middle, loss.read_from, unit, SHARE_OF_MIDDLE)
    else:
        raise _undecided(progress)
    yield of_a_blind_loss(progress, measured, where, EPOCHS, FIXES, probe)


def _undecided(progress: Progress) -> NotJudged:
    doubt = progress.ending.doubt(progress.epochs, int(EPOCHS.value))
    return NotJudged(doubt, LONGER, looks_ill=progress.ending.is_blind)
