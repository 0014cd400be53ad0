"""Markdown: the tables with a row an epoch that people keep beside a run."""

from __future__ import annotations

import re
from pathlib import Path

from slrdoctor.artifacts.content import Reader, Table, Unreadable
from slrdoctor.artifacts.formats._example_files import write_text
from slrdoctor.artifacts.storage.text_encoding import read_text, split_lines
from slrdoctor.words.translation import in_english

LARGEST = 16 << 20  # bytes
_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+\s*(?::?-+:?)?\s*")  # |---|:--:|
_EPOCH = re.compile(r"(?i)epochs?")


def read(path: Path) -> Table:
    """The longest table with a column of epochs; raises Unreadable (unsupported) where there is none."""
    text, _ = read_text(path, LARGEST)
    lines = split_lines(text)
    found: list[Table] = []
    for number in range(1, len(lines)):
        if "|" in lines[number - 1] and _RULE.fullmatch(lines[number]):
            columns = _cells(lines[number - 1])
            if any(map(_EPOCH.fullmatch, map(in_english, columns))):
                found.append(Table(tuple(columns), _rows(lines, number + 1, len(columns))))
    if not found:
        raise Unreadable("no table with a column of epochs", "unsupported")
    return max(found, key=lambda table: len(table.rows))


def _rows(lines: list[str], start: int, width: int) -> list[list[str]]:
    """The rows from a line on, to the first line that is not one of the table's."""
    rows = []
    for line in lines[start:]:
        cells = _cells(line)
        if "|" not in line or len(cells) != width:
            break
        rows.append(cells)
    return rows


def _cells(line: str) -> list[str]:
    return [cell.strip(" \t*`") for cell in line.strip().strip("|").split("|")]


def _example(folder: Path) -> Path:
    rows = (f"| {epoch} | {3 / epoch:.3f} | {1 / epoch:.2f} |" for epoch in range(1, 6))
    return write_text(folder / "RESULTS.md", "| epoch | train loss | dev WER |", "|---|---|---|", *rows)


READER = Reader("markdown", (".md", ".markdown"), read, _example, holds="history")
