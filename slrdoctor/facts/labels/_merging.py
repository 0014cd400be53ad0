"""The rows of several annotation files as one list of samples, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from slrdoctor.arithmetic.gloss_forms import cores, is_numbers, same_target
from slrdoctor.artifacts.run import AnnotationFile, Row
from slrdoctor.facts.labels._identity import are_counters, sample_key
from slrdoctor.facts.labels._placing import in_one_order, of_one_set, with_places
from slrdoctor.words.sample_ids import bare_id

NAMED = 4  # files that `read_from` names before it counts them


@dataclass(frozen=True)
class Part:
    """The rows of one file that are in one split."""

    where: str
    split: str
    rows: tuple[Row, ...]
    counted: bool  # the ids only count the rows
    richness: float  # fields a row that are known
    numbers: bool  # targets are class numbers


def parts_of(file: AnnotationFile) -> list[Part]:
    by_split: dict[str, list[Row]] = {}
    for row in file.rows:
        by_split.setdefault(row.split, []).append(row)
    return [
        Part(
            file.where,
            split,
            tuple(rows),
            all(row.id.isdigit() or row.stored for row in rows) and are_counters(r.id for r in rows),
            round(sum(map(_richness, rows)) / len(rows), 1),
            all(is_numbers(row.glosses) for row in rows if row.glosses) and any(r.glosses for r in rows),
        )
        for split, rows in by_split.items()
    ]


def _richness(row: Row) -> int:
    known = (row.text, row.signer, row.frames, row.fps, row.path)
    return sum(field is not None for field in known) + 2 * bool(row.glosses)


class Merged:
    """The samples so far, and which files they came from."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._numbers: list[bool] = []  # whether the row's target is a class number
        self._by_id: dict[str, list[int]] = {}
        self._origin: list[str] = []
        self._again: dict[str, None] = {}  # files that told of nothing new

    def take(self, part: Part) -> None:
        if part.counted and (self._places_from(part) or self._has_targets_of(part)):
            self._again[part.where] = None
            return
        before = len(self.rows)
        for row in part.rows:
            self._take(row, part)
        if len(self.rows) == before:
            self._again[part.where] = None

    def _take(self, row: Row, part: Part) -> None:
        key = sample_key(row)[1] if part.counted and row.stored else bare_id(row.id)
        for i in self._by_id.get(key, ()):
            known = self.rows[i]
            if self._origin[i] == part.where or (row.split and known.split != row.split):
                continue
            if self._numbers[i] != part.numbers and row.glosses and known.glosses:
                self.rows[i] = _filled(known, row)  # a class number and its name
                return
            if _agree(known, row):
                self.rows[i] = _filled(known, row)
                return
        self._by_id.setdefault(key, []).append(len(self.rows))
        self.rows.append(row)
        self._origin.append(part.where)
        self._numbers.append(part.numbers)

    def _places_from(self, part: Part) -> bool:
        """Whether the labels of an array are of samples that a table names: in its order, or not.

        In one order the table's rows get the places. In another only the array tells what is where.
        """
        mine = [i for i, row in enumerate(self.rows) if row.split == part.split and not row.stored]
        named = [self.rows[i] for i in mine]
        if not all(row.stored for row in part.rows) or not of_one_set(named, part.rows):
            return False
        if in_one_order(named, part.rows):
            for i, row in zip(mine, with_places(named, part.rows), strict=True):
                self.rows[i] = row
            return True
        self._leave_out(set(mine))
        return False

    def _leave_out(self, gone: set[int]) -> None:
        kept = [i for i in range(len(self.rows)) if i not in gone]
        self.rows = [self.rows[i] for i in kept]
        self._numbers = [self._numbers[i] for i in kept]
        self._origin = [self._origin[i] for i in kept]
        self._by_id = {}
        for i, row in enumerate(self.rows):
            self._by_id.setdefault(bare_id(row.id), []).append(i)

    def _has_targets_of(self, part: Part) -> bool:
        """Whether samples with other ids, but as many and with the same targets, are there."""
        known = [r for r in self.rows if not r.stored and (not part.split or r.split == part.split)]
        return bool(known) and _target_counts(known) == _target_counts(part.rows)

    def read_from(self) -> str:
        used = list(dict.fromkeys(self._origin))
        again = [where for where in self._again if where not in used]
        first = _named(used)
        return f"{first} ({_named(again)} repeats the same samples)" if again else first


def _agree(one: Row, other: Row) -> bool:
    """Whether two rows of one id can be the same sample, told twice."""
    if one.glosses is not None and other.glosses is not None:
        return same_target(one.glosses, other.glosses)
    if one.text and other.text:
        return one.text.split() == other.text.split()
    return True


def _filled(row: Row, other: Row) -> Row:
    """The row, with what it lacks and the other has."""
    lacking = {
        name: getattr(other, name)
        for name in ("glosses", "text", "signer", "frames", "fps", "path")
        if getattr(row, name) is None and getattr(other, name) is not None
    }
    return replace(row, **lacking) if lacking else row


def _target_counts(rows: Iterable[Row]) -> Counter[tuple[str, ...]]:
    return Counter(cores(r.glosses) if r.glosses else tuple((r.text or "").split()) for r in rows)


def _named(places: Sequence[str]) -> str:
    more = f" and {len(places) - NAMED} more" if len(places) > NAMED else ""
    return ", ".join(places[:NAMED]) + more
