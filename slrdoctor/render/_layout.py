"""Lines on a terminal: sentences wrap with a hanging indent, code never does, nothing is padded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

WIDEST = 100  # columns: a longer line is hard to read, however wide the terminal is
GAP = "   "  # between the columns of a table


@dataclass(frozen=True)
class Line:
    """One line of text; `hang` is the indent of what wraps. Code is never wrapped."""

    text: Text
    indent: int = 0
    hang: int = 0
    is_code: bool = False
    lead: Text | None = None  # before the text on the first line, as a branch of a tree is
    rest: str = ""  # before the text on the lines that follow


def put(lines: Iterable[Line], console: Console) -> None:
    """Print lines: wrapped on a terminal, whole where they are piped, so that a search finds them."""
    width = min(console.width, WIDEST) if console.is_terminal else None
    for line in lines:
        for row in _rows(line, width):
            console.print(row, soft_wrap=True)


def room(console: Console) -> int | None:
    """Columns that a line may have; None where nothing is wrapped."""
    return min(console.width, WIDEST) if console.is_terminal else None


def fits(rows: Sequence[Sequence[Text]], indent: int, width: int) -> bool:
    """Whether a table of these rows needs no more columns than there are."""
    return _whole(_widths(rows), indent) <= width


def table(rows: Sequence[Sequence[Text]], indent: int, width: int | None) -> Iterator[Line]:
    """Rows in aligned columns; a row that does not fit into the width stands as one sentence."""
    fitting = [row for row in rows if width is None or _width(row) + indent <= width]
    while True:
        widths = [
            max((cell_len(c.plain) for c in column), default=0) for column in zip(*fitting, strict=True)
        ]
        whole = sum(widths) + len(GAP) * (len(widths) - 1) + indent
        if width is None or whole <= width or not fitting:
            break
        fitting.remove(max(fitting, key=_width))
    for row in rows:
        if row in fitting:
            padded = [
                cell if place == len(row) - 1 else _padded(cell, widths[place])
                for place, cell in enumerate(row)
            ]
            line = Text(GAP).join(padded)
            line.rstrip()
            yield Line(line, indent)
        else:
            yield Line(Text("  ").join(cell for cell in row if cell.plain), indent, 2)


def _widths(rows: Sequence[Sequence[Text]]) -> list[int]:
    return [max(cell_len(cell.plain) for cell in column) for column in zip(*rows, strict=True)]


def _whole(widths: Sequence[int], indent: int) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1) + indent


def _width(row: Sequence[Text]) -> int:
    return sum(cell_len(cell.plain) for cell in row) + len(GAP) * (len(row) - 1)


def _padded(cell: Text, width: int) -> Text:
    return cell + Text(" " * (width - cell_len(cell.plain)))


def _rows(line: Line, width: int | None) -> Iterator[Text]:
    """The line as rows of at most `width` columns, except where one word is longer."""
    lead = Text(" " * line.indent).append(line.lead or Text())
    rest = " " * line.indent + line.rest + " " * line.hang
    if width is None or line.is_code:
        yield lead + line.text
        return
    first_room, rest_room = width - cell_len(lead.plain), width - cell_len(rest)
    pieces = line.text.divide(_breaks(line.text.plain, first_room, rest_room))
    for place, piece in enumerate(pieces):
        if place < len(pieces) - 1:
            piece.rstrip()
        yield (lead if place == 0 else Text.assemble((rest, "dim"))) + piece


def _breaks(text: str, first: int, rest: int) -> list[int]:
    """Where the rows after the first begin: at words, none of which is broken."""
    offsets: list[int] = []
    used, place = 0, 0
    for word in text.split(" "):
        length = cell_len(word)
        if used and used + length > (rest if offsets else first):
            offsets.append(place)
            used = 0
        used += length + 1
        place += len(word) + 1
    return offsets
