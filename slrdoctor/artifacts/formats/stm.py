"""STM: sclite's references, one segment a line."""

from __future__ import annotations

import re
from pathlib import Path

from slrdoctor.artifacts.content import Reader, Table, Unreadable
from slrdoctor.artifacts.formats._example_files import write_text
from slrdoctor.artifacts.storage.text_encoding import read_text, split_lines

COLUMNS = ("id", "channel", "speaker", "start", "end", "gloss")
_CATEGORY = re.compile(r"<[^<>\s]*>(?:\s+|$)")  # <o,f0,male>: sclite's optional label set


def read(path: Path) -> Table:
    """Rows `id channel speaker start end gloss`, all text; a line with fewer fields keeps what it has.

    `gloss` is the whole transcript with its inner spaces. Raises Unreadable where no line
    has the five fields and two times.
    """
    text, _ = read_text(path)
    rows = [
        _row(line) for line in split_lines(text) if line.strip() and not line.lstrip().startswith(";;")
    ]
    if rows and not any(
        len(row) == len(COLUMNS) and is_time(row[3]) and is_time(row[4]) for row in rows
    ):
        raise Unreadable("not STM: no line is `id channel speaker start end gloss`", "corrupt")
    return Table(COLUMNS, rows)


def _row(line: str) -> list[str]:
    fields = line.strip().split(None, 5)
    if len(fields) < 5:
        return fields
    gloss = fields[5] if len(fields) == 6 else ""
    return [*fields[:5], _CATEGORY.sub("", gloss, count=1) if _CATEGORY.match(gloss) else gloss]


def is_time(cell: str) -> bool:
    """Whether a field is a number of seconds; 1.79769e+308 and -1 are written too."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _example(folder: Path) -> Path:
    return write_text(
        folder / "dev.stm", "clip 1 signer01 0.0 1.79 HELLO YOU", "other 1 signer02 0.0 2.5 HOUSE"
    )


READER = Reader("stm", (".stm",), read, _example)
