"""The output formats: one module each, found by looking into this folder.

A format is a module with `render(report) -> str`, and sees nothing but the report. What is to be said,
and in which order, is `report.outline`; what a finding rests on is in `report.diagnoses` (several may
share a code), with `report.verify(d)`. A format with an entry per check also needs `report.passed`,
`report.not_looked_at`, `report.ignored` and `report.crashed`, whose code is a path where a pack did not
load. A format prints these and adds nothing. `--help` names it by itself, and
`tests/test_control_characters.py` takes it up: what it is given has no character that a terminal obeys,
which is not yet valid XML or HTML.
"""

from __future__ import annotations

import importlib
import pkgutil

from slrdoctor.core.legible import legible
from slrdoctor.core.report import Report
from slrdoctor.words.controls import escaped


def formats() -> tuple[str, ...]:
    """The names of the formats that can be written."""
    return tuple(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def render(report: Report, format: str) -> str:
    """The report in one of `formats()`; ends with a line end.

    No character that a terminal obeys, or that hides or turns round text, is in it, whatever the format
    does: a format that quotes texts itself, as JSON does, says so with QUOTES and gets them as they are.
    """
    module = importlib.import_module(f"{__name__}.{format}")
    text: str = module.render(report if getattr(module, "QUOTES", False) else legible(report))
    return escaped(text if text.endswith("\n") else f"{text}\n")
