"""TRN502: did the training loss ever leave what a model reaches without looking?"""

from collections.abc import Iterator
from math import isfinite

from slrdoctor.api import BLOCKS, LIKELY, Evidence, Finding, Fix, Progress, Threshold, TrainLoss, check

AT_FLOOR = Threshold(
    0.9,
    "measured on public runs: one whose dev accuracy never left chance ended at 0.92 of its floor, "
    "six CTC runs that learn at under 0.01, one of 25 classes at 0.07",
)
FLAT = Threshold(
    0.9, "rule of thumb, docs/limits.py: what a training loss keeps of itself when it stands still"
)
EPOCHS = Threshold(
    5, "measured on a healthy BiLSTM-CTC: it stands at the floor with blank output in epochs 1 to 3"
)
BLIND_WER = 0.95  # a WER never under this, without a floor to hold the loss against
LOWEST_FLOOR = 1.0  # nats: one of two signs a clip has 1.7 a token, every larger vocabulary more
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


@check("TRN502", severity=BLOCKS, confidence=LIKELY, explains=SYMPTOMS)
def nothing_learned(progress: Progress, loss: TrainLoss | None) -> Iterator[Finding]:
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
    if progress.learned or progress.epochs < EPOCHS.value:
        return
    share, dev = progress.train_over_floor, progress.dev_over_floor
    if isfinite(share):
        if share < AT_FLOOR.value or dev < AT_FLOOR.value:
            return
        where = f"{progress.last_train:.2f}, {share:.2f} of the input-blind floor {progress.floor:.2f}"
        where += progress.fall
        measured = Evidence("training loss over the floor", share, progress.read_from, limit=AT_FLOOR)
    elif loss is not None and _stands_still(progress, loss):
        still = loss.over_middle
        where = f"{loss.last:.3g}, {still:.2f} of what it was in the middle of the run"
        measured = Evidence("training loss over that of the middle", still, loss.read_from, limit=FLAT)
    else:
        return
    score = f", and the best dev {progress.metric} is {progress.best_metric:.1%}"
    score += f" (guessing: {progress.blind_metric:.1%})" if isfinite(progress.blind_metric) else ""
    score = score if progress.metric else ""
    yield Finding(
        f"after {progress.epochs} epochs the training loss is {where}{score}",
        (
            measured,
            Evidence("epochs", progress.epochs, progress.read_from, limit=EPOCHS),
            *(
                [Evidence(f"best dev {progress.metric}", progress.best_metric, progress.read_from)]
                if score
                else []
            ),
            Evidence("floor known by", progress.floor_known_by, progress.read_from),
        ),
        FIXES,
        verify="slrdoctor overfit RUN_DIR --samples 5",
    )


def _stands_still(progress: Progress, loss: TrainLoss) -> bool:
    """Whether the loss is flat and the score says that what it stands at is no success."""
    if not progress.metric or not loss.over_middle >= FLAT.value:
        return False
    if progress.metric == "wer":
        return progress.best_metric >= BLIND_WER and loss.last >= LOWEST_FLOOR
    return loss.over_first >= FLAT.value
