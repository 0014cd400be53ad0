"""CTM: sclite's hypotheses, one token a line."""

from __future__ import annotations

from pathlib import Path

from slrdoctor.artifacts.content import Reader, Table, Unreadable
from slrdoctor.artifacts.formats._example_files import write_text
from slrdoctor.artifacts.formats.stm import is_time
from slrdoctor.artifacts.storage.text_encoding import read_text, split_lines

COLUMNS = ("id", "channel", "start", "duration", "token")


def read(path: Path) -> Table:
    """Rows `id channel start duration token`, all text, in file order; a confidence is left out.

    A line with fewer fields keeps what it has. Raises Unreadable where no line has all five.
    """
    text, _ = read_text(path)
    lines = [line for line in split_lines(text) if line.strip() and not line.lstrip().startswith(";;")]
    rows = [line.split()[: len(COLUMNS)] for line in lines]
    if rows and not any(
        len(row) == len(COLUMNS) and is_time(row[2]) and is_time(row[3]) for row in rows
    ):
        raise Unreadable("not CTM: no line is `id channel start duration token`", "corrupt")
    return Table(COLUMNS, rows)


def _example(folder: Path) -> Path:
    return write_text(
        folder / "dev.ctm", "clip 1 0.00 0.5 HELLO", "clip 1 0.50 0.5 YOU", "other 1 0.00 0.9 HOUSE"
    )


READER = Reader("ctm", (".ctm",), read, _example)
