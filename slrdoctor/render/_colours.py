"""Colours of severities and verdicts. A badge has its own ground, legible on light and on dark."""

from __future__ import annotations

from rich.text import Text

from slrdoctor.core.finding import Severity

SEVERITIES = {
    Severity.BLOCKS: "bold #ffffff on #b3261e",
    Severity.MISLEADS: "bold #ffffff on #8e24aa",
    Severity.DEGRADES: "bold #000000 on #e0a800",
    Severity.NOTE: "bold #ffffff on #00677d",
}
VERDICTS = {
    "broken": SEVERITIES[Severity.BLOCKS],
    "suspect": SEVERITIES[Severity.DEGRADES],
    "healthy": "bold #ffffff on #1b6e3c",
    "unknown": "bold #ffffff on #5f6368",
}
STATES = {"yes": ("✓", "green"), "no": ("✗", "bold red"), "unknown": ("?", "magenta")}
OUTCOMES = {"learned": "green", "learned nothing": "bold red", "unknown": "dim"}


def badge(word: str, style: str) -> Text:
    return Text(f" {word} ", style)
