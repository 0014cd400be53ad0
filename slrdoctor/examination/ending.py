"""How a command ends, whatever it is called: nothing stands in the way, something does, no result."""

from __future__ import annotations

import enum

from slrdoctor.core.finding import Severity
from slrdoctor.core.report import Report


class Ending(enum.Enum):
    FINE = "fine"
    FOUND = "found"
    NO_RESULT = "no result"


def ending_of(report: Report, limit: Severity | None) -> Ending:
    """Whether a finding is at or above the limit; None: no finding counts. A crash is no result."""
    if report.crashed:
        return Ending.NO_RESULT
    worst = report.worst()
    counts = limit is not None and worst is not None and worst >= limit
    return Ending.FOUND if counts else Ending.FINE
