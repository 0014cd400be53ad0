"""What is to be trained, and how: the options as given, then with every default filled in."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slrdoctor.models.reference import models_for, path_of, task_of
from slrdoctor.probes.trainable import Sample

# that the small models need at most: early stopping ends most plain runs long before
STEPS = {"plain": 4000, "phased": 2000}
FEWEST_EPOCHS, MOST_EPOCHS = 40, 300


class CannotRetrain(Exception):
    """There is nothing to train, or no place to train it in. The message is for the user."""


@dataclass(frozen=True)
class Options:
    """What the user asked for; None and "" leave the choice to us."""

    model: str = ""
    recipe: str = "plain"
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    seed: int = 0
    device: str = "auto"


@dataclass(frozen=True)
class Plan:
    """Everything that the result depends on: the same plan gives the same numbers on a CPU."""

    model: str
    task: str
    recipe: str
    epochs: int
    batch_size: int
    learning_rate: float
    seed: int
    device: str
    train: int  # samples
    dev: int
    data: str  # a digest of ids, lengths and targets

    def as_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


def chosen_model(task: str, wanted: str) -> str:
    """The model's name; raises CannotRetrain for one that does not fit the task."""
    fitting = models_for(task)
    if not fitting:
        raise CannotRetrain(f"no reference model is for {task}")
    if not wanted:
        return fitting[0]
    try:
        own_task = task_of(path_of(wanted))
    except ValueError as error:
        own = "; a model of your own is tried by slrdoctor overfit" if ".py" in wanted else ""
        raise CannotRetrain(f"{error}{own}") from None
    if wanted not in fitting:
        raise CannotRetrain(
            f"{wanted} is a model for {own_task or 'no known task'}, and the run's task is {task}: "
            f"{' or '.join(fitting)} fits"
        )
    return wanted


def planned(
    options: Options,
    task: str,
    rate: float,
    device: str,
    train: Sequence[Sample],
    dev: Sequence[Sample],
) -> Plan:
    """Fill in what the user left open. `rate` is the model's own learning rate."""
    if options.recipe == "phased" and task != "ctc":
        raise CannotRetrain(
            f"the phased recipe is for CTC, whose blank it penalises, and the run's task is {task}: "
            "leave out --recipe"
        )
    size = min(options.batch_size or _batch_size(task, len(train)), len(train))
    epochs = options.epochs or _epochs(math.ceil(len(train) / size), options.recipe)
    return Plan(
        model=chosen_model(task, options.model),
        task=task,
        recipe=options.recipe,
        epochs=epochs,
        batch_size=size,
        learning_rate=options.learning_rate or rate,
        seed=options.seed,
        device=device,
        train=len(train),
        dev=len(dev),
        data=_digest(train, dev),
    )


def _batch_size(task: str, samples: int) -> int:
    if task == "retrieval":
        return 64  # the other samples of a batch are what there is to tell from
    return 8 if samples < 500 else 16 if samples < 5000 else 32


def _epochs(steps_an_epoch: int, recipe: str) -> int:
    return min(MOST_EPOCHS, max(FEWEST_EPOCHS, math.ceil(STEPS[recipe] / steps_an_epoch)))


def _digest(*splits: Sequence[Sample]) -> str:
    told = [[(s.id, s.frames, list(s.tokens), list(s.target)) for s in split] for split in splits]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
