"""Tables whose columns have names that say nothing: what stands in them tells, held against the rest.

The column with the ids of stored clips has the ids; the one that agrees with the references of the
predictions, or else has the words of a vocabulary, has the targets. Where two columns do, or none
does, the table is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from slrdoctor.artifacts.content import Content, Table, Tree
from slrdoctor.artifacts.directory.found import Found, UnnamedTable
from slrdoctor.artifacts.kinds.annotations import cells
from slrdoctor.artifacts.kinds.annotations.samples import SIGNER
from slrdoctor.artifacts.kinds.annotations.tables import recognise_table
from slrdoctor.artifacts.kinds.features.matching import match_names
from slrdoctor.artifacts.kinds.plain_values import name_of
from slrdoctor.artifacts.run import AnnotationFile, Row
from slrdoctor.words.sample_ids import bare_id
from slrdoctor.words.splits import split_of_word

MOST_COLUMNS = 12
STORED = 0.5  # share of the ids that must be those of clips or predictions; some may lack features
DISTINCT = 0.9  # share of the ids that no other row has
AGREEING = 0.5  # share of the targets that must be the references, or of the words in a vocabulary
CLEAR = 2.0  # times that the second column must have less
FEWEST = 4  # rows


def unnamed_table(where: str, format: str, content: Content) -> UnnamedTable | None:
    """The table that a file holds which no kind took; None where it is none with names of columns."""
    if isinstance(content, Table):
        table = content
    elif isinstance(content, Tree) and (records := _records(content.value)):
        table = Table(tuple(map(name_of, records[0])), [list(one.values()) for one in records])
    else:
        return None
    if table.columns is None or not 2 <= len(table.columns) <= MOST_COLUMNS:
        return None
    return UnnamedTable(where, format, table)


def _records(value: Any) -> list[dict[Any, Any]]:
    """The records of one form that a tree is, or has under one key; [] where there are none."""
    if isinstance(value, dict):
        under = [
            records for one in value.values() if isinstance(one, list) and (records := _records(one))
        ]
        return under[0] if len(under) == 1 else []
    if not isinstance(value, list) or not value or not isinstance(value[0], dict):
        return []
    is_even = all(isinstance(one, dict) and one.keys() == value[0].keys() for one in value)
    return value if is_even else []


def settle_unnamed(found: Found) -> None:
    """Take the tables as annotations, where no others tell of stored clips and columns are clear."""
    stored = _stored(found)
    of_stored = [r for f in found.annotations for r in f.rows if _called(r.id) & stored]
    if (of_stored and not _are_captions(of_stored, found)) or (
        not stored and any(file.rows for file in found.annotations)
    ):
        return
    families: dict[tuple[str, ...], list[UnnamedTable]] = {}
    for one in found.unnamed:
        families.setdefault(one.table.columns or (), []).append(one)
    for columns, tables in families.items():
        names = _names(columns, [row for one in tables for row in one.table.rows], found)
        files = [_recognised(one, names) for one in tables] if names else []
        found.annotations += [file for file in files if file is not None]


def _are_captions(rows: Sequence[Row], found: Found) -> bool:
    """Whether samples have only texts, and of other words than the references or the vocabularies."""
    if any(row.glosses is not None or row.text is None for row in rows):
        return False
    texts = {bare_id(row.id): _words(row.text).casefold() for row in rows}
    pairs = [
        (texts[name], _joined(reference).casefold())
        for one in found.predictions
        for key, reference in zip(one.ids, one.references, strict=False)
        if (name := bare_id(key)) in texts
    ]
    if len(pairs) >= FEWEST:
        return sum(text == reference for text, reference in pairs) < AGREEING * len(pairs)
    known = {token.casefold() for one in found.vocabularies for token in one.tokens if token}
    words = [word for text in texts.values() for word in text.split()]
    return bool(known) and sum(word in known for word in words) < AGREEING * len(words)


def _recognised(one: UnnamedTable, names: Sequence[str]) -> AnnotationFile | None:
    file = recognise_table(one.where, one.format, Table(tuple(names), one.table.rows))
    if file is None:
        return None
    told = (
        f"{role} in `{before}`"
        for role, before in zip(names, one.table.columns or (), strict=True)
        if role != before
    )
    return replace(file, convention=f"{one.format} with a header: {', '.join(told)}, by what is in them")


def _names(columns: Sequence[str], rows: Sequence[Sequence[Any]], found: Found) -> list[str]:
    """The columns, renamed for what they hold; [] where it is not clear which holds ids or targets."""
    whole = [row for row in rows if len(row) == len(columns)]
    if len(whole) < FEWEST or len(whole) < DISTINCT * len(rows):
        return []
    values = [[row[i] for row in whole] for i in range(len(columns))]
    ids = _ids(values, found)
    if ids is None:
        return []
    rest = [i for i in range(len(columns)) if i != ids and not _are_numbers(values[i])]
    names = list(columns)
    names[ids] = "fileid"
    for i in rest:
        if all(split_of_word(name_of(value)) for value in values[i]):
            names[i] = "split"
        elif all(SIGNER.search(name_of(value)) for value in values[i]):
            names[i] = "signer"
    candidates = [i for i in rest if names[i] == columns[i]]
    target = _by_references(values, ids, candidates, found)
    if target is None:
        target = _by_texts(values, candidates, found)
    if target is None:
        target = _by_vocabularies(values, candidates, found)
    if target is None:
        return []
    names[target] = "text" if _is_spoken(values[target], found) else "target"
    return names


def _ids(values: Sequence[list[Any]], found: Found) -> int | None:
    """The column whose values are the ids of stored clips or of predictions."""
    named = {
        i: names
        for i, column in enumerate(values)
        if len(set(names := [cells.identifier(value) for value in column])) >= DISTINCT * len(names)
    }
    stored = _stored(found)
    shares = {
        i: sum(bool(name) and bool(_called(name) & stored) for name in names) / len(names)
        for i, names in named.items()
    }
    best = max(shares, key=shares.__getitem__, default=None)
    if best is not None and shares[best] >= STORED:
        return best
    return _clearest({i: _matched(names, found) for i, names in named.items() if not _counts(names)})


def _matched(names: Sequence[str], found: Found) -> float:
    """The share of names that are those of clips of their own, read as loosely as ids are."""
    keys = [clip.key for one in found.features for clip in one.clips]
    rows = [Row(id=name, split="") for name in names]
    return len(match_names(rows, keys).hits) / len(names)


def _counts(names: Sequence[str]) -> bool:
    """Whether names are numbers that rise row by row, as those of the rows do."""
    numbers = [int(name) for name in names if name.isdecimal()]
    return len(numbers) == len(names) and numbers == sorted(numbers)


def _stored(found: Found) -> set[str]:
    """What clips and the samples of predictions are called."""
    stored = {name for one in found.features for clip in one.clips for name in _called(clip.key)}
    return stored | {name for one in found.predictions for key in one.ids for name in _called(key)}


def _called(name: str) -> set[str]:
    bare = bare_id(name)
    return {bare, bare.rpartition("/")[2]}


def _by_references(
    values: Sequence[list[Any]], ids: int, candidates: Iterable[int], found: Found
) -> int | None:
    """The column that has, beside an id, the reference of the prediction of that id."""
    references = {
        bare_id(key): reference
        for one in found.predictions
        for key, reference in zip(one.ids, one.references, strict=False)
    }
    named = [bare_id(cells.identifier(value)) for value in values[ids]]
    known = [i for i, name in enumerate(named) if name in references]
    if len(known) < FEWEST:
        return None
    shares = {
        i: sum(_words(values[i][row]) == _joined(references[named[row]]) for row in known) / len(known)
        for i in candidates
    }
    return _clearest(shares)


def _by_texts(values: Sequence[list[Any]], candidates: Iterable[int], found: Found) -> int | None:
    """The column that has the references of predictions, whatever these are called."""
    references = {_joined(one) for file in found.predictions for one in file.references if one}
    if len(references) < FEWEST:
        return None
    texts = {i: {_words(value) for value in values[i]} for i in candidates}
    return _clearest({i: len(references & own) / len(references) for i, own in texts.items()})


def _by_vocabularies(values: Sequence[list[Any]], candidates: Iterable[int], found: Found) -> int | None:
    """The column whose words, or whole cells, are the tokens of a vocabulary."""
    known = {token for one in found.vocabularies for token in one.tokens if token}
    shares = {}
    for i in candidates:
        written = [word for value in values[i] for word in cells.tokens(value) or ()]
        wholes = [name_of(value).strip() for value in values[i]]
        shares[i] = max(
            sum(word in known for word in words) / max(1, len(words)) for words in (written, wholes)
        )
    return _clearest(shares)


def _clearest(shares: dict[int, float]) -> int | None:
    """The column that agrees, where every other agrees far less."""
    ranked = sorted(shares, key=shares.__getitem__, reverse=True)
    if not ranked or shares[ranked[0]] < AGREEING:
        return None
    is_clear = len(ranked) == 1 or shares[ranked[0]] >= CLEAR * shares[ranked[1]]
    return ranked[0] if is_clear else None


def _is_spoken(values: Sequence[Any], found: Found) -> bool:
    """Whether targets are sentences of a spoken language: they end so, or the run is scored as such."""
    scores = {series.quantity for one in found.histories for series in one.series}
    spoken = [one.target == "text" for one in found.vocabularies]
    return (
        cells.are_sentences(values)
        or ("bleu" in scores and "wer" not in scores)
        or (bool(spoken) and all(spoken))
    )


def _are_numbers(values: Sequence[Any]) -> bool:
    return all(cells.number(value) is not None for value in values)


def _words(value: Any) -> str:
    return _joined(cells.tokens(value) or ())


def _joined(tokens: Sequence[str]) -> str:
    return " ".join(" ".join(tokens).split())
