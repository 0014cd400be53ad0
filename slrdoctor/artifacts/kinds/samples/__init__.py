"""Recognise arrays that hold many samples, with the labels, ids and lengths that go with them.

`X` [N, T, D] beside `y` [N] in one file or in two, of one split or of several; a list of arrays
beside a list of labels; (names, labels) beside ST-GCN's [N, C, T, V, M]. The labels of an
array are its samples' by their place, and every row says so (`Row.stored`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from slrdoctor.artifacts.content import Content, Table
from slrdoctor.artifacts.kinds.features import NO_CLIP
from slrdoctor.artifacts.kinds.features.parts import ARRAY_KEYS, in_parts
from slrdoctor.artifacts.kinds.features.peeking import is_report
from slrdoctor.artifacts.kinds.samples.columns import Column, columns_of, labels_in, texts_in
from slrdoctor.artifacts.kinds.samples.tables import sample_table
from slrdoctor.artifacts.run import AnnotationFile, Clip, FeatureSet, Row
from slrdoctor.words.landmark_parts import by_part, in_order
from slrdoctor.words.sample_arrays import IDS, LABELS, LENGTHS, SIGNERS, is_named_x, role_of
from slrdoctor.words.splits import split_of_name, split_of_word

CONVENTION = "labels of an array of samples"
BESIDE = (".npy", ".json", ".txt", ".csv", ".pt", ".pkl", ".pickle", ".p")
MOST_BESIDE = 12  # files of one folder that are opened for one array
MOST_ARRAYS = 12  # of the same samples in one file: parts of a person, streams; clips are more
DISTINCT = 0.9  # share of ids that no other sample has
NEARLY = 0.5  # of the samples: by so many labels a list may be too long or too short for its array


@dataclass(frozen=True)
class Stored:
    """A file that may hold samples, and the files of its folder."""

    where: str
    path: Path
    reader: str
    content: Content
    names: Sequence[str]  # of the other files in the folder
    open: Callable[[str], Content | None]

    @property
    def stem(self) -> str:
        name = self.where.rpartition("/")[2]
        return name.rpartition(".")[0] or name


@dataclass
class StoredSamples:
    """The samples of one file: features, their labels, and the files that these came from."""

    sets: list[FeatureSet] = field(default_factory=list)
    labels: list[AnnotationFile] = field(default_factory=list)
    companions: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Role:
    """A list that goes with an array, and the file that it is in."""

    column: Column
    where: str


def _is_of_a_run(name: str) -> bool:
    """Whether an array is named for what a training took or gave, and not for samples."""
    return bool(NO_CLIP.search(name.lower())) or is_report(name)


def samples_in(file: Stored) -> StoredSamples:
    """The samples of a file, by split; none where it is nothing of the kind."""
    if isinstance(file.content, Table):
        return _of_table(file, file.content)
    columns = columns_of(file.content, file.stem)
    data = [c for c in columns if c.is_data and not _is_of_a_run(c.name)]
    found = StoredSamples()
    if not data:
        return found
    outer = split_of_name(file.where)
    splits = dict.fromkeys(c.split or outer for c in data)
    chosen = []
    for split in splits:
        mine = [c for c in columns if (c.split or outer) == split]
        roles = {**_beside(file, split), **_inside(file, mine)}
        column = _features([c for c in data if c in mine], roles)
        chosen += [(split, column, roles)] if column is not None else []
    for split, column, roles in chosen:
        name = f"{file.where}#{column.name}" if len(chosen) > 1 else file.where
        _add(found, file, split, column, roles, name, data)
    return found


def _of_table(file: Stored, table: Table) -> StoredSamples:
    """The samples of a table of numbers with a column of labels, or of the names of clips."""
    told = sample_table(table)
    if told is None:
        return StoredSamples()

    def column(i: int | None) -> list[str]:
        cells = [table.rows[start] for start, _ in told.spans]
        return [str(row[i]).strip() if i is not None and i < len(row) else "" for row in cells]

    ids, splits, people = column(told.ids), column(told.split), column(told.signer)
    is_named = told.ids is not None and len(set(ids)) >= DISTINCT * len(ids)
    if told.label is not None and all(map(str.isdecimal, ids)):
        is_named = False
    keys = ids if is_named else list(map(str, range(len(told.spans))))
    outer = split_of_name(file.where)
    clips = tuple(Clip(key, file.path, file.reader, told.place(i)) for i, key in enumerate(keys))
    rows = tuple(
        Row(
            keys[i],
            split_of_word(splits[i]) or outer,
            glosses=(label,) if label else (),
            signer=people[i] or None,
            line=i,
            stored=(file.where, i),
        )
        for i, label in enumerate(map(_class, column(told.label)))
    )
    split = outer if told.split is None else ""
    one = FeatureSet(split, file.where, file.reader, "container", clips, counted=not is_named)
    if told.label is None:
        return StoredSamples([one])
    labels = AnnotationFile(file.where, file.reader, CONVENTION, rows, classification=True)
    return StoredSamples([one], [labels])


def _class(cell: str) -> str:
    """A class as its cell has it; pandas writes whole numbers with a gap among them as 3.0."""
    return cell[:-2] if cell.endswith(".0") and cell[:-2].isdecimal() else cell


def _features(data: Sequence[Column], roles: dict[str, list[_Role]]) -> Column | None:
    """The array of features: one that labels, or for clips ids or lengths, are as many as."""
    fits = []
    for column in data:
        counts = {role: {r.column.count for r in found} for role, found in roles.items()}
        labelled = column.count in counts.get(LABELS, ())
        of_clips = len(column.shape) != 2
        listed = column.count in counts.get(IDS, set()) | counts.get(LENGTHS, set())
        is_named = is_named_x(column.name) or column.name.rpartition("/")[2].lower() in ARRAY_KEYS
        nearly = is_named and any(_is_nearly(column, r) for r in roles.get(LABELS, ()))
        if (labelled or (of_clips and listed) or nearly) and not _is_one_clip(column, data, is_named):
            fits.append((labelled, is_named, column))
    return max(fits, key=lambda fit: (fit[0], fit[1]), default=(False, False, None))[2]


def _is_one_clip(column: Column, data: Sequence[Column], is_named: bool) -> bool:
    """Whether an array is one clip among many: it may have as many frames as there are tokens."""
    others = sum(one.count != column.count for one in data)
    return len(data) > MOST_ARRAYS or (not is_named and others > len(data) - others)


def _is_nearly(column: Column, labels: _Role) -> bool:
    """Whether labels are meant for an array that has more or fewer samples than they are."""
    off = abs(column.count - labels.column.count)
    return 0 < off <= NEARLY * column.count and column.count > 2


def _inside(file: Stored, columns: Sequence[Column]) -> dict[str, list[_Role]]:
    """The lists of the same file by their roles; one without a telling name by what it holds."""
    roles: dict[str, list[_Role]] = {}
    for column in columns:
        if not column.is_data and (role := column.role or _role_by_values(column)):
            roles.setdefault(role, []).append(_Role(column, file.where))
    return roles


def _role_by_values(column: Column) -> str:
    """Labels come again and again, ids do not; a list of other things has no role."""
    if not column.name.rpartition("/")[2].isdecimal() or column.count < 4:
        return ""
    texts = texts_in(column) if len(column.shape) < 2 else None
    if texts is None:
        return ""
    distinct = len(set(texts))
    if distinct >= DISTINCT * len(texts):
        return IDS if any(not text.isdecimal() for text in texts) else ""
    return LABELS if 1 < distinct <= 0.5 * len(texts) else ""


def _beside(file: Stored, split: str) -> dict[str, list[_Role]]:
    """The lists in files beside an array, of the same split by their names."""
    roles: dict[str, list[_Role]] = {}
    folder = f"{file.where.rpartition('/')[0]}/" if "/" in file.where else ""
    named = [n for n in file.names if n.lower().endswith(BESIDE) and _is_companion(folder, n, split)]
    for name in named[:MOST_BESIDE]:
        content = file.open(name)
        if content is None:
            continue
        stem = name.rpartition(".")[0]
        columns = columns_of(content, stem)
        for column in columns:
            role = (role_of(stem) if len(columns) == 1 else "") or column.role or _role_by_values(column)
            if role:
                roles.setdefault(role, []).append(_Role(column, folder + name))
    return roles


def _is_companion(folder: str, name: str, split: str) -> bool:
    stem = name.rpartition(".")[0]
    return bool(role_of(stem)) and split_of_name(folder + stem) == split


def _add(
    found: StoredSamples,
    file: Stored,
    split: str,
    column: Column,
    roles: dict[str, list[_Role]],
    where: str,
    data: Sequence[Column],
) -> None:
    ids = _fitting(roles.get(IDS, ()), column.count)
    labels = _fitting(roles.get(LABELS, ()), column.count)
    labels = labels or next((one for one in roles.get(LABELS, ()) if _is_nearly(column, one)), None)
    keys, counted = _keys(ids, column.count, labels is not None)
    lengths = _lengths(_fitting(roles.get(LENGTHS, ()), column.count))
    parts = _parts(column, data)
    clips = tuple(
        _clip(Clip(key, file.path, file.reader, column.entry(i)), parts, i, lengths)
        for i, key in enumerate(keys)
    )
    found.sets.append(
        FeatureSet(split, where, file.reader, "container", clips, bool(lengths), counted=counted)
    )
    targets = labels_in(labels.column) if labels is not None else None
    used = [role for role in (ids, labels, _fitting(roles.get(LENGTHS, ()), column.count)) if role]
    found.companions |= {role.where for role in used} - {file.where}
    if labels is None or targets is None:
        return
    rows = _rows(keys, targets, split, where)
    signers = _fitting(roles.get(SIGNERS, ()), column.count)
    people = texts_in(signers.column) if signers is not None else None
    if people is not None:
        rows = [replace(row, signer=who) for row, who in zip(rows, people, strict=False)]
    single = all(len(target) <= 1 for target in targets)
    found.labels.append(
        AnnotationFile(labels.where, file.reader, CONVENTION, tuple(rows), classification=single)
    )


def _keys(ids: _Role | None, count: int, are_labelled: bool) -> tuple[tuple[str, ...], bool]:
    """What the samples are called, and whether that may only count them.

    Numbers may be the places in some other list: annotations that lie apart from the array tell.
    """
    names = texts_in(ids.column) if ids is not None else None
    if names is not None and len(set(names)) < DISTINCT * len(names):
        names = None
    counted = names is None or _may_be_places(names)
    if names is None or (counted and are_labelled):
        return tuple(map(str, range(count))), True
    return names, counted


def _may_be_places(names: Sequence[str]) -> bool:
    """Whether ids may only count: whole numbers, not filled up with zeros."""
    return all(name.isdecimal() and (name == "0" or not name.startswith("0")) for name in names)


def _parts(column: Column, data: Sequence[Column]) -> list[tuple[str, Column]]:
    """The arrays of the parts of a person, of which the column is one; none where it holds all."""
    alike = {one.name: one for one in data if one.count == column.count and len(one.shape) != 2}
    put = [one.names for one in by_part(alike) if column.name in one.names.values()]
    if len(put) != 1 or len(put[0]) < 2:
        return []
    return [(part, alike[put[0][part]]) for part in in_order(put[0])]


def _clip(clip: Clip, parts: Sequence[tuple[str, Column]], i: int, lengths: Sequence[int]) -> Clip:
    whole = in_parts(clip, [(part, one.entry(i)) for part, one in parts]) if parts else clip
    return replace(whole, length=lengths[i] if lengths else None)


def _rows(keys: Sequence[str], targets: Sequence[tuple[str, ...]], split: str, where: str) -> list[Row]:
    """A row a sample; one without a label has an empty target, a label without a sample no clip."""
    rows = []
    for i in range(max(len(keys), len(targets))):
        key = keys[i] if i < len(keys) else str(i)
        target = targets[i] if i < len(targets) else ()
        rows.append(Row(key, split, glosses=target, line=i, stored=(where, i)))
    return rows


def _fitting(found: Sequence[_Role], count: int) -> _Role | None:
    return next((role for role in found if role.column.count == count), None)


def _lengths(found: _Role | None) -> list[int]:
    """Frames that are real, sample by sample; none where they are not whole numbers."""
    texts = texts_in(found.column) if found is not None else None
    if texts is None:
        texts = tuple(target[0] for target in (labels_in(found.column) or ()) if target) if found else ()
    numbers = [int(text) for text in texts if text.isdecimal() and len(text) < 16]
    return numbers if found is not None and len(numbers) == found.column.count else []
