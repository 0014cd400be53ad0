"""A loss that stands still beside a score that says that what it stands at is not a success."""

from math import exp, isnan

from slrdoctor.api import (
    Evidence,
    Finding,
    Fix,
    ProbeComparison,
    Progress,
    Standstill,
    Threshold,
    TrainLoss,
    chosen,
    counted,
    number,
)

SHARE_OF_MIDDLE = chosen(0.9, "a loss that still falls loses a tenth in half a run", (0.9, 0.9), 408)
BLIND_WER = chosen(0.95, "a WER that never fell below it has hardly a token right")
LOWEST_BLIND_LOSS = Threshold(
    1.0, "CTC arithmetic: a blind model of two glosses, one per clip, has 1.7 nats, of more glosses more"
)
MOST_MOVED = chosen(0.01, "a run that learns loses a hundredth of its loss in its first epochs")
EPOCHS_PASSED = chosen(2, "within the first epoch a warm-up may not have begun")
ABOVE_GUESSING = chosen(
    0.25, "a class that is common gives a blind model more than one over the classes"
)
BLIND_ACCURACY = chosen(0.5, "an accuracy above it that stands still may be what is left to reach")
TIMES_GUESSING = chosen(
    2, "where a model knows anything, its accuracy is several times exp(-loss), the one that it expects"
)
ACCURACY_MOVED = chosen(0.02, "a fiftieth of the samples, in the median of a twentieth of the run")


def never_moved(loss: Standstill) -> bool:
    """Whether the loss stands where it began, and what it stands at is that of guessing.

    By the level itself, which is ln K, or by an accuracy that is low and stands still too.
    """
    if not loss.moved < MOST_MOVED.value or loss.epochs < EPOCHS_PASSED.value:
        return False
    if loss.classes:
        return isnan(loss.accuracy) or loss.accuracy <= 1 / loss.classes + ABOVE_GUESSING.value
    return loss.accuracy < BLIND_ACCURACY.value and loss.accuracy_moved < ACCURACY_MOVED.value


def is_guessing(loss: Standstill, progress: Progress) -> bool:
    """Whether the accuracy is that of guessing among as many classes as the loss is of.

    Then the count of classes that this accuracy would beat is that of another data set.
    """
    likely = TIMES_GUESSING.value * exp(-loss.level)
    return progress.metric == "accuracy" and progress.best_metric <= likely


def of_a_standstill(loss: Standstill, fixes: tuple[Fix, ...], probe: ProbeComparison | None) -> Finding:
    """The finding where the loss alone tells that nothing was learned."""
    guess = f", which is ln {loss.classes}, the loss of guessing among {loss.classes} classes"
    score = f", and the accuracy at {loss.accuracy:.1%}"
    return Finding(
        f"the training loss stays at {number(loss.level, 4)} over {counted(loss.points, loss.per)}"
        f"{guess if loss.classes else ''}{'' if isnan(loss.accuracy) else score}"
        f"{probe.clause if probe else ''}",
        (
            Evidence("change that its noise allows", loss.moved, loss.read_from, "share", MOST_MOVED),
            Evidence("epochs", loss.epochs, loss.read_from, limit=EPOCHS_PASSED),
        ),
        fixes,
        verify="slrdoctor overfit RUN_DIR --samples 5",
    )


def stands_still(progress: Progress, loss: TrainLoss) -> bool:
    """Whether the loss is flat and the score says that what it stands at is not a success."""
    if not progress.metric or not loss.over_middle >= SHARE_OF_MIDDLE.value:
        return False
    if progress.metric == "wer":
        return progress.best_metric >= BLIND_WER.value and loss.last >= LOWEST_BLIND_LOSS.value
    return loss.over_first >= SHARE_OF_MIDDLE.value
