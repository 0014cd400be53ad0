"""Make samples of records, whatever file they came from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from slrdoctor.artifacts.content import Opaque
from slrdoctor.artifacts.kinds.annotations import cells
from slrdoctor.artifacts.kinds.annotations.columns import (
    PROBED,
    Record,
    Roles,
    find_roles,
    squeeze,
    tells_of_results,
)
from slrdoctor.artifacts.kinds.annotations.conventions import convention_of, with_convention
from slrdoctor.artifacts.kinds.plain_values import name_of, plain
from slrdoctor.artifacts.run import AnnotationFile, Row
from slrdoctor.words.splits import split_of_name

_LONGEST_SPLIT = 80  # characters of a cell that tells the split
_FRAME_NUMBERS = frozenset(
    ("frame", "frameid", "frameidx", "frameindex", "frameno", "framenumber", "timestamp")
)
SIGNER = re.compile(
    r"(?:^|[/_.-])((?:signer|speaker|subject|participant)[_-]?\d+)(?=[/_.-]|$)", re.IGNORECASE
)
_IMPORTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\.[A-Za-z_]\w+")  # package.module.Class
_FILE = re.compile(
    r"\.(?:csv|tsv|json|jsonl|ya?ml|txt|npy|npz|pkl|pickle|pth?|ckpt|parquet|h5|lmdb|vocab)$|/$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Found:
    """Records with the line each stands in and the split that its container tells of."""

    records: Sequence[tuple[int, Any, str]]  # (line or index, record, split or "")
    shape: str  # "csv with a header", "list of records", "records by name"


def recognise_records(where: str, format: str, found: Found) -> AnnotationFile | None:
    """Samples from records, where their keys tell an id or a path, and a target."""
    records = [record for _, record, _ in found.records if isinstance(record, Mapping)]
    if 2 * len(records) < len(found.records) or not records:
        return None
    keys = list(dict.fromkeys(name_of(key) for record in records[:PROBED] for key in record))
    if tells_of_results(keys):
        return None
    convention = convention_of(keys)
    changed = convention.change if convention is not None else None
    lined = [
        (line, changed(record) if changed and isinstance(record, Mapping) else record, split)
        for line, record, split in found.records
    ]
    roles = find_roles([record for _, record, _ in lined if isinstance(record, Mapping)])
    if convention is not None:
        sample = next(record for _, record, _ in lined if isinstance(record, Mapping))
        roles = with_convention(roles, convention, [*keys, *sample])
    if not ((roles.id or roles.path) and roles.has_target) or _is_of_frames(keys, records, roles):
        return None
    rows, skipped = _rows(lined, roles, split_of_name(where))
    if not rows or is_class_list(rows, roles) or _are_settings(rows):
        return None
    classification = _is_classification(rows, roles) or (
        convention is not None and convention.classification
    )
    return AnnotationFile(
        where=where,
        format=format,
        convention=convention.name if convention is not None else f"{found.shape}: {roles}",
        rows=with_signers_of_ids(without_blank_glosses(rows)),
        classification=classification,
        skipped=skipped,
    )


def _is_of_frames(keys: Sequence[str], records: Sequence[Record], roles: Roles) -> bool:
    """Whether there is a record for every frame: the sample's name repeats beside a frame number."""
    if not {squeeze(key) for key in keys} & _FRAME_NUMBERS:
        return False
    names = [cells.identifier(record.get(roles.id or roles.path or "")) for record in records[:PROBED]]
    return len(set(names)) < 0.5 * len(names)


def _rows(
    lined: Sequence[tuple[int, Any, str]], roles: Roles, split: str
) -> tuple[tuple[Row, ...], tuple[tuple[int, str], ...]]:
    rows: list[Row] = []
    skipped: list[tuple[int, str]] = []
    for line, record, given in lined:
        if isinstance(record, Mapping):
            made = _row(record, roles, line, given or split)
        else:
            made = record.name if isinstance(record, Opaque) else "not a record with named values"
        if isinstance(made, Row):
            rows.append(made)
        else:
            skipped.append((line, made))
    return tuple(rows), tuple(skipped)


def _row(record: Record, roles: Roles, line: int, split: str) -> Row | str:
    """The sample that a record tells of, or why it tells of none."""
    path = _text(record, roles.path) or None
    name = (cells.identifier(record.get(roles.id)) if roles.id else "") or path
    if not name:
        return "no id" if roles.id else "no path"
    target = roles.glosses or roles.label
    if not any(key in record for key in (roles.glosses, roles.label, roles.text) if key):
        return f"no {target or roles.text}: only {len(record)} values"
    glosses = cells.tokens(record.get(roles.glosses)) if roles.glosses else None
    if not glosses and roles.label and record.get(roles.label) is not None:
        whole = cells.label(record[roles.label])
        glosses = (whole,) if whole else glosses
    text = cells.words_of_text(record.get(roles.text)) or None if roles.text else None
    return Row(
        id=name,
        split=split_of_name(_text(record, roles.split)[:_LONGEST_SPLIT]) or split,
        # an empty target is a fault of the sample; a text without glosses is another task
        glosses=glosses if glosses is not None or text is not None else (),
        text=text,
        signer=cells.identifier(record.get(roles.signer)) or None if roles.signer else None,
        frames=cells.count(record.get(roles.frames)) if roles.frames else None,
        fps=_rate(record.get(roles.fps)) if roles.fps else None,
        path=path,
        line=line,
    )


def _text(record: Record, key: str | None) -> str:
    value = plain(record.get(key)) if key else ""
    return value.strip() if isinstance(value, str) else ""


def _rate(value: Any) -> float | None:
    found = cells.number(value)
    return found if found is not None and found > 0 else None


def without_blank_glosses(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Rows of a split in which no sample has a gloss and samples have texts: glosses None, not empty."""
    glossed = {row.split for row in rows if row.glosses}
    written = {row.split for row in rows if row.text is not None}
    blank = written - glossed
    if not blank:
        return rows
    return tuple(replace(row, glosses=None) if row.split in blank else row for row in rows)


def with_signers_of_ids(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Rows with the signer that their ids tell of, where no column does: signer0_sample1."""
    if any(row.signer is not None for row in rows):
        return rows
    found = [SIGNER.search(row.id) for row in rows]
    if sum(match is not None for match in found) < 0.9 * len(rows):
        return rows
    return tuple(
        replace(row, signer=match[1] if match else None) for row, match in zip(rows, found, strict=False)
    )


def is_class_list(rows: Sequence[Row], roles: Roles) -> bool:
    """Whether the "samples" are classes: numbered from 0 or 1, each with a name that no other has."""
    if roles.path or roles.split or roles.signer or roles.text:
        return False
    if not all(row.id.isdecimal() and len(row.id) < 10 and row.glosses for row in rows):
        return False
    words = sum(len(row.glosses or ()) for row in rows)
    numbers = sorted(int(row.id) for row in rows)
    unpadded = all(str(int(row.id)) == row.id for row in rows)
    consecutive = numbers[0] in (0, 1) and numbers == list(range(numbers[0], numbers[0] + len(rows)))
    distinct = len({row.glosses for row in rows}) > 0.9 * len(rows)
    return unpadded and consecutive and distinct and words <= 1.5 * len(rows)


def _are_settings(rows: Sequence[Row]) -> bool:
    """Whether the "targets" are what a configuration has: classes to import, or files."""
    written = [row.glosses for row in rows if row.glosses]
    return bool(written) and 2 * sum(
        len(glosses) == 1 and bool(_IMPORTED.fullmatch(glosses[0]) or _FILE.search(glosses[0]))
        for glosses in written
    ) > len(written)


def _is_classification(rows: Sequence[Row], roles: Roles) -> bool:
    """One class a sample, and a column that is for classes."""
    return roles.label is not None and all(row.glosses is None or len(row.glosses) == 1 for row in rows)
