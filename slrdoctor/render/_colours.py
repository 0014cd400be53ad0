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
FAULT = SEVERITIES[Severity.BLOCKS]
FINE = "bold #ffffff on #1b6e3c"
UNDECIDED = "bold #ffffff on #5f6368"
# of verdicts and of answers; what is not listed names a fault
BADGES = {
    "suspect": SEVERITIES[Severity.DEGRADES],
    **dict.fromkeys(("healthy", "reproduced", "can be learned", "fixed"), FINE),
    **dict.fromkeys(("unknown", "no answer", "no result", "no conclusion", "not judged"), UNDECIDED),
}
STATES = {"yes": ("✓", "green"), "no": ("✗", "bold red"), "unknown": ("?", "magenta")}
OUTCOMES = {"learned": "green", "learned nothing": "bold red", "unknown": "dim", "pretraining": "dim"}


def badge(word: str, style: str) -> Text:
    return Text.assemble((f" {word} ", style))
