"""Rows of a table and labels of an array that tell of the same samples: in one order, or in another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import replace

from slrdoctor.artifacts.run import Row


def in_one_order(named: Sequence[Row], placed: Sequence[Row]) -> bool:
    """Whether the targets of both agree row by row: a name for each number, a number for each name."""
    pairs = set(zip((_target(row) for row in named), (_target(row) for row in placed), strict=False))
    one, other = {a for a, _ in pairs}, {b for _, b in pairs}
    return len(named) == len(placed) and len(pairs) == len(one) == len(other) and len(one) > 1


def of_one_set(named: Sequence[Row], placed: Sequence[Row]) -> bool:
    """Whether both have as many samples of each class, whatever the classes are called."""
    return bool(named) and _sizes(named) == _sizes(placed)


def with_places(named: Sequence[Row], placed: Sequence[Row]) -> list[Row]:
    """The rows of the table with the places of the array's samples, in the same order."""
    return [replace(row, stored=other.stored) for row, other in zip(named, placed, strict=True)]


def _sizes(rows: Sequence[Row]) -> list[int]:
    return sorted(Counter(map(_target, rows)).values())


def _target(row: Row) -> Hashable:
    return row.glosses or row.text or ""
