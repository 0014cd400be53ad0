"""How many classes a classifier chooses among, told without its data where it must be."""

from __future__ import annotations

import math
from dataclasses import dataclass

from slrdoctor.arithmetic.chance import most_by_chance, tail
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.ctc.blind_floor import BlindFloor
from slrdoctor.facts.ctc.uniform_start import UniformStart
from slrdoctor.facts.evaluation.blind_score import BlindScore
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.training.dev_score import finite, held_out
from slrdoctor.facts.training.epoch_size import EpochSize
from slrdoctor.facts.training.history import History
from slrdoctor.facts.training.zero_loss import ZeroLoss
from slrdoctor.words.grammar import counted

# a first accuracy this unlikely under 1/K says that the model is no longer guessing
UNLIKELY = 0.01
ALIKE = 0.03  # relative distance of losses that stand at the same place
ENABLE = "put the labels beside the history, or num_classes into a configuration file"


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
        return (
            f"{counted(self.classes, 'class', 'classes')} ({self.known_by}): chance is {self.chance:.2%}"
        )


@measure
def class_count(
    task: Task | None,
    floor: BlindFloor | None,
    start: UniformStart | None,
    blind: BlindScore | None,
    size: EpochSize | None,
    history: History | None,
    zero: ZeroLoss | None,
) -> ClassCount:
    if task is not None and task.name != "classification":
        raise Unavailable(f"the task is {task.name}, which has no classes to guess among")
    if zero is not None and zero.accuracies:
        return ClassCount(1, 1.0, math.nan, f"as {zero.sentence}", False, zero.read_from)
    if floor is not None and floor.task == "classification" and floor.classes > 1:
        return ClassCount(
            floor.classes, 1 / floor.classes, floor.accuracy, "the labels", True, floor.read_from
        )
    if blind is not None and math.isfinite(blind.chance) and blind.chance < 1:
        return ClassCount(
            round(1 / blind.chance), blind.chance, blind.accuracy, "the labels", True, blind.read_from
        )
    if task is not None and start is not None and start.classes > 1:
        return _of(start.classes, "the vocabulary", start.read_from)
    if size is not None and size.classes is not None and size.classes > 1:
        return _of(size.classes, size.known_by["classes"], size.known_by["classes"].partition(":")[0])
    if history is not None:
        return _from_first_losses(history, size.dev_samples if size else None)
    raise Unavailable("the number of classes is unknown: no labels, no configuration, no history")


def _of(classes: int, known_by: str, read_from: str) -> ClassCount:
    return ClassCount(classes, 1 / classes, math.nan, known_by, True, read_from)


def _from_first_losses(history: History, samples: int | None) -> ClassCount:
    """K = exp(first dev loss), where the run begins as guessing among K classes would.

    One loss and one accuracy can agree by chance: the training loss must begin at the same
    value, the dev loss must still be there in the next epoch, and the accuracy be 1/K.
    """
    losses = [c for c in (held_out(history, "loss"), history.curve("train", "loss")) if c is not None]
    accuracy = held_out(history, "accuracy")
    values = [finite(c)[1] for c in losses]
    if (
        len(losses) < 2
        or accuracy is None
        or samples is None
        or len(values[0]) < 2
        or not len(values[1])
    ):
        raise Unavailable(
            "the number of classes is unknown: neither labels nor a configuration give it, "
            f"and {history.read_from} lacks the first losses and accuracy to infer it from",
            ENABLE,
        )
    first, share = float(values[0][0]), float(finite(accuracy)[1][0])
    same = all(abs(v - first) <= ALIKE * first for v in (values[0][1], values[1][0]))
    right = round(share * samples)
    plausible = math.log(2) <= first < math.log(100_000)
    if not same or not plausible or not _guessed(right, samples, math.exp(-first)):
        raise Unavailable(
            f"the number of classes is unknown: the first {losses[0].split} loss {first:.2f} with "
            f"accuracy {share:.1%} is not that of guessing",
            ENABLE,
        )
    classes = max(2, round(math.exp(first)))
    known_by = f"the first {losses[0].split} loss {first:.3f} = ln {classes}, with accuracy {share:.2%}"
    return ClassCount(classes, 1 / classes, math.nan, known_by, False, losses[0].read_from)


def _guessed(right: int, samples: int, share: float) -> bool:
    too_good = right > most_by_chance(samples, share, UNLIKELY)
    too_bad = 1 - tail(right + 1, samples, share) < UNLIKELY
    return not too_good and not too_bad
