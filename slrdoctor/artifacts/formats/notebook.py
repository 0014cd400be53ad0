"""Jupyter notebooks (`.ipynb`): what their cells printed, and the code of their cells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slrdoctor.artifacts.content import Reader, Text, Unreadable
from slrdoctor.artifacts.formats import read_head
from slrdoctor.artifacts.formats._example_files import write_text
from slrdoctor.artifacts.formats.json_file import parse
from slrdoctor.artifacts.storage.text_encoding import read_text, split_lines

LARGEST = 256 << 20  # bytes; pictures make a notebook large, not what it printed
LARGEST_SOURCES = 32 << 20  # bytes of a notebook that is read for its code alone
# lines that IPython takes and Python does not: %matplotlib, !pip install, ?help
_MAGIC = re.compile(r"^(\s*)(?:[%!?]|\w[\w, ]*=\s*[%!]).*$", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """One cell with code; `number` counts all cells from 1."""

    number: int
    code: str
    printed: str  # the text of its outputs


def read(path: Path) -> Text:
    """The text of all outputs, a part a cell; raises Unreadable for what is no notebook."""
    lines: list[str] = []
    parts: list[tuple[str, int]] = []
    for cell in cells(path, LARGEST):
        if cell.printed.strip():
            parts.append((f"cell {cell.number}", len(lines)))
            lines += split_lines(cell.printed)
    return Text(lines, parts=tuple(parts))


def cells(path: Path, largest: int = LARGEST_SOURCES) -> list[Cell]:
    """The code cells of a notebook of nbformat 3 or 4; raises Unreadable."""
    read_head(path)
    text, _ = read_text(path, largest)
    value = parse(text)
    if not isinstance(value, Mapping):
        raise Unreadable("not a notebook: it has no cells", "corrupt")
    sheets = value.get("worksheets")
    listed = _records(value.get("cells")) or [
        cell for sheet in _records(sheets) for cell in _records(sheet.get("cells"))
    ]
    if not listed and not isinstance(value.get("cells", sheets), list):
        raise Unreadable("not a notebook: it has no cells", "corrupt")
    return [
        Cell(number, _joined(cell.get("source", cell.get("input"))), "".join(_printed(cell)))
        for number, cell in enumerate(listed, 1)
        if cell.get("cell_type") == "code"
    ]


def python_of(cell: Cell) -> str:
    """The code of a cell as Python, its lines in their places; "" for a cell of another language."""
    if cell.code.lstrip().startswith("%%"):
        return ""
    return _MAGIC.sub(r"\1pass", cell.code)


def _printed(cell: Mapping[str, Any]) -> Iterator[str]:
    """Streams and plain texts of a cell, and the error that ended it, each on lines of its own."""
    for output in _records(cell.get("outputs")):
        kind = output.get("output_type")
        if kind == "stream":
            yield _joined(output.get("text"))  # a stream may be cut anywhere
        elif kind in ("error", "pyerr"):
            error = f"{output.get('ename')}: {output.get('evalue')}"
            yield f"\nTraceback (most recent call last):\n{error}\n"
        elif kind in ("execute_result", "display_data", "pyout"):
            data = output.get("data")
            plain = data.get("text/plain") if isinstance(data, Mapping) else output.get("text")
            yield f"\n{_joined(plain)}\n"


def _records(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _joined(value: Any) -> str:
    """Text that is written whole or as a list of lines."""
    if isinstance(value, list):
        return "".join(item for item in value if isinstance(item, str))
    return value if isinstance(value, str) else ""


def _example(folder: Path) -> Path:
    printed = [f"Epoch {epoch}/9 - loss: {3 / epoch:.3f} - val_loss: 1.0\n" for epoch in range(1, 10)]
    output = {"output_type": "stream", "text": printed}
    cell = {"cell_type": "code", "source": ["model.fit(x, y)"], "outputs": [output]}
    return write_text(folder / "train.ipynb", json.dumps({"cells": [cell, cell], "nbformat": 4}))


READER = Reader("notebook", (".ipynb",), read, _example, holds="history")
