"""The parts of an Excel workbook: its sheets, and the texts that their cells name by number."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.parsers import expat

from slrdoctor.artifacts.content import Unreadable

LARGEST_PART = 128 << 20  # bytes of XML; a row of annotations has some 200
MOST_CELLS = 5_000_000  # with the blank ones between others
MOST_COLUMNS = 16_384  # Excel's own limit

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LETTERS = re.compile(r"[A-Z]+")
Row = list[Any]


class _Part:
    """A walk through a part of the workbook; names of elements come without their prefix."""

    def walk(self, archive: zipfile.ZipFile, part: str) -> None:
        """Raises Unreadable for a part that is too large or declares entities."""
        info = archive.getinfo(part)
        if info.file_size > LARGEST_PART:
            raise Unreadable(f"{part} has over {LARGEST_PART >> 20} MiB", "refused")
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartElementHandler = lambda name, found: self.start(_local(name), found)
        parser.EndElementHandler = lambda name: self.end(_local(name))
        parser.CharacterDataHandler = self.text
        with archive.open(info) as file:
            parser.ParseFile(file)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Characters between two marks, in one piece or in several."""


class Elements(_Part):
    """The attributes of all elements of a name."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._found: list[dict[str, str]] = []

    def of(self, archive: zipfile.ZipFile, part: str) -> list[dict[str, str]]:
        self.walk(archive, part)
        return self._found

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == self._name:
            self._found.append(dict(attributes))


class _Written(_Part):
    """A part in which texts stand in `t` and values in `v`; how a text is pronounced is left out."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._is_open, self._is_spoken = False, False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in ("t", "v"):
            self._is_open = not self._is_spoken
        elif name == "rPh":
            self._is_spoken = True

    def end(self, name: str) -> None:
        self._is_open = False
        if name == "rPh":
            self._is_spoken = False

    def text(self, data: str) -> None:
        if self._is_open:
            self._pieces.append(data)

    def taken(self) -> str:
        """What has been written since this was asked for."""
        written = "".join(self._pieces)
        self._pieces.clear()
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), written)


class Strings(_Written):
    """The texts that cells name by their numbers."""

    def of(self, archive: zipfile.ZipFile, part: str) -> list[str]:
        self._found: list[str] = []
        self.walk(archive, part)
        return self._found

    def end(self, name: str) -> None:
        super().end(name)
        if name == "si":
            self._found.append(self.taken())


class Sheet(_Written):
    """The filled rows of a sheet, each up to its last filled cell."""

    def __init__(self, strings: Sequence[str]) -> None:
        super().__init__()
        self._strings = strings
        self._rows: list[Row] = []
        self._row: Row = []
        self._cells, self._at, self._type = 0, 0, ""

    def of(self, archive: zipfile.ZipFile, part: str) -> list[Row]:
        self.walk(archive, part)
        return self._rows

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        super().start(name, attributes)
        if name == "row":
            self._row, self._at = [], -1
        elif name == "c":
            self.taken()
            self._type = attributes.get("t", "n")
            self._at = _column(attributes.get("r", ""), self._at + 1)

    def end(self, name: str) -> None:
        super().end(name)
        if name == "c":
            value = _VALUES.get(self._type, str)(self.taken()) if self._type != "s" else self._shared()
            if value is not None and value != "":
                self._cells += self._at + 1 - len(self._row)
                if self._at >= MOST_COLUMNS or self._cells > MOST_CELLS:
                    raise Unreadable(f"a sheet of over {MOST_CELLS:,} cells", "refused")
                self._row += [None] * (self._at - len(self._row))
                self._row[self._at :] = [value]
        elif name == "row" and self._row:
            self._rows.append(self._row)

    def _shared(self) -> str | None:
        number = self.taken().strip()
        is_there = number.isdecimal() and len(number) < 10 and int(number) < len(self._strings)
        return self._strings[int(number)] if is_there else None


def _column(place: str, following: int) -> int:
    """The number of a cell's column, from 0: of `AB12`, or the next one where no place is given."""
    letters = _LETTERS.match(place)
    if letters is None:
        return following
    if len(letters[0]) > 3:
        return MOST_COLUMNS
    number = 0
    for letter in letters[0]:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _number(written: str) -> Any:
    try:
        value = float(written)
    except ValueError:
        return None
    return int(value) if abs(value) < 2**53 and value == int(value) else value


# by the type of a cell: how its value is written; any other is a text
_VALUES: Mapping[str, Callable[[str], Any]] = {
    "n": _number,
    "b": lambda written: written.strip() == "1",
    "e": lambda written: None,  # #N/A, #REF!
}


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse(*_: Any) -> None:
    raise Unreadable("a workbook that declares a document type", "refused")
