"""The parts that checks play in a report: what the core reads in place of their codes."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Role(enum.Enum):
    """What must have been judged of a run before it may be called healthy."""

    DATA = "the features"  # their values were read
    LABELS = "the labels"
    OUTCOME = "whether anything was learned"  # a history or outputs that show it


class Symptom(enum.Enum):
    """What a check shows that looks at what came out, and knows no cause: for `explains`."""

    NOTHING_LEARNED = "nothing was learned"  # whatever kept the run from learning
    FAILS_ON_DEV = "the run fails on other samples than it was trained on"


class Extent(enum.Enum):
    """How much of a data set a check must see to judge it."""

    EVERY_SAMPLE = "every sample"  # it counts over the whole data set: some batches do not show it


@dataclass(frozen=True)
class Family:
    """Checks that look at one thing; `code` is what their codes begin with."""

    code: str
    title: str
    order: int
    task: str = ""  # the one task that they are about; empty for all
    is_data: bool = False  # of the data as they lie there, whatever is trained on them
    is_machine: bool = False  # of what is installed now, which did not make the numbers of this run
    is_experiment: bool = False  # of a model that the doctor runs
    in_overfit: bool = False  # judged before and beside a training on a few samples


@dataclass(frozen=True)
class Gate:
    """What must hold before more data, a larger model or more epochs are worth it.

    In the order of `order`: what comes later says nothing without what comes before.
    """

    what: str
    order: int
    task: str = ""  # the one task that it is asked of
    own_model: bool = False  # only the user's own model answers it
