"""The training logs of known producers: one module each, found by looking into this folder.

A module has a module-level `LOG = LogFormat(...)`. Most are a few patterns with named
groups; whatever no producer claims is read by `generic.py`, which knows no producer.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil

from slrdoctor.artifacts.content import Text
from slrdoctor.artifacts.kinds.history.log_text.lines import LogFormat
from slrdoctor.artifacts.kinds.history.log_text.reading import LogReading
from slrdoctor.artifacts.run import HistoryFile


@functools.cache
def log_formats() -> tuple[LogFormat, ...]:
    """Every log format, the specific ones first."""
    modules = [
        importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)
    ]
    return tuple(sorted((module.LOG for module in modules), key=lambda log: (log.order, log.name)))


def recognise_log(where: str, content: Text) -> HistoryFile | None:
    """The history that a text file tells, whoever wrote it; None where it is no training log."""
    reading = LogReading(where, log_formats())
    for number, line in enumerate(content.lines, 1):
        reading.take(number, line)
    return reading.history()
