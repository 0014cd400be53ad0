"""How many classes a classifier chooses among, told without its data where it must be."""

from __future__ import annotations

import math
from dataclasses import dataclass

from slrdoctor.facts.blind_floor import BlindFloor
from slrdoctor.facts.blind_score import BlindScore
from slrdoctor.facts.chance import most_by_chance, tail
from slrdoctor.facts.dev_score import finite, held_out
from slrdoctor.facts.epoch_size import EpochSize
from slrdoctor.facts.history import History
from slrdoctor.facts.task import Task
from slrdoctor.facts.uniform_start import UniformStart
from slrdoctor.registry import Unavailable, measure

# a first accuracy this unlikely under 1/K says that the model is no longer guessing
UNLIKELY = 0.01


@dataclass(frozen=True)
class ClassCount:
    """The number of classes K, the accuracy of guessing, and of always answering the commonest class."""

    classes: int
    chance: float  # 1 / K
    majority: float  # share of the commonest class on dev; nan where the labels are not known
    known_by: str
    measured: bool  # false where it was inferred from the first losses
    read_from: str

    @property
    def guessing(self) -> float:
        """The better of the two answers that need no input."""
        return self.chance if math.isnan(self.majority) else max(self.chance, self.majority)

    @property
    def sentence(self) -> str:
        return f"{self.classes} classes ({self.known_by}): chance is {self.chance:.2%}"


@measure
def class_count(
    task: Task | None,
    floor: BlindFloor | None,
    start: UniformStart | None,
    blind: BlindScore | None,
    size: EpochSize | None,
    history: History | None,
) -> ClassCount:
    if task is not None and task.name != "classification":
        raise Unavailable(f"the task is {task.name}, which has no classes to guess among")
    if floor is not None and floor.task == "classification" and floor.classes > 1:
        return ClassCount(
            floor.classes, 1 / floor.classes, floor.accuracy, "the labels", True, floor.read_from
        )
    if blind is not None and math.isfinite(blind.chance) and blind.chance < 1:
        return ClassCount(
            round(1 / blind.chance), blind.chance, blind.accuracy, "the labels", True, blind.read_from
        )
    if task is not None and start is not None and start.classes > 1:
        return _told(start.classes, "the vocabulary", start.read_from)
    if size is not None and size.classes is not None and size.classes > 1:
        return _told(size.classes, size.known_by["classes"], size.known_by["classes"].partition(":")[0])
    if history is not None:
        return _from_first_losses(history, size.dev_samples if size else None)
    raise Unavailable("the number of classes is not known: no labels, no configuration, no history")


def _told(classes: int, known_by: str, read_from: str) -> ClassCount:
    return ClassCount(classes, 1 / classes, math.nan, known_by, True, read_from)


def _from_first_losses(history: History, samples: int | None) -> ClassCount:
    """K = exp(first dev loss), where the first accuracy is what guessing among K gives."""
    loss, accuracy = held_out(history, "loss"), held_out(history, "accuracy")
    if loss is None or accuracy is None or loss.split != accuracy.split or samples is None:
        raise Unavailable(
            "the number of classes is not known: no labels, no configuration that says it, "
            f"and {history.read_from} has no first loss and accuracy to infer it from",
            "put the labels beside the history, or num_classes into a configuration file",
        )
    first, share = float(finite(loss)[1][0]), float(finite(accuracy)[1][0])
    right = round(share * samples)
    if not math.log(2) <= first < math.log(100_000) or not _guessed(right, samples, math.exp(-first)):
        raise Unavailable(
            f"the number of classes is not known: the first {loss.split} loss {first:.2f} with accuracy "
            f"{share:.1%} is not that of guessing",
            "put the labels beside the history, or num_classes into a configuration file",
        )
    classes = max(2, round(math.exp(first)))
    known_by = f"the first {loss.split} loss {first:.3f} = ln {classes}, with accuracy {share:.2%}"
    return ClassCount(classes, 1 / classes, math.nan, known_by, False, loss.read_from)


def _guessed(right: int, samples: int, share: float) -> bool:
    too_good = right > most_by_chance(samples, share, UNLIKELY)
    too_bad = 1 - tail(right + 1, samples, share) < UNLIKELY
    return not too_good and not too_bad
