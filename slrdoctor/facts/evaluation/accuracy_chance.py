"""Accuracy against guessing: does a classifier do better than answering without looking?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from slrdoctor.arithmetic.chance import most_by_chance
from slrdoctor.artifacts.run import PredictionFile, TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.training.class_count import ClassCount
from slrdoctor.facts.training.dev_score import DevScore
from slrdoctor.facts.training.epoch_size import EpochSize
from slrdoctor.facts.training.logged_epochs import LoggedEpochs
from slrdoctor.facts.training.zero_loss import ZeroLoss
from slrdoctor.words.grammar import counted

PREDICTED = "accuracy of the predictions"
UNLIKELY = 1e-3  # chance that guessing exceeds a bound


@dataclass(frozen=True)
class AccuracyChance:
    """An accuracy, and the most that guessing reaches with a probability over one in a thousand.

    `most` bounds one look and `most_in_any` the best of all epochs; both are shares, and
    equal `guessing` where the number of samples is not known.
    """

    best: float
    last: float  # median of the last few epochs
    epochs: int  # 1 for predictions
    samples: int | None
    classes: int
    guessing: float  # the better of 1 / K and the majority's share
    majority: float  # nan where unknown
    most: float
    most_in_any: float
    classes_known_by: str
    what: str  # "dev accuracy", "accuracy of the predictions"
    read_from: str
    of_predictions: bool = False  # else of a history
    # epochs that the logs finished; None of predictions, or where training shows to have gone on
    trained: int | None = None

    @property
    def sentence(self) -> str:
        classes = counted(self.classes, "class", "classes")
        return (
            f"{self.what} is {self.last:.1%} (best {self.best:.1%}); guessing among {classes} "
            f"reaches {self.guessing:.1%} on average and up to {self.most_in_any:.1%} by luck"
        )


@measure
def accuracy_chance(
    classes: ClassCount,
    score: DevScore | None,
    size: EpochSize | None,
    run: TrainingRun,
    zero: ZeroLoss | None,
    logged: LoggedEpochs | None,
) -> AccuracyChance:
    if classes.classes == 1 and zero is not None:
        name = zero.accuracies[0]
        return _against(classes, (1.0, 1.0), zero.epochs, None, name, zero.read_from)
    if score is not None and score.quantity == "accuracy":
        samples = size.dev_samples if size is not None else None
        chance = _against(
            classes,
            (score.best, score.last),
            len(score.values),
            samples,
            f"{score.split} accuracy",
            score.read_from,
        )
        return replace(chance, trained=_trained(score, logged))
    for file in run.predictions:
        if file.references and all(len(reference) == 1 for reference in file.references):
            accuracy = _accuracy(file)
            return _against(
                classes,
                (accuracy, accuracy),
                1,
                len(file.references),
                PREDICTED,
                file.where,
            )
    raise Unavailable(
        "looked for an accuracy in the history and for predicted labels",
        "log the dev accuracy of every epoch, for example as val_acc",
    )


def _trained(score: DevScore, logged: LoggedEpochs | None) -> int | None:
    """Epochs behind the last score: a run that is scored once may have been trained for many."""
    if logged is None or logged.trained_otherwise:
        return None
    last = int(score.epochs[-1]) if score.per == "epoch" else 0
    return max(logged.epochs, len(score.values), last)


def _accuracy(file: PredictionFile) -> float:
    right = sum(h == r for h, r in zip(file.hypotheses, file.references, strict=True))
    return right / len(file.references)


def _against(
    classes: ClassCount,
    accuracies: tuple[float, float],
    epochs: int,
    samples: int | None,
    what: str,
    read_from: str,
) -> AccuracyChance:
    most = most_in_any = classes.guessing
    if samples:
        most = most_by_chance(samples, classes.guessing, UNLIKELY) / samples
        most_in_any = most_by_chance(samples, classes.guessing, UNLIKELY / epochs) / samples
    return AccuracyChance(
        best=accuracies[0],
        last=accuracies[1],
        epochs=epochs,
        samples=samples,
        classes=classes.classes,
        guessing=classes.guessing,
        majority=classes.majority,
        most=most,
        most_in_any=most_in_any,
        classes_known_by=classes.known_by,
        what=what,
        read_from=read_from,
        of_predictions=what == PREDICTED,
    )
