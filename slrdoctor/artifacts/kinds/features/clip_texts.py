"""Clips that are lines of numbers, a line a frame, as `numpy.savetxt` writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import Text, Unreadable

FEWEST_NUMBERS = 10  # of a frame: a box, a class with its box or a timestamp has fewer
PROBED = 40  # lines, spread over the text
_BETWEEN = re.compile(r"[\s,;]+")


def is_numeric_text(text: Text) -> bool:
    """Whether a text is one clip: several lines of equally many numbers, not all of them whole.

    Lists of labels, of tokens by their numbers and of boxes have fewer numbers a line, or whole ones.
    """
    lines = list(_frames(text.lines))
    if len(lines) < 2:
        return False
    cells = [_BETWEEN.split(line) for line in lines[:: max(1, len(lines) // PROBED)]]
    if len({len(row) for row in cells}) != 1 or len(cells[0]) < FEWEST_NUMBERS:
        return False
    numbers = [number for row in cells for number in map(_number, row)]
    return None not in numbers and any(n is not None and n != np.trunc(n) for n in numbers)


def text_values(text: Text) -> NDArray[np.float64]:
    """The numbers of a text as [T, D], without blank lines and comments.

    Raises Unreadable for a word that is not a number, and with fault "shape" for lines that are not
    equally long.
    """
    rows = [[_number(cell) for cell in _BETWEEN.split(line)] for line in _frames(text.lines)]
    widths = {len(row) for row in rows}
    if not rows:
        raise Unreadable("a text without a line of numbers", "empty")
    if len(widths) > 1:
        raise Unreadable(f"lines of {min(widths)} to {max(widths)} numbers", "shape")
    if any(None in row for row in rows):
        raise Unreadable("lines with words that are not numbers")
    return np.array(rows, np.float64)


def _frames(lines: Sequence[str]) -> Iterator[str]:
    """The lines that hold a frame."""
    for line in lines:
        stripped = line.strip().strip(",;")
        if stripped and not stripped.startswith("#"):
            yield stripped


def _number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None
