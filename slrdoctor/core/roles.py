"""The parts that checks play in a report, whatever they look at."""

from __future__ import annotations

import enum


class Role(enum.Enum):
    """What must have been judged of a run before it may be called healthy."""

    DATA = "the features"  # their values were read
    LABELS = "the labels"
    OUTCOME = "whether anything was learned"  # a history or outputs that show it
