"""Lists that say which sample is in which split, and nothing else of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from slrdoctor.artifacts.content import Content, Table, Text, Tree
from slrdoctor.artifacts.kinds.annotations import cells
from slrdoctor.artifacts.kinds.annotations.columns import find_roles, tells_of_results
from slrdoctor.artifacts.kinds.annotations.lines import table_of_lines
from slrdoctor.artifacts.kinds.plain_values import name_of, plain
from slrdoctor.words.splits import split_of_name, split_of_word

_DIGIT = re.compile(r"\d")


def recognise_split_list(where: str, format: str, content: Content) -> dict[str, str] | None:
    """Sample id -> train, dev or test, where a file has ids and splits and no target.

    CSL-Daily's `split_1.txt` (`name|split`), {"train": [ids], "dev": [ids]}, a csv with an
    id and a split, and `train.txt` with an id a line. None for any other file.
    """
    if isinstance(content, Tree):
        return _of_tree(content.value)
    if isinstance(content, Table):
        return _of_table(content)
    if isinstance(content, Text):
        lines = [line for line in content.lines if line.strip()]
        table = table_of_lines(lines) if lines else None
        return _of_table(table) if table is not None else _of_lines(where, lines)
    return None


def _of_tree(value: Any) -> dict[str, str] | None:
    value = plain(value)
    if not isinstance(value, Mapping) or not value:
        return None
    named = {name_of(key): plain(item) for key, item in value.items()}
    parts = {split_of_word(key): item for key, item in named.items() if isinstance(item, (list, tuple))}
    if parts and len(parts) == len(named) and "" not in parts:
        found = {cells.identifier(item): split for split, part in parts.items() for item in part}
        return found if found and "" not in found and any(map(_DIGIT.search, found)) else None
    splits = {key: split_of_word(item) for key, item in named.items() if isinstance(item, str)}
    return splits if len(splits) == len(named) and all(splits.values()) and len(splits) > 2 else None


def are_names_by_split(value: Any) -> bool:
    """Whether a tree is {"train": [names], "dev": [names]}, and its keys are no glosses."""
    value = plain(value)
    if not isinstance(value, Mapping) or len(value) < 2:
        return False
    lists = [item for item in map(plain, value.values()) if isinstance(item, (list, tuple))]
    splits = {split_of_word(name_of(key)) for key in value}
    if len(lists) < len(value) or "" in splits or len(splits) < len(value):
        return False
    names = [name for item in lists for name in item]
    return bool(names) and all(isinstance(name, str) and _DIGIT.search(name) for name in names)


def _of_table(table: Table) -> dict[str, str] | None:
    if table.columns is None:
        if not table.rows or any(len(row) != 2 for row in table.rows):
            return None
        found = {cells.identifier(row[0]): split_of_word(name_of(row[1])) for row in table.rows}
        return found if "" not in found and all(found.values()) else None
    if tells_of_results(table.columns):
        return None
    records = table.records()
    roles = find_roles(records)
    name = roles.id or roles.path
    if roles.split is None or name is None or roles.has_target:
        return None
    found = {cells.identifier(r.get(name)): split_of_name(name_of(r.get(roles.split))) for r in records}
    return {key: split for key, split in found.items() if key and split} or None


def _of_lines(where: str, lines: list[str]) -> dict[str, str] | None:
    split = split_of_name(where.rpartition("/")[2])
    names = [line.strip() for line in lines]
    if not split or len(names) < 2 or len(set(names)) < len(names):
        return None
    numbered = sum(bool(_DIGIT.search(name)) for name in names)
    if numbered < 0.9 * len(names) or not _are_names(names):
        return None
    return dict.fromkeys(names, split)


def _are_names(lines: list[str]) -> bool:
    """Whether lines are names and no records: where they have blanks, what stands first repeats.

    `clip 12` is a name among others that begin with `clip`; `v0012 REGEN WIND` is a record.
    """
    first = {line.partition(" ")[0] for line in lines}
    if all(" " not in line for line in lines):
        return True
    return 2 * len(first) <= len(lines) and all(re.search(r"[^\W\d_]", line) for line in lines)
