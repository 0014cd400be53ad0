"""What each file was taken for, as lines of text: what `slrdoctor init --verbose` says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.filesize import decimal

from slrdoctor.words.controls import one_line
from slrdoctor.words.grammar import counted

Plain = Mapping[str, Any]
WIDEST = 48  # columns that a path gets before the lines of longer ones are shifted


def reading_lines(readings: Sequence[Plain], unopened: Sequence[Plain]) -> Iterator[str]:
    """A line for each entry of `readings` and of `unopened` in the JSON document."""
    places = [_place(one) for one in (*readings, *unopened)]
    width = min(max(map(len, places), default=0), WIDEST)
    used = [one for one in readings if one["taken"]]
    others = [one for one in readings if not one["taken"]]
    yield from _part("taken", used, width)
    yield from _part("not taken", others, width)
    if unopened:
        yield "not opened:"
        yield from (f"  {_place(one):{width}}  {_unopened(one)}" for one in unopened)


def _part(heading: str, readings: Sequence[Plain], width: int) -> Iterator[str]:
    if not readings:
        return
    yield f"{heading}:"
    for one in readings:
        kind = one["kind"] or "unknown"
        also = f"; it looks like {' and '.join(one['others'])} too" if one["others"] else ""
        size = f" ({decimal(one['size'])})" if not one["kind"] else ""
        yield f"  {_place(one):{width}}  {kind:11}  {one_line(one['why'])}{also}{size}"


def _place(one: Plain) -> str:
    return one_line(str(one["path"]))


def _unopened(one: Plain) -> str:
    size = decimal(one["size"])
    files = f"{counted(one['files'], 'file')}, {size}" if one["files"] > 1 else size
    said = [f"needs {one['package']}"] if one["package"] else []
    said += [f"most likely {one['kind']}"] if one["kind"] not in ("", "unknown") else []
    said += [one["advice"]] if one["advice"] else []
    return f"{one['format']} ({files}): {'; '.join(said)}"
