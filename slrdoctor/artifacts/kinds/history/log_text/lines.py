"""What one line of a training log says, and how a producer's patterns are written down."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from slrdoctor.words.series_names import meaning_of
from slrdoctor.words.splits import split_of_word

NUMBER = (
    r"[-+]?(?:\d+(?:_\d+)*\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|"
    r"nan|NaN|NAN|inf|Inf|INF|[Ii]nfinity)"
)
_PLACES = ("epoch", "epochs", "step", "batch", "batches", "split", "percent")


@dataclass(frozen=True, slots=True)
class Value:
    """One number of a line. `split` and `quantity` are "" where only its name can tell."""

    name: str
    value: float
    split: str = ""
    quantity: str = ""
    percent: bool = False


@dataclass(frozen=True, slots=True)
class LineReading:
    """What one line says. A line with a batch or a step is about less than an epoch."""

    values: tuple[Value, ...] = ()
    epoch: float | None = None
    epochs: int | None = None  # how many are planned
    step: float | None = None  # over the whole training
    batch: float | None = None
    batches: int | None = None
    part: bool = False  # the values are of a part of an epoch, whatever else is known
    last: bool = False  # a progress bar at its end: what it shows stands for the epoch
    sums_up: bool = False  # a progress bar at its end, with the means over its epoch
    closes: bool = False  # the line ends the epoch that it names


@dataclass(frozen=True)
class LogFormat:
    """How one producer writes its training log.

    `read(line)` gives what a line says, or None for a line of somebody else's. Each line
    is given to the formats in the order of `order`, until one claims it.
    """

    name: str
    read: Callable[[str], LineReading | None]
    order: int = 0


@dataclass(frozen=True)
class Line:
    """One kind of line: a literal that such lines hold, and a pattern that takes them apart.

    `{n}` in the pattern is a number. Named groups say where the line stands (epoch, step,
    batch, batches, split, percent); every other named group is a value, its name the
    series' name. `names` gives a name that a group cannot have, `split` the split.
    """

    holds: str
    pattern: str
    split: str = ""
    part: bool = False
    names: tuple[tuple[str, str], ...] = ()


def by_patterns(*lines: Line) -> Callable[[str], LineReading | None]:
    """A `read` made of patterns; the first that fits the line takes it."""
    compiled = [(line, re.compile(line.pattern.replace("{n}", NUMBER))) for line in lines]

    def read(text: str) -> LineReading | None:
        for line, pattern in compiled:
            if line.holds in text:
                match = pattern.search(text)
                if match:
                    return _reading(line, match)
        return None

    return read


def _reading(line: Line, match: re.Match[str]) -> LineReading:
    groups = {name: text for name, text in match.groupdict().items() if text is not None}
    split = split_of_word(groups.get("split", "")) or line.split
    names = dict(line.names)
    values = []
    for group, text in groups.items():
        if group not in _PLACES:
            name = names.get(group, group)
            told = meaning_of(name)
            values.append(
                Value(name, float(text), told.split or split, told.quantity, bool(groups.get("percent")))
            )
    return LineReading(
        tuple(values),
        epoch=_number(groups.get("epoch")),
        epochs=_whole(groups.get("epochs")),
        step=_number(groups.get("step")),
        batch=_number(groups.get("batch")),
        batches=_whole(groups.get("batches")),
        part=line.part or "batch" in groups,
    )


def _number(text: str | None) -> float | None:
    return float(text) if text is not None else None


def _whole(text: str | None) -> int | None:
    return int(text[:12]) if text is not None else None  # a hostile number has thousands of digits
