"""Annotations as tables with a row per sample."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from typing import Any

from clinic.layouts import xlsx
from clinic.layouts.draft import DoesNotApply, Draft, Table
from clinic.layouts.registry import plain, value


@plain
def csv(draft: Draft) -> None:
    """With commas and a header"""
    _delimited(draft, ".csv", ",")


@value
def tsv(draft: Draft) -> None:
    """With tabs and a header"""
    _delimited(draft, ".tsv", "\t")


@value
def semicolons(draft: Draft) -> None:
    """A csv with semicolons, as Excel writes it in many countries"""
    _delimited(draft, ".csv", ";")


@value
def pipes(draft: Draft) -> None:
    """A csv with | as the corpus of PHOENIX has it"""
    _delimited(draft, ".corpus.csv", "|")


@value
def csv_with_mark(draft: Draft) -> None:
    """A csv that begins with a byte order mark, and ends its lines as Windows does"""
    for table in draft.tables:
        content = _text(rows_of(draft, table), ",").replace("\n", "\r\n")
        draft.at(f"{table.place}.csv").write_bytes(content.encode("utf-8-sig"))


@value
def csv_in_utf16(draft: Draft) -> None:
    """A tsv in UTF-16, as Excel exports text"""
    for table in draft.tables:
        content = _text(rows_of(draft, table), "\t")
        draft.at(f"{table.place}.csv").write_bytes(content.encode("utf-16"))


@value
def csv_with_index(draft: Draft) -> None:
    """A csv with the nameless index that pandas writes"""
    for table in draft.tables:
        header, *rows = rows_of(draft, table)
        numbered = [["", *header], *([str(i), *row] for i, row in enumerate(rows))]
        draft.table(f"{table.place}.csv", numbered)


@value
def csv_with_further_columns(draft: Draft) -> None:
    """A csv with fps, a url and a comment beside the usual columns"""
    for table in draft.tables:
        header, *rows = rows_of(draft, table)
        wide = [["url", *header, "fps", "comment"]]
        wide += [["https://example.org/" + row[0], *row, "25", ""] for row in rows]
        draft.table(f"{table.place}.csv", wide)


@value
def csv_without_header(draft: Draft) -> None:
    """A csv of ids and targets, and no names of columns"""
    for table in draft.tables:
        _demand_no_split(table)
        draft.table(f"{table.place}.csv", [row[:2] for row in rows_of(draft, table)[1:]])


@value
def class_numbers(draft: Draft) -> None:
    """A csv of ids and the numbers of classes, and no names of columns, as AUTSL has it"""
    if draft.subject.task != "classification":
        raise DoesNotApply("a sequence is not a number")
    number = {token: index for index, token in enumerate(draft.subject.tokens)}
    for table in draft.tables:
        _demand_no_split(table)
        rows = [(draft.row_of(s), number.get(s.target, "")) for s in table.samples]
        draft.table(f"{table.place}.csv", rows)


@value
def commas_between_glosses(draft: Draft) -> None:
    """A csv with "REGEN, WIND" in its cells"""
    _joined(draft, ", ")


@value
def slashes_between_glosses(draft: Draft) -> None:
    """A csv with REGEN/WIND in its cells"""
    _joined(draft, "/")


@value
def lists_in_cells(draft: Draft) -> None:
    """A csv with "['REGEN', 'WIND']" in its cells"""
    _demand_glosses(draft)
    _changed(draft, lambda target: repr(target.split()))


@value
def excel(draft: Draft) -> None:
    """A workbook with a sheet"""
    for table in draft.tables:
        xlsx.write(draft.at(f"{table.place}.xlsx"), rows_of(draft, table))


@value
def parquet(draft: Draft) -> None:
    """A parquet with a column per name"""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for table in draft.tables:
        header, *rows = rows_of(draft, table)
        columns = {name: [row[i] for row in rows] for i, name in enumerate(header)}
        pq.write_table(pa.table(columns), draft.at(f"{table.place}.parquet"))


@value
def pickled_frame(draft: Draft) -> None:
    """A pickled frame of pandas"""
    import pandas as pd

    for table in draft.tables:
        header, *rows = rows_of(draft, table)
        frame = pd.DataFrame(rows, columns=pd.Index(header))
        draft.at(f"{table.place}.pkl").write_bytes(pickle.dumps(frame))


def rows_of(draft: Draft, table: Table) -> list[list[str]]:
    """The header and the rows of a table."""
    records = [draft.record(sample, table.names_split) for sample in table.samples]
    return [list(records[0]), *(list(record.values()) for record in records)]


def _delimited(draft: Draft, suffix: str, delimiter: str) -> None:
    for table in draft.tables:
        draft.table(f"{table.place}{suffix}", rows_of(draft, table), delimiter)


def _text(rows: list[list[str]], delimiter: str) -> str:
    import csv as written

    out = io.StringIO()
    written.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _joined(draft: Draft, mark: str) -> None:
    _demand_glosses(draft)
    _changed(draft, lambda target: mark.join(target.split()))


def _changed(draft: Draft, change: Callable[[str], Any]) -> None:
    target = draft.column("target")
    for table in draft.tables:
        header, *rows = rows_of(draft, table)
        place = header.index(target)
        changed = [[change(c) if i == place else c for i, c in enumerate(row)] for row in rows]
        draft.table(f"{table.place}.csv", [header, *changed])


def _demand_glosses(draft: Draft) -> None:
    if draft.subject.task != "ctc":
        raise DoesNotApply("the targets are not sequences of glosses")


def _demand_no_split(table: Table) -> None:
    if table.names_split:
        raise DoesNotApply("a file without names has no column for the split")
