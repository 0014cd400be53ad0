"""Which column of a table, or key of a record, tells what of a sample."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from slrdoctor.artifacts.kinds.annotations.cells import identifier, label, number, tokens, words_of_text
from slrdoctor.artifacts.kinds.plain_values import name_of
from slrdoctor.words import column_names
from slrdoctor.words.splits import split_of_name
from slrdoctor.words.translation import in_english

Record = Mapping[str, Any]
Fits = Callable[[list[Any]], bool]
COME_AGAIN = 3  # samples of each name, and of one word among as many
PROBED = 2000  # records that tell the columns' roles

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
    def has_gloss(self) -> bool:
        return bool(self.glosses or self.label)

    @property
    def has_target(self) -> bool:
        return bool(self.glosses or self.label or self.text)

    def __str__(self) -> str:
        named = ((f.name, getattr(self, f.name)) for f in fields(self))
        return ", ".join(f"{role} in `{key}`" for role, key in named if key is not None)


def squeeze(key: Any) -> str:
    """A column's name as it is compared: `Video ID`, `video_id` and `videoId` are one."""
    return column_names.squeezed(name_of(key))


def tells_of_results(keys: Sequence[Any]) -> bool:
    """Whether columns are those of a history, a score table or predictions, not of samples."""
    english = [in_english(name_of(key)) for key in keys]
    if {squeeze(key) for key in english} & column_names.NOT_OF_SAMPLES:
        return True
    return any(column_names.OF_GUESSES & set(_words_of(key)) for key in english)


def _words_of(key: Any) -> list[str]:
    return re.findall(r"[^\W\d_]+", _CAMEL.sub("_", name_of(key)).lower())


class _Columns:
    """Columns by their squeezed names, with the values that stand under them."""

    def __init__(self, values: Mapping[str, list[Any]]) -> None:
        self.values = values
        self.by_name: dict[str, str] = {}
        for key in values:
            self.by_name.setdefault(squeeze(key), key)

    def those(self, names: Sequence[str], fits: Fits) -> list[str]:
        """The keys of the names that are there and whose values fit, in the order of the names."""
        keys = [self.by_name[name] for name in names if name in self.by_name]
        return [key for key in keys if fits(self.values[key])]

    def first(self, names: Sequence[str], fits: Fits) -> str | None:
        return next(iter(self.those(names, fits)), None)

    def worded(self, words: frozenset[str], fits: Fits) -> str | None:
        """The first key with one of the words in its name: `DGS gloss`, but no `gloss count`."""
        for key, values in self.values.items():
            found = set(_words_of(key))
            if values and found & words and not found & column_names.NOT_ITSELF and fits(values):
                return key
        return None


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
        path=columns.first(names.PATH, _are_paths) or columns.worded(names.PATH_WORDS, _are_paths),
        glosses=columns.first(names.GLOSSES, _are_sequences),
        text=columns.first(names.TEXT, _are_texts),
        split=columns.first(names.SPLIT, _are_splits),
        signer=columns.first(names.SIGNER, _are_names),
        frames=columns.first(names.FRAMES, _are_counts),
        fps=columns.first(names.FPS, _are_counts),
    )
    if roles.id is None and roles.path is None:
        roles = replace(roles, path=columns.first(names.INPUT, _are_files))
    roles = _with_worded(roles, columns)
    if roles.glosses is not None and _is_name_of_number(columns, roles.glosses):
        roles = replace(roles, glosses=None, label=roles.glosses)
        return _plausible_length(roles, values)
    if roles.glosses is None:
        sequence = columns.first(names.EITHER, lambda v: _are_sequences(v) and not _name_classes(v))
        roles = replace(roles, glosses=sequence)
        if sequence is not None and _is_told_by_index(columns, sequence):
            roles = replace(roles, glosses=None, label=sequence)
            return _plausible_length(roles, values)
    classes = columns.those(names.EITHER, _name_classes)
    classes += columns.those(names.CLASS, _are_labels)
    classes += columns.those(names.CLASS_INDEX, _are_classes)
    # the name of a class tells more than its number
    classes.sort(key=lambda key: _are_numbers(values[key]))
    roles = replace(roles, label=next((key for key in classes if key != roles.id), None))
    if roles.text is not None and not roles.has_gloss and _are_signs(columns.values[roles.text]):
        roles = replace(roles, text=None, label=roles.text)
    return _plausible_length(_with_meaning(roles, columns), values)


def _with_meaning(roles: Roles, columns: _Columns) -> Roles:
    """What a `phrase` or an `utterance` is, by what stands in it: a class, glosses or a text."""
    keys = [key for key in columns.those(column_names.MEANING, _are_texts) if key != roles.path]
    if roles.id in keys and roles.path is not None and not roles.has_target:
        roles = replace(roles, id=None)  # an utterance that is said, and no number of one
    key = next((key for key in keys if key != roles.id and not _are_numbers(columns.values[key])), None)
    if key is None or roles.text is not None:
        return roles
    values = columns.values[key]
    if not roles.has_target and values and _name_classes(values):
        return replace(roles, label=key)
    words = [word for value in values for word in words_of_text(value).split()]
    if not roles.has_target and words and sum(word.isupper() for word in words) > 0.8 * len(words):
        return replace(roles, glosses=key)
    return replace(roles, text=key)


def _with_worded(roles: Roles, columns: _Columns) -> Roles:
    """The gloss and text columns by a word in their names, where no whole name told."""
    targets = columns.those((*column_names.EITHER, *column_names.CLASS), _are_labels)
    if roles.glosses is None and not targets:
        roles = replace(roles, glosses=columns.worded(frozenset(("gloss", "glosses")), _are_sequences))
    if roles.text is None:
        roles = replace(roles, text=columns.worded(column_names.TEXT_WORDS, _are_texts))
    return roles


def _are_signs(values: list[Any]) -> bool:
    """Whether texts of a word each are names of signs: translations do not come again so often."""
    texts = [words_of_text(value) for value in values]
    comes_again = COME_AGAIN * len(set(texts)) <= len(texts)
    return comes_again and all(texts) and _are_classes(values) and not any(" " in t for t in texts)


def _name_classes(values: list[Any]) -> bool:
    """Whether values are names of classes: of one word, or some of several where each comes again."""
    if _are_classes(values):
        return True
    texts = [words_of_text(value) for value in values]
    single = sum(" " not in text for text in texts)
    return all(texts) and COME_AGAIN * len(set(texts)) <= len(texts) <= COME_AGAIN * single


def _is_told_by_index(columns: _Columns, key: str) -> bool:
    """Whether texts of several words are classes (`thank you`): each has one class index."""
    index = columns.first(column_names.CLASS_INDEX, _are_classes)
    return index is not None and _is_one_to_one(columns, key, index)


def _is_name_of_number(columns: _Columns, key: str) -> bool:
    """Whether texts, of which some have several words, are names of the classes in another column.

    Sentences may be numbered too; but most names of classes are one word.
    """
    names = {words_of_text(value) for value in columns.values[key]}
    several = sum(" " in name for name in names)
    numbers = (*column_names.EITHER, *column_names.CLASS, *column_names.CLASS_INDEX)
    index = next((k for k in columns.those(numbers, _are_numbers) if k != key), None)
    if index is None or not 0 < several <= 0.5 * len(names):
        return False
    return _is_one_to_one(columns, key, index)


def _is_one_to_one(columns: _Columns, key: str, index: str) -> bool:
    """Whether each text has one number and each number one text, and both come again."""
    texts = [words_of_text(value) for value in columns.values[key]]
    numbers = [identifier(value) for value in columns.values[index]]
    return (
        len(set(zip(texts, numbers, strict=False))) == len(set(texts)) == len(set(numbers)) < len(texts)
    )


def _id(columns: _Columns) -> str | None:
    """The likeliest id column; one that repeats itself gives way to one that does not."""
    found = columns.those(column_names.ID, _are_names)
    distinct = [key for key in found if _are_distinct(columns.values[key])]
    if distinct or found:
        return (distinct or found)[0]
    # seq_id, sample_name ...
    return columns.worded(column_names.ID_WORDS, lambda v: _are_names(v) and _are_distinct(v))


def _are_distinct(values: list[Any]) -> bool:
    """A few repeated ids are a fault to find, not a reason to look for another column."""
    return len({identifier(value) for value in values}) >= 0.9 * len(values)


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


def _are_files(values: list[Any]) -> bool:
    """Names of clips: one word each, and hardly any of them twice."""
    measured = any(number(value) is not None and not identifier(value).isdecimal() for value in values)
    one_word = not any(" " in str(value) for value in values)
    return _are_paths(values) and _are_distinct(values) and one_word and not measured


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
    return not values or any(words_of_text(value) for value in values)


def _are_splits(values: list[Any]) -> bool:
    named = [
        bool(isinstance(value, str) and len(value) <= 80 and split_of_name(value)) for value in values
    ]
    return not named or sum(named) > 0.5 * len(named)


def _are_counts(values: list[Any]) -> bool:
    return not values or any(number(value) is not None for value in values[:200])


def _are_numbers(values: list[Any]) -> bool:
    return all(number(value) is not None for value in values)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)
