"""A training loss of exactly 0 from the first epoch on: with one class every answer is right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.training.history import Curve, History
from slrdoctor.words.grammar import counted

FEWEST = 3  # values
FROM_THE_START = 1  # the latest epoch that a run begins with; one that was resumed begins later


@dataclass(frozen=True)
class ZeroLoss:
    """A loss that is 0 in every epoch, beside accuracies that are all 100% where any is logged."""

    name: str
    epochs: int  # or steps
    largest: float
    accuracies: tuple[str, ...]  # the names of the accuracies that are logged
    read_from: str

    @property
    def sentence(self) -> str:
        return f"{self.name} is {self.largest:g} at most in {counted(self.epochs, 'value')}"


@measure
def zero_loss(history: History) -> ZeroLoss:
    """Raises Unavailable where the training loss is ever above 0, or any accuracy below 100%."""
    loss = history.curve("train", "loss")
    if loss is None or len(loss.values) < FEWEST:
        raise Unavailable(f"no training loss of {FEWEST} epochs in {history.read_from}")
    begins = float(loss.epochs[0]) if loss.per == "epoch" else 0.0
    if begins > FROM_THE_START or not _is_all(loss, 0.0):
        raise Unavailable(f"{loss.name} in {loss.read_from} is not 0 from the first epoch on")
    accuracies = [curve for curve in history.curves if curve.quantity == "accuracy"]
    if not all(_is_all(curve, 1.0) for curve in accuracies):
        raise Unavailable(f"{loss.name} in {loss.read_from} is 0 beside an accuracy below 100%")
    names = tuple(dict.fromkeys(curve.name for curve in accuracies))
    return ZeroLoss(loss.name, len(loss.values), float(loss.values.max()), names, loss.read_from)


def _is_all(curve: Curve, value: float) -> bool:
    return len(curve.values) > 0 and bool(np.all(curve.values == value))
