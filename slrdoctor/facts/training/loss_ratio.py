"""Train loss over dev loss in the same epochs, against the number of batches."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.training._reduction import UNKNOWN, Reduction
from slrdoctor.facts.training.dev_score import finite, held_out
from slrdoctor.facts.training.epoch_size import EpochSize
from slrdoctor.facts.training.history import History
from slrdoctor.facts.training.loss_scale import LossScale
from slrdoctor.words.grammar import counted, number

EARLY = 1 / 3  # of the epochs: before memorising draws the losses apart
FEWEST = 3


@dataclass(frozen=True)
class LossRatio:
    """The larger of two mean losses over the smaller, in the first third of the epochs."""

    ratio: float  # median
    spread: float  # largest over smallest ratio in these epochs
    larger: str  # train | dev
    batches: int | None  # an epoch of the split with the larger loss
    other_batches: int | None  # of the split with the smaller loss
    first_train: float
    first_dev: float
    train_reduction: Reduction
    dev_reduction: Reduction
    epochs: int
    read_from: str

    @property
    def first_ratio(self) -> float:
        larger, smaller = self.first_train, self.first_dev
        return larger / smaller if self.larger == "train" else smaller / larger

    @property
    def sentence(self) -> str:
        other = "dev" if self.larger == "train" else "train"
        times = f"the {self.larger} loss is {number(self.ratio)} times the {other} loss"
        return f"{times} in the first {counted(self.epochs, 'epoch')}"


@measure
def loss_ratio(history: History, size: EpochSize | None, scale: LossScale | None) -> LossRatio:
    train, dev = history.curve("train", "loss"), held_out(history, "loss")
    if train is None or dev is None or train.per != dev.per:
        raise Unavailable(
            f"no train and dev loss over the same steps in {history.read_from}",
            "log the mean train and dev loss of every epoch",
        )
    first, second = (
        dict(zip(*(a.tolist() for a in finite(train)), strict=True)),
        dict(zip(*(a.tolist() for a in finite(dev)), strict=True)),
    )
    both = sorted(first.keys() & second.keys())
    both = [e for e in both if first[e] > 0 and second[e] > 0]
    both = both[: max(FEWEST, math.ceil(len(both) * EARLY))]
    if len(both) < FEWEST:
        raise Unavailable(
            f"{history.read_from} has positive losses on both splits for {counted(len(both), 'epoch')}",
            f"log both losses for at least {FEWEST} epochs",
        )
    ratios = np.array([first[e] / second[e] for e in both])
    larger = "train" if np.median(ratios) >= 1 else "dev"
    ratios = ratios if larger == "train" else 1 / ratios
    counts = (size.train_batches, size.dev_batches) if size else (None, None)
    batches, other_batches = counts if larger == "train" else counts[::-1]
    return LossRatio(
        ratio=float(np.median(ratios)),
        spread=float(np.max(ratios) / np.min(ratios)),
        larger=larger,
        batches=batches,
        other_batches=other_batches,
        first_train=first[both[0]],
        first_dev=second[both[0]],
        train_reduction=scale.train if scale else UNKNOWN,
        dev_reduction=scale.dev if scale else UNKNOWN,
        epochs=len(both),
        read_from=train.read_from,
    )
