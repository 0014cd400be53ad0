"""The output formats: one module each, found by looking into this folder.

A format is a module with `render(report) -> str` and sees nothing but the report. Its
docstring's first line is what `--help` says of it.
"""

from __future__ import annotations

import importlib
import pkgutil

from slrdoctor.core.report import Report


def formats() -> tuple[str, ...]:
    """The names of the formats that can be written."""
    return tuple(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def render(report: Report, format: str) -> str:
    """The report in one of `formats()`; ends with a line end."""
    text: str = importlib.import_module(f"{__name__}.{format}").render(report)
    return text if text.endswith("\n") else f"{text}\n"
