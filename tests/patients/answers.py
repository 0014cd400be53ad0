"""What a report says of one check."""

from __future__ import annotations

from typing import Any

from slrdoctor.core.report import Report


def passed(report: Report, code: str) -> str:
    """What a check that found nothing says it saw."""
    return next(entry.text for entry in report.passed if entry.code == code)


def value(finding: dict[str, Any], what: str) -> Any:
    """A piece of the evidence of a finding, by its name."""
    return next(item["value"] for item in finding["evidence"] if item["what"] == what)
