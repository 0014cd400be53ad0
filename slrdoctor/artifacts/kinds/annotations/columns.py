"""Which column of a table, or key of a record, tells what of a sample."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from slrdoctor.artifacts.kinds.annotations import column_names
from slrdoctor.artifacts.kinds.annotations.cells import identifier, label, number, tokens, words_of_text
from slrdoctor.artifacts.kinds.splits import split_of_name

Record = Mapping[str, Any]
PROBED = 2000  # records that tell the columns' roles

_GUESSED = re.compile(
    r"(?:^|_)(?:hyps?|hypothesis|hypotheses|preds?|predicted|predictions?|decoded)(?:_|$)"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True)
class Roles:
    """The key that tells each thing of a sample; None where none does."""

    id: str | None = None
    path: str | None = None
    glosses: str | None = None  # a sequence
    label: str | None = None  # one class
    text: str | None = None
    split: str | None = None
    signer: str | None = None
    frames: str | None = None
    fps: str | None = None

    @property
    def has_target(self) -> bool:
        return bool(self.glosses or self.label or self.text)

    def __str__(self) -> str:
        named = ((f.name, getattr(self, f.name)) for f in fields(self))
        return ", ".join(f"{role} in `{key}`" for role, key in named if key is not None)


def squeeze(key: Any) -> str:
    """A column's name as it is compared: `Video ID`, `video_id` and `videoId` are one."""
    return re.sub(r"[\W_]+", "", str(key)).lower()


def tells_of_results(keys: Sequence[Any]) -> bool:
    """Whether columns are those of a history, a score table or predictions, not of samples."""
    if {squeeze(key) for key in keys} & column_names.NOT_OF_SAMPLES:
        return True
    return any(
        _GUESSED.search(re.sub(r"[\W_]+", "_", _CAMEL.sub("_", str(key))).lower()) for key in keys
    )


class _Columns:
    """Columns by their squeezed names, with the values that stand under them."""

    def __init__(self, values: Mapping[str, list[Any]]) -> None:
        self.values = values
        self.by_name: dict[str, str] = {}
        for key in values:
            self.by_name.setdefault(squeeze(key), key)

    def those(self, names: Sequence[str], fits: Callable[[list[Any]], bool]) -> list[str]:
        """The keys of the names that are there and whose values fit, in the order of the names."""
        keys = [self.by_name[name] for name in names if name in self.by_name]
        return [key for key in keys if fits(self.values[key])]

    def first(self, names: Sequence[str], fits: Callable[[list[Any]], bool]) -> str | None:
        return next(iter(self.those(names, fits)), None)


def find_roles(records: Sequence[Record]) -> Roles:
    """The roles of the records' keys, by their names and by what stands under them."""
    probed = records[:PROBED]
    keys = list(dict.fromkeys(key for record in probed for key in record))
    return roles_of({key: [record[key] for record in probed if key in record] for key in keys})


def roles_of(values: Mapping[str, list[Any]]) -> Roles:
    """The roles of columns; columns without values are told by their names alone."""
    columns = _Columns(values)
    names = column_names
    roles = Roles(
        id=_id(columns),
        path=columns.first(names.PATH, _are_paths),
        glosses=columns.first(names.GLOSSES, _are_sequences),
        text=columns.first(names.TEXT, _are_texts),
        split=columns.first(names.SPLIT, _are_splits),
        signer=columns.first(names.SIGNER, _are_names),
        frames=columns.first(names.FRAMES, _are_counts),
        fps=columns.first(names.FPS, _are_counts),
    )
    if roles.glosses is None:
        sequence = columns.first(names.EITHER, lambda v: _are_sequences(v) and not _are_classes(v))
        roles = replace(roles, glosses=sequence)
    classes = columns.those(names.EITHER, _are_classes)
    classes += columns.those(names.CLASS, _are_labels)
    classes += columns.those(names.CLASS_INDEX, _are_classes)
    # the name of a class tells more than its number
    classes.sort(key=lambda key: _are_numbers(values[key]))
    roles = replace(roles, label=next((key for key in classes if key != roles.id), None))
    return _plausible_length(roles, values)


def _id(columns: _Columns) -> str | None:
    """The likeliest id column; one that repeats itself gives way to one that does not."""
    found = columns.those(column_names.ID, _are_names)
    for key in found:
        values = [identifier(value) for value in columns.values[key]]
        # a few repeated ids are a fault to find, not a reason to look for another column
        if len(set(values)) >= 0.9 * len(values):
            return key
    return found[0] if found else None


def _plausible_length(roles: Roles, columns: Mapping[str, list[Any]]) -> Roles:
    """`length` may count frames, seconds or words: frames are many, and more than the glosses."""
    if roles.frames is None or squeeze(roles.frames) != "length":
        return roles
    lengths = sorted(n for value in columns[roles.frames] if (n := number(value)) is not None)
    whole = all(n == int(n) for n in lengths)
    return (
        roles if lengths and whole and lengths[len(lengths) // 2] >= 16 else replace(roles, frames=None)
    )


def _are_names(values: list[Any]) -> bool:
    return any(identifier(value) for value in values) or not values


def _are_paths(values: list[Any]) -> bool:
    return all(isinstance(value, str) or value is None or _is_nan(value) for value in values[:50])


def _are_sequences(values: list[Any]) -> bool:
    return all(value is None or tokens(value) is not None or _is_nan(value) for value in values[:200])


def _are_classes(values: list[Any]) -> bool:
    """One token a sample, in all but a few samples (`thank you`)."""
    cells = [tokens(value) for value in values]
    found = [cell for cell in cells if cell]
    if not found:
        return not values
    return all(c is not None for c in cells) and sum(len(c) == 1 for c in found) >= 0.8 * len(found)


def _are_labels(values: list[Any]) -> bool:
    return not values or sum(label(value) is not None for value in values) >= 0.8 * len(values)


def _are_texts(values: list[Any]) -> bool:
    return (
        not values
        or any(words_of_text(value) for value in values)
        or all(v in ("", None) for v in values)
    )


def _are_splits(values: list[Any]) -> bool:
    named = [bool(isinstance(value, str) and split_of_name(value)) for value in values]
    return not named or sum(named) > 0.5 * len(named)


def _are_counts(values: list[Any]) -> bool:
    return not values or any(number(value) is not None for value in values[:200])


def _are_numbers(values: list[Any]) -> bool:
    return all(number(value) is not None for value in values)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)
