"""TRN502: did the training loss ever leave what a model reaches without looking?"""

from math import isfinite

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    OUTCOME,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Progress,
    Threshold,
    TrainLoss,
    check,
)

from ._standstill import FLAT, stands_still

AT_FLOOR = Threshold(
    0.9,
    "measured on public runs: one whose dev accuracy never left chance ended at 0.92 of its floor, "
    "six CTC runs that learn at under 0.01, one of 25 classes at 0.07",
)
EPOCHS = Threshold(5, "measured on a healthy BiLSTM-CTC: blank output at the floor in epochs 1 to 3")
LONGER = "train for at least five epochs, and log the loss and the dev score after each"
FIXES = (
    Fix("Overfit five samples first: their loss must go to 0.", "slrdoctor overfit RUN_DIR --samples 5"),
    Fix(
        "Print one batch as the model gets it, and see that features and labels belong together.",
        "for ids, x, y in loader: print(ids, x.mean((1, 2)), x.std((1, 2)), y); break",
    ),
    Fix(
        "See that the optimizer has all parameters and that their gradients are not zero.",
        "for n, p in model.named_parameters(): print(n, None if p.grad is None else p.grad.norm())",
    ),
)
SYMPTOMS = ("CTC411", "CTC412", "DEC801", "EVL904", "EVL905", "TRN505")


@check("TRN502", severity=BLOCKS, confidence=LIKELY, explains=SYMPTOMS, counts=OUTCOME)
def nothing_learned(progress: Progress, loss: TrainLoss | None) -> Findings:
    """The training loss never left what a model reaches without looking at its input.

    Why it matters: a model that ignores its input comes down to the input-blind floor, the
    entropy of the labels or CTC's best constant output, and stays there. The fall from the
    first loss to this floor looks like learning and is none.

    Judged by: after five epochs or more, the training loss at 0.9 of the floor or above it,
    the dev loss as well, and a dev score that guessing reaches. Where the floor is not known:
    a training loss that stands still with accuracy at chance, or with a WER that never fell
    under 95%.

    Fix: look for a break before anything is tuned: labels against features, the loss, the
    optimizer, the learning rate; then overfit five samples.

    References: Karpathy 2019, A Recipe for Training Neural Networks (input-independent baseline);
    Zeyer et al. 2021, Why does CTC result in peaky behavior?
    """
    if progress.learned and not progress.ending.is_blind:
        return progress.sentence
    if progress.learned or progress.epochs < EPOCHS.value:
        raise _undecided(progress)
    share, dev = progress.train_over_floor, progress.dev_over_floor
    if isfinite(share):
        if share < AT_FLOOR.value or dev < AT_FLOOR.value:
            if progress.metric:
                raise _undecided(progress)
            return progress.sentence
        where = f"{progress.last_train:.2f}, {share:.2f} of the input-blind floor {progress.floor:.2f}"
        where += progress.fall
        measured = Evidence("training loss over the floor", share, progress.read_from, limit=AT_FLOOR)
    elif loss is not None and stands_still(progress, loss):
        still = loss.over_middle
        where = f"{loss.last:.3g}, {still:.2f} of what it was in the middle of the run"
        measured = Evidence("training loss over that of the middle", still, loss.read_from, limit=FLAT)
    else:
        raise _undecided(progress)
    guessing = f" (guessing: {progress.blind_metric:.1%})" if isfinite(progress.blind_metric) else ""
    score = f", and the best dev {progress.metric} is {progress.best_metric:.1%}{guessing}"
    metrics = [progress.metric] if progress.metric else []
    yield Finding(
        f"after {progress.epochs} epochs the training loss is {where}{score if metrics else ''}",
        (
            measured,
            Evidence("epochs", progress.epochs, progress.read_from, limit=EPOCHS),
            *(Evidence(f"best dev {m}", progress.best_metric, progress.read_from) for m in metrics),
            Evidence("floor known by", progress.floor_known_by, progress.read_from),
        ),
        FIXES,
        verify="slrdoctor overfit RUN_DIR --samples 5",
    )


def _undecided(progress: Progress) -> NotJudged:
    doubt = progress.ending.doubt(progress.epochs, int(EPOCHS.value))
    return NotJudged(doubt, LONGER, looks_ill=progress.ending.is_blind)
