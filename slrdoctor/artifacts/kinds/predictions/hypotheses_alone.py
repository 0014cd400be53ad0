"""Hypotheses by id without references beside them: the annotations of the same ids are these."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from slrdoctor.artifacts.content import Content, Table, Text, Tree
from slrdoctor.artifacts.kinds.annotations import is_decoded
from slrdoctor.artifacts.kinds.plain_values import name_of, plain
from slrdoctor.artifacts.kinds.predictions.columns import HYPOTHESIS, names_samples
from slrdoctor.artifacts.kinds.predictions.pairs import tokens_of_ctm
from slrdoctor.artifacts.kinds.predictions.tokens import Tokens, are_tokens, tokens_of
from slrdoctor.artifacts.run import PredictionFile, Row
from slrdoctor.words.sample_ids import bare_id
from slrdoctor.words.splits import split_of_name
from slrdoctor.words.translation import in_english

FEWEST = 3  # samples that must be annotated
FEWEST_IN_ORDER = 5
ANNOTATED = 0.9  # share of the hypotheses whose ids the annotations must have
_WORD = re.compile(r"[a-z]+")
_LINE = re.compile(r"([^\s|,;]*[^\s|,;:]):?(?:\s*[|\t,;]\s*|\s+|$)(.*)")  # an id, a mark, tokens


@dataclass(frozen=True)
class Hypotheses:
    """What was recognised, token by token, by id."""

    where: str
    format: str
    split: str
    by_id: Mapping[str, Tokens]
    omits_empty: bool = False  # a sample that was decoded to nothing is left out
    # a second column without a name: one of the two repeats the annotated targets
    other: Mapping[str, Tokens] = field(default_factory=dict)
    in_order: tuple[Tokens, ...] = ()  # a line or an entry each, whatever names they have


def recognise_hypotheses(where: str, format: str, content: Content) -> Hypotheses | None:
    """The hypotheses of a ctm, or of a file that is named as predictions; None where there are none."""
    if format == "ctm" and isinstance(content, Table):
        said = {key: tuple(tokens) for key, tokens in tokens_of_ctm(content).items()}
        return Hypotheses(where, format, split_of_name(where), said, omits_empty=True) if said else None
    content = _table_in(content) if isinstance(content, Text) else content
    folder, _, name = in_english(where).lower().rpartition("/")
    words = {*_WORD.findall(name), *_WORD.findall(folder.rpartition("/")[2])}
    named = isinstance(content, Table) and content.columns and _hypothesis(content.columns)
    if not words & HYPOTHESIS and not is_decoded(name) and not named:
        return None
    if isinstance(content, Tree):
        found = _of_tree(content.value)
    elif isinstance(content, Text):
        found = _of_lines(content.lines)
    else:
        found = _of_table(content) if isinstance(content, Table) else None
    if not found or not are_tokens([(key, value, None) for key, value in found.items()]):
        found = {}
    by_id = {key: tokens_of(value) for key, value in found.items()}
    other = _third_column(content) if isinstance(content, Table) and by_id else {}
    in_order = _in_order(content)
    if not by_id and not in_order:
        return None
    return Hypotheses(where, format, split_of_name(where), by_id, other=other, in_order=in_order)


def _table_in(text: Text) -> Content:
    """The table that a text is by its first line, such as `index<tab>prediction`; else the text."""
    head = text.lines[0] if text.lines else ""
    for separator in ("\t", ",", ";"):
        columns = [name.strip() for name in head.split(separator)]
        if 1 < len(columns) < 10 and _hypothesis(columns) is not None:
            rows = [line.split(separator) for line in text.lines[1:] if line.strip()]
            if all(len(row) == len(columns) for row in rows):
                return Table(tuple(columns), [[cell.strip() for cell in row] for row in rows])
    return text


def _in_order(content: Content) -> tuple[Tokens, ...]:
    """A hypothesis a line, a row or an entry of a list; none where the content has no such order."""
    values = _values(content)
    if len(values) < FEWEST_IN_ORDER or not are_tokens([("", value, None) for value in values]):
        return ()
    return tuple(map(tokens_of, values))


def _values(content: Content) -> Sequence[Any]:
    if isinstance(content, Text):
        lines = [line.strip() for line in content.lines]
        while lines and not lines[-1]:
            lines.pop()
        return lines
    if isinstance(content, Table):
        if content.columns is None:
            return [row[0] for row in content.rows if len(row) == 1]
        column = _hypothesis(content.columns)
        return [record.get(column) for record in content.records()] if column is not None else []
    value = plain(content.value) if isinstance(content, Tree) else None
    if isinstance(value, Mapping):
        key = _hypothesis(value)
        value = plain(value[key]) if key is not None else None
    return value if isinstance(value, list) else []


def _of_tree(value: Any) -> dict[str, Any] | None:
    if isinstance(value, list) and all(isinstance(record, Mapping) for record in value):
        value = {name_of(next((r[k] for k in r if names_samples(k)), "")): r for r in value}
    if not isinstance(value, Mapping):
        return None
    named = {name_of(key): item for key, item in value.items()}
    if all(isinstance(item, Mapping) for item in named.values()):
        said = {key: _hypothesis(item) for key, item in named.items()}
        return (
            {key: item[said[key]] for key, item in named.items()} if None not in said.values() else None
        )
    return named


def _hypothesis(keys: Iterable[Any]) -> Any:
    """The key of a hypothesis: `hyp`, `pred_gloss`, `prediction`; None where none is."""
    return next(
        (k for k in keys if set(_WORD.findall(in_english(name_of(k)).lower())) & HYPOTHESIS), None
    )


def _of_lines(lines: Sequence[str]) -> dict[str, Any] | None:
    filled = [line for line in lines if line.strip()]
    for mark in "|\t":  # an id may have blanks, where such a mark ends it
        if filled and all(line.count(mark) == 1 for line in filled):
            cut = [[part.strip() for part in line.split(mark)] for line in filled]
            marked = {key: said for key, said in cut if key}
            return marked if len(marked) == len(filled) else None
    found = [_LINE.fullmatch(line.strip()) for line in filled]
    by_id = {match[1]: match[2] for match in found if match is not None}
    return by_id if len(by_id) == len(found) else None


def _of_table(table: Table) -> dict[str, Any] | None:
    if table.columns is None:
        rows = [row for row in table.rows if len(row) in (2, 3)]
        return {name_of(row[0]): row[1] for row in rows} if len(rows) == len(table.rows) else None
    of_id = next(filter(names_samples, table.columns), None)
    rest = [column for column in table.columns if column != of_id]
    said = _hypothesis(rest) or (rest[0] if len(rest) == 1 else None)
    if of_id is None or said is None:
        return None
    return {name_of(record.get(of_id)): record.get(said) for record in table.records()}


def _third_column(table: Table) -> dict[str, Tokens]:
    """The tokens of the last of three columns without names."""
    if table.columns is not None or any(len(row) != 3 for row in table.rows):
        return {}
    return {name_of(row[0]): tokens_of(row[2]) for row in table.rows}


def _without_the_targets(alone: Hypotheses, by_id: Mapping[str, Row]) -> Hypotheses:
    """Of two columns without names, the one that repeats the annotated targets is not the hypotheses."""
    if not alone.other:
        return alone

    def repeated(said: Mapping[str, Tokens]) -> int:
        rows = ((tokens, by_id[bare_id(key)]) for key, tokens in said.items() if bare_id(key) in by_id)
        # nothing repeats nothing: a sample decoded to nothing is not the missing text of a gloss row
        return sum(
            bool(tokens) and tokens in (row.glosses, tuple((row.text or "").split()))
            for tokens, row in rows
        )

    first, second = repeated(alone.by_id), repeated(alone.other)
    return replace(alone, by_id=alone.other, other=alone.by_id) if first > second else alone


def _annotated(alone: Hypotheses, rows: Sequence[Row]) -> dict[str, Row]:
    """The annotated row of each id; of ids that are several samples, those of the one split that fits.

    `0` may be a sample of train and another of dev: the split that has the ids of the hypotheses
    and no others is meant, and where that does not tell, none is.
    """
    mine = [row for row in rows if not alone.split or not row.split or row.split == alone.split]
    by_id = _of_one_target(mine)
    known = {bare_id(key) for key in alone.by_id}
    if len(known & set(by_id)) >= ANNOTATED * len(known):
        return by_id
    of_split = {split: [row for row in mine if row.split == split] for split in {r.split for r in mine}}
    fitting = [one for one in map(_of_one_target, of_split.values()) if set(one) == known]
    return fitting[0] if len(fitting) == 1 else by_id


def _of_one_target(rows: Sequence[Row]) -> dict[str, Row]:
    """The row of each id of which all rows have one target."""
    by_id: dict[str, Row] = {}
    several: set[str] = set()
    for row in rows:
        first = by_id.setdefault(bare_id(row.id), row)
        if (first.glosses, first.text) != (row.glosses, row.text):
            several.add(bare_id(row.id))
    return {key: row for key, row in by_id.items() if key not in several}


def _decoded_to_nothing(
    alone: Hypotheses, rows: Sequence[Row], splits: set[str]
) -> list[tuple[str, Tokens, Row]]:
    """The annotated samples of the only split that was decoded, with an empty hypothesis each."""
    known = {bare_id(key) for key in alone.by_id}
    return [
        (row.id, (), row)
        for row in rows
        if len(splits) == 1 and row.split in splits and bare_id(row.id) not in known
    ]


def with_annotated_references(alone: Hypotheses, rows: Sequence[Row]) -> PredictionFile | None:
    """The hypotheses with the annotated targets of their ids; None where too few of them are annotated.

    Glosses or texts, whichever has more of the words that were recognised.
    """
    by_id = _annotated(alone, rows)
    alone = _without_the_targets(alone, by_id)
    both = [
        (key, said, by_id[bare_id(key)]) for key, said in alone.by_id.items() if bare_id(key) in by_id
    ]
    if len(both) < max(FEWEST, ANNOTATED * len(alone.by_id)):
        return None
    if alone.omits_empty:
        both += _decoded_to_nothing(alone, rows, {row.split for _, _, row in both})
    glosses = [row.glosses or () for _, _, row in both]
    texts = [tuple((row.text or "").split()) for _, _, row in both]
    words = {word for _, said, _ in both for word in said}
    in_glosses, in_texts = (
        len(words & {word for target in side for word in target}) for side in (glosses, texts)
    )
    references = texts if in_texts > in_glosses or not any(glosses) else glosses
    if not any(references):
        return None
    splits = {row.split for _, _, row in both}
    return PredictionFile(
        alone.where,
        alone.format,
        alone.split or (splits.pop() if len(splits) == 1 else ""),
        ids=tuple(key for key, _, _ in both),
        hypotheses=tuple(said for _, said, _ in both),
        references=tuple(references),
    )
