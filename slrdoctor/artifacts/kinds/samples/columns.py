"""The columns of a file of samples: what stands under each name, an entry a sample."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from slrdoctor.artifacts.clip_places import (
    Entry,
    Member,
    OneFrame,
    Place,
    Way,
    Whole,
    member,
    way,
)
from slrdoctor.artifacts.content import Arrays, Content, Table, Text, Tree
from slrdoctor.artifacts.kinds.features.nested_numbers import shape_of
from slrdoctor.artifacts.kinds.plain_values import are_one_hot, plain
from slrdoctor.words.landmark_layouts import is_frame_of_landmarks
from slrdoctor.words.sample_arrays import role_of
from slrdoctor.words.splits import split_of_name

MOST_ENTRIES = 5_000_000  # of a list of labels or ids
MOST_TUPLE = 4  # lists without names: (names, labels), (x, y, signers)
DEEPEST = 2  # dicts around the columns: {"train": {"x": ..., "y": ...}}
PEEKED = 20  # entries of a list that tell what it holds
FEWEST_VALUES = 2  # of one sample: a column of single numbers is no array of features


@dataclass(frozen=True)
class Column:
    """What stands under one name of a file: `count` entries. An array has a `shape` and a `kind`."""

    name: str
    count: int
    place: Whole | Member | Way
    values: Callable[[], Any]
    shape: tuple[int, ...] = ()  # () of a list
    kind: str = ""  # of the array's numbers: f, i, u, b
    inner: tuple[str, ...] = ()  # the way from an entry of a list to its values

    @property
    def split(self) -> str:
        return split_of_name(self.name)

    @property
    def role(self) -> str:
        return role_of(self.name.rpartition("/")[2])

    @property
    def is_data(self) -> bool:
        """Whether every entry may be a sample's features: numbers, more than one."""
        if self.count < 2:
            return False
        if self.shape:
            sized = int(np.prod(self.shape[1:], dtype=np.int64)) >= FEWEST_VALUES
            of_clips = 3 <= len(self.shape) <= 5 or (len(self.shape) == 2 and not self.role)
            return self.kind in "fiub" and sized and of_clips
        return not self.role and _are_of_numbers(self.values(), self.inner)

    @functools.cached_property
    def _are_frames(self) -> bool:
        """Whether entries are landmarks [K, C] of one frame each."""
        if self.shape:
            return is_frame_of_landmarks(self.shape[1:])
        few = _few(self.values(), self.inner)
        return all(is_frame_of_landmarks(shape_of(value)) for value in few)

    def entry(self, i: int) -> Place:
        """Where the features of sample `i` lie."""
        if not self.shape:
            keys = self.place.keys if isinstance(self.place, Way) else ()
            of_list = Way((*keys, str(i), *self.inner))
            return OneFrame(of_list) if self._are_frames else of_list
        entry = Entry(self.place, i)
        return OneFrame(entry) if self._are_frames else entry


def columns_of(content: Content, stem: str) -> list[Column]:
    """Every column of a file; a list or array without a name has that of the file."""
    if isinstance(content, Arrays):
        return list(_of_arrays(content, stem))
    if isinstance(content, Tree):
        return list(_of_tree(content.value, stem, (), 0))
    if isinstance(content, Text):
        lines = [line.strip() for line in content.lines if line.strip()]
        return [_of_list(stem, lines, ())]
    return list(_of_table(content, stem)) if isinstance(content, Table) else []


def labels_in(column: Column) -> list[tuple[str, ...]] | None:
    """The target of every sample: one class, or a sequence of glosses; None where it holds none.

    Whole numbers, texts, one-hot rows, or lists of them.
    """
    values = column.values()
    if isinstance(values, np.ndarray):
        if values.ndim == 2 and values.shape[1] == 1:
            values = values[:, 0]
        elif values.ndim == 2 and are_one_hot(values):
            values = values.argmax(axis=1)
        if values.ndim != 1 or values.dtype.kind not in "iufb":
            return None
        if values.dtype.kind == "f" and not (np.isfinite(values) & (values == np.trunc(values))).all():
            return None
        return [(str(int(value)),) for value in values.tolist()]
    found = [_target(plain(value)) for value in values]
    if any(target is None for target in found):
        return None
    texts = [target or () for target in found]
    single = sum(" " not in text for target in texts for text in target[:1])
    if all(len(target) <= 1 for target in texts) and single < 0.8 * len(texts):
        return [tuple(target[0].split()) if target else () for target in texts]
    return texts


def texts_in(column: Column) -> tuple[str, ...] | None:
    """Names or signers: texts or whole numbers; None for anything else."""
    values = column.values()
    if isinstance(values, np.ndarray):
        if values.ndim != 1 or values.dtype.kind not in "iu":
            return None
        values = values.tolist()
    found = [plain(value) for value in values]
    if not all(isinstance(value, (str, int)) and not isinstance(value, bool) for value in found):
        return None
    return tuple(map(str, found))


def _target(value: Any) -> tuple[str, ...] | None:
    if value is None or value == "":
        return ()
    if isinstance(value, np.ndarray):
        value = value.tolist() if value.ndim == 1 else None
    if isinstance(value, (list, tuple)):
        inner = [_target(plain(item)) for item in value]
        flat = all(item is not None and len(item) <= 1 for item in inner)
        return tuple(item[0] for item in inner if item) if flat else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return (str(value).strip(),)


def _of_arrays(content: Arrays, stem: str) -> Iterator[Column]:
    for name, info in content.members.items():
        if info.shape:
            kind = np.dtype(info.dtype).kind
            yield Column(
                name or stem, info.shape[0], member(name), _loading(content, name), info.shape, kind
            )
    for name, value in content.extras.items():
        if isinstance(value, (list, tuple)):
            yield _of_list(name, value, ())


def _loading(content: Arrays, name: str) -> Callable[[], Any]:
    return lambda: content.load(name)


def _of_tree(value: Any, name: str, keys: tuple[str, ...], depth: int) -> Iterator[Column]:
    if isinstance(value, np.ndarray):
        if value.ndim:
            yield Column(name, len(value), way(*keys), lambda: value, value.shape, value.dtype.kind)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if depth < DEEPEST:
                below = f"{name}/{key}" if depth else str(key)
                yield from _of_tree(inner, below, (*keys, str(key)), depth + 1)
    elif isinstance(value, (list, tuple)) and value:
        if depth == 0 and _are_parallel(value):
            for i, inner in enumerate(value):
                yield from _of_tree(inner, str(i), (str(i),), 1)
        elif depth == 0 and _are_pairs(value):
            yield Column("0", len(value), way(), lambda: value, inner=("0",))
            yield _of_list("1", [pair[1] for pair in value], ())
        elif len(value) <= MOST_ENTRIES:
            yield _of_list(name, value, keys)


def _of_list(name: str, values: Sequence[Any], keys: tuple[str, ...]) -> Column:
    return Column(name, len(values), way(*keys), lambda: values)


def _of_table(table: Table, stem: str) -> Iterator[Column]:
    """A table of one column, with a header or without."""
    if {len(row) for row in table.rows} == {1}:
        name = table.columns[0] if table.columns and role_of(str(table.columns[0])) else stem
        yield _of_list(str(name), [row[0] for row in table.rows], ())


def _are_parallel(value: Sequence[Any]) -> bool:
    """Whether a few lists or arrays are equally long: (names, labels), (x, y)."""
    if not 2 <= len(value) <= MOST_TUPLE:
        return False
    if not all(isinstance(v, (list, tuple)) or (isinstance(v, np.ndarray) and v.ndim) for v in value):
        return False
    return len({len(v) for v in value}) == 1 and len(value[0]) > len(value)


def _are_pairs(value: Sequence[Any]) -> bool:
    """Whether entries are (features, label)."""
    if not all(isinstance(pair, (list, tuple)) and len(pair) == 2 for pair in value):
        return False
    few = value[:PEEKED]
    labelled = all(
        isinstance(plain(pair[1]), (str, int)) and not isinstance(pair[1], bool) for pair in few
    )
    return labelled and _are_of_numbers([pair[0] for pair in few], ())


def _are_of_numbers(values: Sequence[Any], inner: tuple[str, ...]) -> bool:
    """Whether the first entries of a list are arrays of numbers, or lists of them."""
    few = _few(values, inner)
    return bool(few) and all(map(_is_of_numbers, few))


def _few(values: Sequence[Any], inner: tuple[str, ...]) -> list[Any]:
    return [value[int(inner[0])] if inner else value for value in values[:PEEKED]]


def _is_of_numbers(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fiub" and value.size >= FEWEST_VALUES
    if not isinstance(value, (list, tuple)) or len(value) < FEWEST_VALUES:
        return False
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fiub" and value.size > 0
    return isinstance(value, (int, float)) and not isinstance(value, bool)
