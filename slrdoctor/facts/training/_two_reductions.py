"""Whether train and dev loss of one run were reduced in two ways: more than one epoch must say so."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from slrdoctor.facts.training._reduction import UNKNOWN, Reduction
from slrdoctor.facts.training.dev_score import finite
from slrdoctor.facts.training.history import Curve

Both = tuple[Reduction, Reduction]  # of the train and of the dev loss
FEWEST = 2  # epochs after the first
MOST = 3  # epochs after the first: later, memorising draws the losses apart


def borne_out(
    train: Curve | None, dev: Curve | None, read: Both, possible: tuple[list[Reduction], list[Reduction]]
) -> Both:
    """The reductions as read, or the one kind for both under which later epochs agree better.

    One script seldom reduces its losses in two ways. The first values alone do not show that it
    does: the mean of a first epoch holds the steps before anything was learned, and the dev loss
    comes after them all. Where later epochs do not tell either, the dev loss is of unknown reduction.
    """
    of_train, of_dev = read
    if not (of_train.is_known and of_dev.is_known) or of_train.is_like(of_dev):
        return read
    ratios = _ratios(train, dev)
    if len(ratios) < FEWEST:
        return of_train, UNKNOWN

    def distance(both: Both) -> float:
        # rounded: of two kinds that explain the same, the one of the dev loss comes first
        return round(abs(math.log(float(np.median(ratios)) * both[1].factor / both[0].factor)), 6)

    return min((read, *_of_one_kind(possible, read)), key=distance)


def _of_one_kind(
    possible: tuple[Sequence[Reduction], Sequence[Reduction]], read: Both
) -> Iterator[Both]:
    """The pairs of one kind, that of the dev loss before that of the training loss.

    A dev loss of the first epoch is that of one model; a training loss is the mean of many.
    """
    for kind in reversed(read):
        yield from (
            (one, other)
            for one in possible[0]
            for other in possible[1]
            if one.is_like(kind) and other.is_like(kind)
        )


def _ratios(train: Curve | None, dev: Curve | None) -> list[float]:
    """Train over dev loss in the few epochs after the first."""
    if train is None or dev is None:
        return []
    of_train, of_dev = (dict(zip(*(a.tolist() for a in finite(c)), strict=True)) for c in (train, dev))
    shared = sorted(e for e in of_train.keys() & of_dev.keys() if of_train[e] > 0 and of_dev[e] > 0)
    return [of_train[e] / of_dev[e] for e in shared[1 : 1 + MOST]]
