"""The training logs of known producers: one module each, found by looking into this folder.

A module has a module-level `LOG = LogFormat(...)`. Most are a few patterns with named
groups; whatever no producer claims is read by `generic.py`, which knows no producer.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

from slrdoctor.artifacts.content import Text
from slrdoctor.artifacts.log_lines import LineReading
from slrdoctor.artifacts.run import HistoryFile


@dataclass(frozen=True)
class LogFormat:
    """How one producer writes its training log.

    `read(line)` gives what a line says, or None for a line of somebody else's. Each line
    is given to the formats in the order of `order`, until one claims it.
    """

    name: str
    read: Callable[[str], LineReading | None]
    order: int = 0


@functools.cache
def log_formats() -> tuple[LogFormat, ...]:
    """Every log format, the specific ones first."""
    found = [
        importlib.import_module(f"{__name__}.{module.name}").LOG
        for module in pkgutil.iter_modules(__path__)
    ]
    return tuple(sorted(found, key=lambda log: (log.order, log.name)))


def recognise_log(where: str, content: Text) -> HistoryFile | None:
    """The history that a text file tells, whoever wrote it; None where it is no training log."""
    from slrdoctor.artifacts.log_reading import LogReading

    reading = LogReading(where, log_formats())
    for number, line in enumerate(content.lines, 1):
        reading.take(number, line)
    return reading.history()
