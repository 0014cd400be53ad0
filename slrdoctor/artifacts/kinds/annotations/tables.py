"""Annotations in tables: csv, tsv, `|`, stm, parquet, and tables inside text files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from slrdoctor.artifacts.content import Table
from slrdoctor.artifacts.kinds.annotations import cells
from slrdoctor.artifacts.kinds.annotations.columns import Roles, roles_of, squeeze, tells_of_results
from slrdoctor.artifacts.kinds.annotations.conventions import convention_of
from slrdoctor.artifacts.kinds.annotations.samples import Found, recognise_records
from slrdoctor.artifacts.kinds.plain_values import name_of
from slrdoctor.artifacts.run import AnnotationFile, Row
from slrdoctor.words import column_names
from slrdoctor.words.splits import split_of_name, split_of_word

_PATHLIKE = re.compile(r"[/\\]|\.(?:mp4|mov|avi|npy|npz|pt|pkl|pose|webm|mkv|h5)$", re.IGNORECASE)
_FILE = re.compile(r"\.(?:mp4|mov|avi|npy|npz|pt|pkl|pose|webm|mkv|h5|csv|parquet|json)$", re.IGNORECASE)
_TIME = re.compile(r"\[?\d{4}-\d\d-\d\d[T_ ]\d\d:|\[?\d\d:\d\d:\d\d")
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d+")
FEWEST_NUMBERED = 5  # names with blanks
NUMBERED = 2  # names that differ by their numbers alone, on average
_YES = ("true", "1")
_FLAGS = ({"true", "false"}, {"1", "0"})
_WIDE = 64  # columns; wider tables hold measurements beside what tells of the samples


def recognise_table(where: str, format: str, table: Table) -> AnnotationFile | None:
    """Samples from a table, with or without a header line."""
    if table.columns is None:
        return _without_header(where, format, table.rows)
    if not table.rows:
        return _header_alone(where, format, table.columns)
    if _is_spoter(table):
        return _of_spoter(where, format, table)
    columns = [column if column else f"column {i}" for i, column in enumerate(table.columns)]
    kept = [
        i
        for i, column in enumerate(columns)
        if len(columns) <= _WIDE or squeeze(column) in column_names.ALL
    ]
    first = 1 if format == "stm" else 2  # the line of the first row
    records: list[tuple[int, Any, str]] = []
    for line, row in enumerate(table.rows, first):
        records.append((line, {columns[i]: row[i] for i in kept if i < len(row)}, ""))
    if format == "stm":
        records = _told_apart(records)
    records = _with_flagged_splits(records)
    return recognise_records(where, format, Found(records, f"{format} with a header"))


def _header_alone(where: str, format: str, columns: Sequence[str]) -> AnnotationFile | None:
    """A header that is one of annotations, and no row: a split without samples."""
    roles = roles_of({column: [] for column in columns}) if not tells_of_results(columns) else Roles()
    convention = convention_of(columns)
    if convention is None and not (
        split_of_name(where) and (roles.id or roles.path) and roles.has_target
    ):
        return None
    return AnnotationFile(
        where, format, convention.name if convention else f"{format} with a header", ()
    )


def _with_flagged_splits(records: list[tuple[int, Any, str]]) -> list[tuple[int, Any, str]]:
    """The records with the split that a column such as `train` tells by True and False."""
    flags = {
        key: {name_of(record.get(key)).strip().lower() for _, record, _ in records}
        for key in (records[0][1] if records else ())
        if split_of_word(squeeze(key).removeprefix("is"))
    }
    told = {
        key: split_of_word(squeeze(key).removeprefix("is")) for key, v in flags.items() if v in _FLAGS
    }
    if not told:
        return records
    others = "test" if set(told.values()) == {"train"} else "train"

    def flagged(record: Any) -> str:
        yes = (s for key, s in told.items() if name_of(record.get(key)).strip().lower() in _YES)
        return next(yes, others)

    return [(line, record, split or flagged(record)) for line, record, split in records]


def _told_apart(records: list[tuple[int, Any, str]]) -> list[tuple[int, Any, str]]:
    """Segments of one long recording are samples of their own: their times become part of the id."""
    times: dict[str, set[str]] = {}
    for _, record, _ in records:
        times.setdefault(name_of(record.get("id")), set()).add(_segment(record))
    # the same id twice over the same time is a fault, and stays
    return [
        (
            line,
            {**record, "id": _segment(record)} if len(times[name_of(record.get("id"))]) > 1 else record,
            split,
        )
        for line, record, split in records
    ]


def _segment(record: dict[str, Any]) -> str:
    return "_".join(name_of(record.get(key)) for key in ("id", "start", "end"))


def _is_spoter(table: Table) -> bool:
    columns = [name_of(column).lower() for column in table.columns or ()]
    coordinates = [i for i, column in enumerate(columns) if column.endswith(("_x", "_y"))]
    if "labels" not in columns or len(coordinates) < 4 or len(table.rows[0]) <= coordinates[0]:
        return False
    return name_of(table.rows[0][coordinates[0]]).lstrip().startswith("[")


def _of_spoter(where: str, format: str, table: Table) -> AnnotationFile | None:
    """SPOTER: one row a video, which has no id but its place in the file."""
    at = [name_of(column).lower() for column in table.columns or ()].index("labels")
    rows: list[Row] = []
    skipped: list[tuple[int, str]] = []
    for i, row in enumerate(table.rows):
        label = cells.label(row[at]) if len(row) > at else None
        if label is None:
            skipped.append((i + 2, "no label"))
        else:
            rows.append(Row(id=str(i), split=split_of_name(where), glosses=(label,), line=i + 2))
    return (
        AnnotationFile(where, format, "SPOTER csv", tuple(rows), True, tuple(skipped)) if rows else None
    )


def _without_header(where: str, format: str, rows: Sequence[Sequence[Any]]) -> AnnotationFile | None:
    """`id|GLOSS GLOSS`, `path,class`, `path,frames,class`: told by what stands in the columns."""
    widths = Counter(len(row) for row in rows)
    if not widths:
        return None
    width, count = widths.most_common(1)[0]
    if not 2 <= width <= 5 or count < 0.8 * len(rows):
        return None
    whole = [row for row in rows if len(row) == width]
    names = [cells.identifier(row[0]) for row in whole]
    if not _are_ids(names):
        return None
    named = _names_of_columns(whole, width)
    if named is None:
        return None
    records = [
        (line, dict(zip(named, row, strict=False)) if len(row) == width else {named[0]: row[0]}, "")
        for line, row in enumerate(rows, 1)
    ]
    return recognise_records(where, format, Found(records, f"{format} without a header"))


def _are_ids(names: Sequence[str]) -> bool:
    """Names that hardly repeat and are no decimal numbers; with blanks, those that are numbered."""
    if not names or len(set(names)) < 0.9 * len(names):
        return False
    series = Counter(_NUMBER.sub("#", name) for name in names)
    # Ana Lopez take 0, Ana Lopez take 1: sentences hardly differ by a number alone
    numbered = len(names) > FEWEST_NUMBERED and len(series) <= len(names) / NUMBERED
    without_blanks = sum(" " not in n or numbered or bool(_PATHLIKE.search(n)) for n in names)
    marked = sum(bool(_DIGIT.search(name) or _PATHLIKE.search(name)) for name in names)
    decimal = sum(cells.number(name) is not None and not name.isdecimal() for name in names)
    times = sum(bool(_TIME.match(name)) for name in names)
    return without_blanks > 0.9 * len(names) and marked >= 0.8 * len(names) and not decimal and not times


def _names_of_columns(rows: Sequence[Sequence[Any]], width: int) -> list[str] | None:
    """A name for each column of a table without a header; None where none holds a target."""
    columns = [[name_of(row[i]).strip() for row in rows] for i in range(width)]
    # a name with slashes may be an id; one with a file's ending is where the features are
    named = [
        "path" if sum(bool(_FILE.search(cell)) for cell in columns[0]) > 0.5 * len(rows) else "fileid"
    ]
    rest = list(range(1, width))
    splits = [i for i in rest if all(split_of_word(cell) for cell in columns[i])]
    rest = [i for i in rest if i not in splits]
    if not rest:
        return None
    numeric = [i for i in rest if all(cells.number(cell) is not None for cell in columns[i])]
    if any(not cell.lstrip("-").isdecimal() for i in numeric for cell in columns[i]):
        return None  # decimal numbers are measurements
    texts = [i for i in rest if i not in numeric]
    # of a signer and a sentence, the sentence has more words; of a signer and a class, more values
    texts.sort(key=lambda i: (-sum(" " in cell for cell in columns[i]), -len(set(columns[i]))))
    target = texts[0] if texts else rest[-1]
    if len(rest) > 1 and target in numeric and len(set(columns[target])) == len(rows) > 20:
        return None
    frames = [i for i in numeric if i != target and min(int(cell) for cell in columns[i]) >= 1]
    for i in range(1, width):
        if i in splits:
            named.append("split")
        elif i == target:
            named.append("text" if cells.are_sentences(columns[i]) else "target")
        else:
            named.append("num_frames" if frames == [i] else f"column {i}")
    return named
