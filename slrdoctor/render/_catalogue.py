"""The checks by family, and the page of one, as a person reads them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markdown import Markdown
from rich.text import Text

from slrdoctor.core.page import page
from slrdoctor.core.registry import Check
from slrdoctor.render._colours import SEVERITIES, badge
from slrdoctor.render._layout import WIDEST, Line, put, room

SEVERITY = 10  # columns of the widest badge
FIRST = 2 + 8  # columns before a name


def show_checks(checks: Sequence[Check], console: Console) -> None:
    """Grouped under the titles of families on a terminal; a line a check where it is piped."""
    put(_grouped(checks, room(console)) if console.is_terminal else _plain(checks), console)


def show_page(check: Check, console: Console) -> None:
    """Set as a page on a terminal; markdown where it is piped."""
    if not console.is_terminal:
        put([Line(Text(line), is_code=True) for line in page(check).splitlines()], console)
    else:
        console.print(Markdown(page(check)), width=min(console.width, WIDEST))


def as_json(checks: Sequence[Check]) -> str:
    return json.dumps([_entry(check) for check in checks], indent=1, ensure_ascii=False)


def _entry(check: Check) -> dict[str, object]:
    return {
        "code": check.code,
        "name": check.name,
        "family": check.family.title,
        "severity": check.severity.word,
        "confidence": check.confidence.word,
        "title": check.title,
        "explains": [one if isinstance(one, str) else one.value for one in check.explains],
        "pack": check.pack,
    }


def _plain(checks: Sequence[Check]) -> Iterator[Line]:
    longest = max((len(check.name) for check in checks), default=0)
    for check in checks:
        words = f"{check.code}  {check.name:<{longest}}  {check.severity.word:<8}  "
        yield Line(Text(f"{words}{check.confidence.word:<8}  {check.title}"))


def _grouped(checks: Sequence[Check], width: int | None) -> Iterator[Line]:
    longest = max((len(check.name) for check in checks), default=0)
    ordered = sorted(checks, key=lambda check: (check.family.order, check.code))
    for place, (family, group) in enumerate(itertools.groupby(ordered, key=lambda c: c.family.title)):
        if place:
            yield Line(Text())
        yield Line(Text(family, "bold"))
        for check in group:
            yield from _entry_lines(check, longest, width or WIDEST)


def _entry_lines(check: Check, longest: int, width: int) -> Iterator[Line]:
    severity = badge(check.severity.word, SEVERITIES[check.severity])
    name = Text.assemble((f"{check.code:<8}", "bold"), f"{check.name:<{longest}}  ").append(severity)
    column = FIRST + longest + 2 + SEVERITY + 1
    if width >= WIDEST:
        # the fault beside the name, in a column of its own
        name.append(" " * (column - 2 - len(name.plain)))
        yield Line(Text(check.title), 2, lead=name, rest=" " * (column - 2))
    else:
        yield Line(name, 2)
        yield Line(Text(check.title, "dim"), FIRST)
