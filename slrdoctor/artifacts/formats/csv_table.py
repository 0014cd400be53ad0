"""Tables of text: comma, tab, `|` or `;` between the cells, with a header line or without."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from slrdoctor.artifacts.content import Reader, Table, Unreadable
from slrdoctor.artifacts.formats._example_files import write_text
from slrdoctor.artifacts.storage.text_encoding import read_text, split_lines
from slrdoctor.words import column_names

DELIMITERS = ("\t", "|", ";", ",")  # the rarer a mark is inside cells, the earlier
PROBED = 200  # records that tell the delimiter and the header
MOST_CELLS = 50_000_000  # a cell takes some 60 bytes of memory
MOST_LINES = 3_000_000  # a row takes some 10 microseconds before anybody has looked at it
MOST_COLUMNS = 200_000  # thirty frames of all landmarks in one row have 50,000
LONGEST_RECORD = 50  # lines; a quoted cell longer than that is a quote that was never closed

# a first line that has one of these words is a header
_IN_HEADERS = """
    id ids name names path paths file files filename filepath file_path folder video videos video_id
    videoid clip clip_id fileid sample index key url gloss glosses annotation annotations orth
    sentence text translation caption label labels class classes class_id classid category sign
    signs word words phrase token value target targets count transcription transcript hypothesis
    reference prediction split subset set fold partition signer signer_id speaker participant_id
    sequence_id start end fps frame frames num_frames length duration channel epoch epochs step
    steps loss train_loss val_loss accuracy acc wer lr run model experiment_id row_id type x y z
"""
_HEADER_WORDS = frozenset(_IN_HEADERS.split())
_COLUMNS = column_names.ALL.union(column_names.INPUT)  # a line of nothing else is a header
_FILE = re.compile(
    r"\.(?:mp4|mov|avi|npy|npz|pt|pkl|pose|jpg|png|json|h5|webm|mkv|csv|parquet)$", re.IGNORECASE
)
_PLAIN = re.compile(r"[^\W\d][\w .:()%/#-]{0,59}")
_DIGITS = re.compile(r"\d+")

# one cell of SPOTER holds a clip; the limit is the process's, 128 KiB unless somebody raises it
csv.field_size_limit(2**31 - 1)


def read(path: Path) -> Table:
    """The table, every cell as text. Rows may be shorter or longer than the header.

    Raises Unreadable for binary and for what is too large for memory.
    """
    text, _ = read_text(path)
    return table_of(text)


def table_of(text: str) -> Table:
    """The table that a text holds; raises Unreadable where it is too large."""
    text, delimiter = _without_excel_line(text)
    delimiter = delimiter or find_delimiter(split_lines(text[: PROBED * 2000])[:PROBED])
    for what, count, most in (
        ("columns", text.partition("\n")[0].count(delimiter), MOST_COLUMNS),
        ("lines", text.count("\n"), MOST_LINES),
        ("cells", text.count(delimiter), MOST_CELLS),
    ):
        if count > most:
            raise Unreadable(f"a table of over {most:,} {what}: too large to read as text", "refused")
    rows = _records(text, delimiter)
    if rows and has_header(rows[:PROBED]):
        return Table(tuple(cell.strip().lstrip("\ufeff") for cell in rows[0]), rows[1:])
    return Table(None, rows)


def find_delimiter(lines: Sequence[str]) -> str:
    """The mark that cuts most of the lines into the same number of cells; a comma where none does."""
    lines = [line for line in lines if line.strip()]
    best, best_share = ",", 0.0
    for delimiter in DELIMITERS:
        counts = Counter(len(row) for row in _cut(lines, delimiter))
        several = {cells: n for cells, n in counts.items() if cells > 1}
        if not several:
            continue
        share = max(several.values()) / max(1, sum(counts.values()))
        # a header without the mark speaks against it: decimal commas between semicolons
        if delimiter not in lines[0]:
            share -= 0.5
        if share > best_share + 1e-9:
            best, best_share = delimiter, share
    return best


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first of the rows names the columns."""
    first, rest = [cell.strip() for cell in rows[0]], rows[1:]
    columns = [[row[i].strip() for row in rest if len(row) > i] for i in range(len(first))]
    if any(_FILE.search(cell) for cell in first):
        return False
    if _DIGITS.search(first[0]) and _shape(first[0]) in {_shape(cell) for cell in columns[0]}:
        return False
    if {
        cell.lower().lstrip("#\ufeff ").replace(" ", "_").replace("-", "_") for cell in first
    } & _HEADER_WORDS:
        return not any(_is_number(cell) for cell in first) or _is_numbered(first)
    if any(_is_number(cell) for cell in first):
        return _is_numbered(first) and bool(rest)
    if len(first) > 1 and all(column_names.squeezed(cell) in _COLUMNS for cell in first):
        return True
    if any("/" in cell or "\\" in cell for cell in first) or not rest or len(first) == 1:
        return False
    if any(column and sum(map(_is_number, column)) >= 0.9 * len(column) for column in columns):
        return True
    if any(cell in column for cell, column in zip(first, columns, strict=False)):
        return False
    # abc,HELLO above def,BYE is data; clip,gloss above a1,HELLO is not
    if all(
        column and _case(cell) == _case(column[0]) for cell, column in zip(first, columns, strict=False)
    ):
        return False
    return all(_PLAIN.fullmatch(cell) for cell in first)


def _is_numbered(cells: Sequence[str]) -> bool:
    """Whether cells are 0, 1, 2 ... after a name or two: how pandas names nameless columns."""
    numbers = [cell for cell in cells if cell.isdecimal()]
    plain = [cell for cell in cells if not _is_number(cell)]
    consecutive = [str(i) for i in range(len(numbers))]
    return len(numbers) >= 2 and numbers == consecutive and len(numbers) + len(plain) == len(cells)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _shape(cell: str) -> str:
    """The cell with every run of digits as one mark: `sample_12` and `sample_7` are alike."""
    return _DIGITS.sub("0", cell)


def _case(cell: str) -> tuple[bool, bool, bool]:
    return cell.isupper(), cell.islower(), bool(_DIGITS.search(cell))


def _without_excel_line(text: str) -> tuple[str, str]:
    """Excel writes `sep=;` above a table for itself."""
    match = re.match(r"sep=(.)(?:\r\n|\r|\n)", text)
    return (text[match.end() :], match[1]) if match else (text, "")


def _cut(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if delimiter in ",;" else csv.QUOTE_NONE
    try:
        return list(
            csv.reader(lines, delimiter=delimiter, quoting=quoting, skipinitialspace=delimiter in ",;")
        )
    except csv.Error:
        return [line.split(delimiter) for line in lines]


def _records(text: str, delimiter: str) -> list[list[str]]:
    """Cut a text into rows, blank lines left out.

    Quotes are undone where they enclose cells. Where one is never closed (`6" tall`) it
    would swallow the rows after it: then every line is a row, and quotes are characters.
    """
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=delimiter in ",;"
    )
    rows: list[list[str]] = []
    before = 0
    try:
        for row in reader:
            if reader.line_num - before > (LONGEST_RECORD if delimiter in ",;" else 1):
                return _unquoted(text, delimiter)
            before = reader.line_num
            if row and (len(row) > 1 or row[0].strip()):
                rows.append(row)
    except csv.Error:
        return _unquoted(text, delimiter)
    return rows


def _unquoted(text: str, delimiter: str) -> list[list[str]]:
    rows = []
    for line in split_lines(text):
        if not line.strip():
            continue
        cells = line.split(delimiter)
        if delimiter in ",;" and '"' in line:
            cells = _cut([line], delimiter)[0]
        rows.append([_bare(cell) for cell in cells])
    return rows


def _bare(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


def _example(folder: Path) -> Path:
    return write_text(
        folder / "train.csv", "id,gloss,signer", "clip,HELLO YOU,s1", 'other,"HOUSE, BIG",s2'
    )


READER = Reader("csv", (".csv", ".tsv", ".tab", ".psv"), read, _example, clip_suffixes=(".csv",))
