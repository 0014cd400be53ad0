"""Workbooks of Excel: the rows of the first sheet, or of all sheets where each is named for a split."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.parsers import expat

from slrdoctor.artifacts.content import Reader, Table, Unreadable
from slrdoctor.artifacts.formats._workbook_parts import Elements, Row, Sheet, Strings
from slrdoctor.artifacts.formats.csv_table import PROBED, has_header
from slrdoctor.artifacts.pickles.torch_archive import ZIP_MAGIC
from slrdoctor.artifacts.storage.file_bytes import ZIP_ERRORS, ViewFile, file_bytes
from slrdoctor.words.column_names import SPLIT, squeezed
from slrdoctor.words.splits import split_of_name

OLE_MAGIC = b"\xd0\xcf\x11\xe0"  # what Excel encrypts lies in one of these, and so do .xls files


def _read(path: Path) -> Table:
    """Texts, numbers, truth values and None; a sheet's first row names the columns, if any does.

    Where all sheets are named for splits and have the same columns, a column `split` is added.
    """
    view = file_bytes(path)
    if bytes(view[:4]) == OLE_MAGIC:
        raise Unreadable("protected by a password, or an .xls in spite of its name", "refused")
    try:
        with zipfile.ZipFile(ViewFile(view)) as archive:
            strings: list[str] = []
            if "xl/sharedStrings.xml" in archive.namelist():
                strings = Strings().of(archive, "xl/sharedStrings.xml")
            sheets = [
                (name, _without_title(rows))
                for name, part in _sheets(archive)
                if (rows := Sheet(strings).of(archive, part))
            ]
    except (*ZIP_ERRORS, expat.ExpatError) as error:
        raise Unreadable(f"not a workbook that can be read: {error}") from error
    if not sheets:
        raise Unreadable("a workbook without a filled cell", "empty")
    return _of_splits(sheets) or _table(sheets[0][1])


def _of_splits(sheets: Sequence[tuple[str, list[Row]]]) -> Table | None:
    splits = [split_of_name(name) for name, _ in sheets]
    tables = [_table(rows) for _, rows in sheets]
    columns = tables[0].columns
    if len(set(splits)) < 2 or "" in splits or columns is None:
        return None
    if any(table.columns != columns for table in tables) or {squeezed(c) for c in columns} & set(SPLIT):
        return None
    width = len(columns)
    rows = [
        [*row[:width], *[None] * (width - len(row)), split]
        for split, table in zip(splits, tables, strict=True)
        for row in table.rows
    ]
    return Table((*columns, SPLIT[0]), rows)


def _table(rows: Sequence[Row]) -> Table:
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows[:PROBED]]
    if has_header(texts):
        return Table(tuple(cell.strip() for cell in texts[0]), rows[1:])
    return Table(None, rows)


def _without_title(rows: list[Row]) -> list[Row]:
    """The rows without those above the names of the columns in which one cell alone is filled."""
    widest = max(len(row) for row in rows[:PROBED])
    first = next((i for i, row in enumerate(rows) if _filled(row) > 1), 0) if widest > 1 else 0
    return rows[first:]


def _filled(row: Row) -> int:
    return sum(cell is not None for cell in row)


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The name and the part of every sheet that is not hidden, in the order of their tabs."""
    targets = {
        one.get("Id", ""): posixpath.normpath(posixpath.join("/xl", one.get("Target", "")))[1:]
        for one in Elements("Relationship").of(archive, "xl/_rels/workbook.xml.rels")
    }
    for sheet in Elements("sheet").of(archive, "xl/workbook.xml"):
        number = next((value for key, value in sheet.items() if key.endswith(":id")), "")
        part = targets.get(number, "")
        # a chart may have a tab of its own
        if sheet.get("state", "visible") == "visible" and part.startswith("xl/worksheets/"):
            yield sheet.get("name", ""), part


_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def _example(folder: Path) -> Path:
    path = folder / "train.xlsx"
    rows = (("id", "gloss", "signer"), ("clip", "HELLO YOU", "s1"), ("other", "HOUSE", "s2"))
    lines = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>"
        for row in rows
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_OFFICE}/worksheet"'
            ' Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>',
        )
    return path


READER = Reader(
    name="xlsx",
    suffixes=(".xlsx", ".xlsm"),
    read=_read,
    example=_example,
    magic=(ZIP_MAGIC,),
    cost=1,
    likely="annotations",
)
