"""Samples that belong to the entries of an array by their places, and no name needs to tell.

Places come from the file itself, where labels and arrays lie together, or from the order of a
table that has as many rows as the array has entries. A number inside an id is not a place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from slrdoctor.artifacts.run import FeatureSet, Row

IN_ONE_FILE = "labels and arrays by their places in one file"
IN_ORDER = "the rows of the table and the entries of the array by their order"


@dataclass
class Placed:
    """Rows whose clips their places tell: row -> (set, clip). `bare` rows have no clip for sure."""

    stored: dict[int, tuple[int, int]] = field(default_factory=dict)
    ordered: dict[int, tuple[int, int]] = field(default_factory=dict)
    bare: set[int] = field(default_factory=set)  # labels beyond the end of their array
    unplaced: set[int] = field(default_factory=set)  # an array may have them, at unknown places


def placed(sets: Sequence[FeatureSet], rows: Sequence[Row]) -> Placed:
    """The rows that places tell, and those for which no reading of places is sure."""
    found = Placed()
    by_where = {one.where: s for s, one in enumerate(sets)}
    for i, row in enumerate(rows):
        if row.stored is None:
            continue
        where, j = row.stored
        s = by_where.get(where)
        if s is not None and j < len(sets[s].clips):
            found.stored[i] = s, j
        else:
            found.bare.add(i)
    used = {s for s, _ in found.stored.values()}
    free = [i for i, row in enumerate(rows) if row.stored is None]
    for s, one in enumerate(sets):
        if not one.counted or s in used:
            continue
        for mine in _alike(one, rows, [i for i in free if i not in found.ordered]):
            found.ordered.update({i: (s, j) for j, i in enumerate(mine)})
    found.unplaced = set(_unplaced(sets, rows, [i for i in free if i not in found.ordered]))
    return found


def _alike(one: FeatureSet, rows: Sequence[Row], free: Sequence[int]) -> Iterator[list[int]]:
    """The rows that are as many as an array has entries, in the order of their table."""
    mine = [i for i in free if not one.split or rows[i].split == one.split]
    groups = [mine]
    if not one.split:
        # an array of no split may be of one split's samples as well
        groups += [[i for i in mine if rows[i].split == s] for s in {rows[i].split for i in mine}]
    for group in groups:
        if len(group) != len(one.clips) or not group:
            continue
        if {_number(rows[i].id) for i in group} == {_number(clip.key) for clip in one.clips}:
            return  # ids are the places, in whatever order the rows are
        if len({rows[i].line for i in group}) == len(group):
            yield sorted(group, key=lambda i: rows[i].line)
            return
        if len({rows[i].split for i in group}) == 1:
            yield group
            return


def _number(name: str) -> str:
    """A number without the zeros that fill it up."""
    return name.lstrip("0") or "0" if name.isdecimal() else name


def _unplaced(sets: Sequence[FeatureSet], rows: Sequence[Row], free: Sequence[int]) -> Iterator[int]:
    """Rows of which only arrays without names can have the features."""
    for i in free:
        own = [
            one for one in sets if one.clips and (not rows[i].split or one.split in (rows[i].split, ""))
        ]
        if own and all(one.counted for one in own) and not rows[i].id.strip().isdecimal():
            yield i
