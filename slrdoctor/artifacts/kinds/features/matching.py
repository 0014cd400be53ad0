"""Hold annotated rows against stored clips, with ever looser readings of their names.

A reading (`Rung`) makes one text of a row and one of a clip's key; where they are equal
and nobody else's, the two belong together. All of it is dictionaries: linear in rows
and clips.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from slrdoctor.artifacts.kinds.features.clip_names import (
    composed,
    key_of,
    sources_of,
)
from slrdoctor.artifacts.kinds.features.name_readings import GUESS_SHARE, PLAIN, RUNGS, Forms, Rung
from slrdoctor.artifacts.run import FeatureSet, Row

CLEARLY_MORE = 1.5  # times the rows that a looser reading must cover to be taken before a stricter


@dataclass(frozen=True)
class Match:
    """What one reading found for the rows of a split in one feature set."""

    hits: dict[int, int]  # row -> clip
    forms: Forms  # of the rows: what was looked for
    words: str
    exact: bool = True
    is_guess: bool = False  # something was taken off the names, so that other names may be meant


def best_match(rows: Sequence[Row], found: FeatureSet, plain_only: bool = False) -> Match:
    """The reading that brings the most rows to a clip of their own.

    `plain_only` leaves out the readings that fold or guess.
    """
    keys = [key_of(clip.key) for clip in found.clips]
    if found.counted and not _are_places(rows):
        return Match({}, [None] * len(rows), "")
    best = match_names(rows, keys, plain_only)
    if not best.hits and found.layout == "container" and keys == [str(i) for i in range(len(rows))]:
        forms: Forms = list(keys)
        best = Match({i: i for i in range(len(rows))}, forms, "rows and clips by their position")
    return best


def match_names(rows: Sequence[Row], keys: Sequence[str], plain_only: bool = False) -> Match:
    """The same of rows and the names of clips, or what a list of samples calls them."""
    best = Match({}, [None] * len(rows), "")
    if not keys or not rows:
        return best
    owners = [row.id for row in rows]
    sources = sources_of(rows)
    for rung in RUNGS[:PLAIN] if plain_only else RUNGS:
        for source, values in sources.items():
            most = min(len(rows), len(keys))
            if len(best.hits) == most:
                return best
            if rung.least and not rung.adds and len(best.hits) * CLEARLY_MORE > most:
                continue
            best = _better(best, rung, source, values, keys, owners)
    if not best.hits and not plain_only:
        best = _folded_match(sources, keys, owners)
    return best


def _are_places(rows: Sequence[Row]) -> bool:
    """Whether ids are numbers throughout, which may be places in an array: a number in an id is none."""
    return all(row.id.strip().isdecimal() for row in rows)


def _better(
    best: Match,
    rung: Rung,
    source: str,
    values: Sequence[str],
    keys: Sequence[str],
    owners: Sequence[str],
) -> Match:
    forms, stored = rung.read(values, keys)
    hits = _unique(forms, stored, owners)
    if len(hits) < rung.least * min(len(values), len(keys)) or len(hits) <= len(best.hits):
        return best
    if rung.adds and all(hits.get(i) == j for i, j in best.hits.items()):
        return Match(hits, forms, rung.words.format(source=source))
    if best.hits and rung.least and len(hits) < CLEARLY_MORE * len(best.hits):
        return best
    guess = rung.least >= GUESS_SHARE
    return Match(hits, forms, rung.words.format(source=source), is_guess=guess)


def _unique(forms: Forms, stored: Forms, owners: Sequence[str]) -> dict[int, int]:
    """Row to clip where the text is one clip's only, and claimed by rows of one id only."""
    by_form: dict[str, int] = {}
    doubled: set[str] = set()
    for j, form in enumerate(stored):
        if form:
            doubled.update((form,) if form in by_form else ())
            by_form[form] = j
    hits: dict[int, int] = {}
    owner: dict[int, str] = {}
    contested: set[int] = set()
    for i, form in enumerate(forms):
        if not form or form in doubled or form not in by_form:
            continue
        hits[i] = by_form[form]
        if owner.setdefault(hits[i], owners[i]) != owners[i]:
            contested.add(hits[i])
    return {i: j for i, j in hits.items() if j not in contested} if contested else hits


def _folded_match(sources: dict[str, list[str]], keys: Sequence[str], owners: Sequence[str]) -> Match:
    """The same, with case and Unicode form ignored: what a file system may do to names."""
    folds: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("Unicode form", composed),
        ("case", str.casefold),
        ("case and Unicode form", lambda text: composed(composed(text).casefold())),
    )
    best = Match({}, [None] * len(owners), "")
    for ignored, fold in folds:
        stored = [fold(key) for key in keys]
        for source, values in sources.items():
            for rung in RUNGS[:PLAIN]:
                best = _better(best, rung, source, [fold(v) for v in values], stored, owners)
        if best.hits:
            return Match(best.hits, best.forms, f"{best.words}, {ignored} ignored", exact=False)
    return best
