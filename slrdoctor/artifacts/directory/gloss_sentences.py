"""Glosses in a column that is called for sentences: `Video ID, Sentence, Signer ID`.

That they are glosses is told by what the model gives: tokens of a vocabulary of glosses, scored by
their error rate. Where anything speaks of a translation, sentences stay texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.kinds.annotations.cells import are_sentences
from slrdoctor.artifacts.run import AnnotationFile, Row
from slrdoctor.words.sample_ids import bare_id
from slrdoctor.words.tokens import is_blank_token

LISTED = 0.5  # share of the words that a vocabulary must have
AGREEING = 0.5  # share of the references that must be the sentences of their samples
_TRANSLATION = re.compile(
    r"translat|sign2text|(?:^|[^a-z])(?:s2t|slt)(?:[^a-z]|$)|bleu|rouge", re.IGNORECASE
)


def take_gloss_sentences(found: Found) -> None:
    """Make glosses of the texts, where no sample has glosses and all that is there calls them so."""
    rows = [row for file in found.annotations for row in file.rows]
    texts = {bare_id(row.id): tuple(row.text.split()) for row in rows if row.text}
    if any(row.glosses is not None for row in rows) or not texts:
        return
    if _is_translation(found, rows) or not _is_scored_by_tokens(found):
        return
    if _are_listed(found, texts) and _are_references(found, texts):
        found.annotations = [_with_glosses(file) for file in found.annotations]


def _is_translation(found: Found, rows: list[Row]) -> bool:
    scores = {series.quantity for one in found.histories for series in one.series}
    written = (text for config in found.configs for text in _strings(config.value))
    return (
        are_sentences(row.text for row in rows)
        or "bleu" in scores
        or any(one.target == "text" for one in found.vocabularies)
        or any(_TRANSLATION.search(text) for text in written)
    )


def _is_scored_by_tokens(found: Found) -> bool:
    scores = {series.quantity for one in found.histories for series in one.series}
    tokens = (token for one in found.vocabularies for token in one.tokens if token)
    return "wer" in scores or any(map(is_blank_token, tokens))


def _are_listed(found: Found, texts: Mapping[str, tuple[str, ...]]) -> bool:
    words = [word for text in texts.values() for word in text]
    listed = (set(one.tokens) for one in found.vocabularies if one.target == "gloss")
    return any(sum(word in known for word in words) >= LISTED * len(words) for known in listed)


def _are_references(found: Found, texts: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether predictions, where there are any of these samples, are held against the same words."""
    pairs = [
        (texts[name], reference)
        for one in found.predictions
        for key, reference in zip(one.ids, one.references, strict=False)
        if (name := bare_id(key)) in texts
    ]
    return sum(text == reference for text, reference in pairs) >= AGREEING * len(pairs)


def _with_glosses(file: AnnotationFile) -> AnnotationFile:
    rows = tuple(
        replace(row, glosses=tuple((row.text or "").split()), text=None) if row.text is not None else row
        for row in file.rows
    )
    convention = f"{file.convention}; its sentences are glosses of the vocabulary"
    return replace(file, rows=rows, convention=convention)


def _strings(value: Any) -> Iterator[str]:
    """Keys and short texts of a config."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value[:100]:
            yield from _strings(inner)
    elif isinstance(value, str) and len(value) < 60 and not set("/\\") & set(value):
        yield value
