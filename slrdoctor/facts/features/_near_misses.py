"""Stored clips that were probably meant for samples without features."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from slrdoctor.artifacts.kinds.features.clip_names import LONGEST, composed, ends, key_of, name_of
from slrdoctor.artifacts.run import Row

KINDS = ("extension", "unicode form", "case", "prefix", "split", "spelling")
SPELLED = 5  # rows that are held against every stored name, letter by letter
STORED = 5_000  # names they are held against
ALIKE = 85.0  # of 100: rapidfuzz.fuzz.ratio from which two names are one with a slip
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class NearMiss:
    """A sample without features, and the stored clip that it was probably meant for."""

    id: str
    stored: str
    by: str  # extension | prefix | case | unicode form | spelling, or split: in the folder of another


def near_misses(rows: Sequence[Row], keys: Iterable[str]) -> Iterator[NearMiss]:
    """For rows without features, clips that no row claims and whose name is nearly theirs.

    Linear in both, but for the spelling of the first few rows that nothing else explains.
    """
    names = {name_of(key_of(key)): key for key in keys}
    if not names:
        return
    by_form = {composed(name): key for name, key in names.items()}
    by_case = {composed(name).casefold(): key for name, key in names.items()}
    by_piece = {piece: key for name, key in names.items() for piece in ends(name)}
    unexplained = 0
    for row in rows:
        wanted = [name_of(key_of(text)) for text in (row.path, row.id) if text]
        found = _first(row, wanted, by_form, by_case, by_piece, names)
        if found is None and unexplained < SPELLED:
            unexplained += 1
            found = _by_spelling(row, wanted, list(names)[:STORED], names)
        if found is not None:
            yield found


def _first(
    row: Row,
    wanted: Sequence[str],
    by_form: dict[str, str],
    by_case: dict[str, str],
    by_piece: dict[str, str],
    names: dict[str, str],
) -> NearMiss | None:
    for name in wanted:
        if name in names:
            return NearMiss(row.id, names[name], "split")
        if composed(name) in by_form:
            return NearMiss(row.id, by_form[composed(name)], "unicode form")
        if composed(name).casefold() in by_case:
            return NearMiss(row.id, by_case[composed(name).casefold()], "case")
    for name in wanted:
        if name in by_piece:
            return NearMiss(row.id, by_piece[name], "prefix")
        inner = next((end for end in ends(name) if end in names), None)
        if inner is not None:
            return NearMiss(row.id, names[inner], "prefix")
    return None


def _by_spelling(
    row: Row, wanted: Sequence[str], stored: Sequence[str], names: dict[str, str]
) -> NearMiss | None:
    from rapidfuzz import fuzz, process

    for name in (w for w in wanted if len(w) <= LONGEST):
        # other numbers are other samples, not a slip
        numbers = _DIGITS.findall(name)
        like = [s for s in stored if len(s) <= LONGEST and _DIGITS.findall(s) == numbers]
        found = process.extractOne(name, like, scorer=fuzz.ratio, score_cutoff=ALIKE)
        if found is not None:
            return NearMiss(row.id, names[found[0]], "spelling")
    return None
