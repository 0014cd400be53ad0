"""Glosses in a column that is called for sentences, and sentences in one that is called for labels.

`Video ID, Sentence, Signer ID`: that they are glosses is told by what the model gives, tokens of a
vocabulary of glosses, scored by their error rate. Where anything speaks of a translation, sentences
stay texts. `x, y`: that `y` is a text is told by a run that is scored by BLEU alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
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
_CTC = re.compile(r"(?:^|[^a-z])(?:ctc|cslr|gloss)", re.IGNORECASE)
_COLUMN = re.compile(r"glosses in `([^`]*)`")
_GLOSS = re.compile(r"glos|gls|orth|グロス|글로스|手语|глосс|غلوس", re.IGNORECASE)


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


def take_sentences(found: Found) -> None:
    """Make texts of targets that are called neither glosses nor texts, in a run of translation."""
    rows = [row for file in found.annotations for row in file.rows]
    scores = _scores(found)
    written = (text for config in found.configs for text in _strings(config.value))
    if "bleu" not in scores or "wer" in scores or _have_texts(found, rows):
        return
    if _has_blank(found) or any(_CTC.search(text) for text in written):
        return
    found.annotations = [
        file if file.classification or _is_called_glosses(file) else _with_texts(file)
        for file in found.annotations
    ]


def _have_texts(found: Found, rows: Sequence[Row]) -> bool:
    """Whether samples have texts already; not where the references are the targets and no text is.

    captions.pkl has other sentences for the same samples.
    """
    if not any(row.text is not None for row in rows):
        return False
    targets = {bare_id(row.id): row.glosses for row in rows if row.glosses and row.text is None}
    texts = {bare_id(row.id): tuple(row.text.split()) for row in rows if row.text}
    return (
        not any(one.references for one in found.predictions)
        or not targets
        or not _are_references(found, targets)
        or any(row.text is not None and row.glosses for row in rows)
        or _are_references(found, texts)
    )


def _is_called_glosses(file: AnnotationFile) -> bool:
    """Whether the column of the targets, or the file where no column has a name, says glosses."""
    column = _COLUMN.search(file.convention)
    return bool(_GLOSS.search(column[1] if column else f"{file.convention} {file.where}"))


def _with_texts(file: AnnotationFile) -> AnnotationFile:
    several = sum(len(row.glosses or ()) > 1 for row in file.rows)
    if 2 * several < len(file.rows):
        return file
    rows = tuple(
        replace(row, text=" ".join(row.glosses), glosses=None) if row.glosses else row
        for row in file.rows
    )
    return replace(file, rows=rows, convention=f"{file.convention}; its targets are sentences")


def _is_translation(found: Found, rows: list[Row]) -> bool:
    scores = _scores(found)
    written = (text for config in found.configs for text in _strings(config.value))
    return (
        are_sentences(row.text for row in rows)
        or "bleu" in scores
        or any(one.target == "text" for one in found.vocabularies)
        or any(_TRANSLATION.search(text) for text in written)
    )


def _is_scored_by_tokens(found: Found) -> bool:
    scores = _scores(found)
    return "wer" in scores or _has_blank(found)


def _scores(found: Found) -> set[str]:
    """The quantities that are logged; signjoey writes -1 of a score that it does not compute."""
    series = (series for one in found.histories for series in one.series)
    return {one.quantity for one in series if any(value >= 0 for value in one.values)}


def _has_blank(found: Found) -> bool:
    return any(is_blank_token(token) for one in found.vocabularies for token in one.tokens if token)


def _are_listed(found: Found, texts: Mapping[str, tuple[str, ...]]) -> bool:
    words = [word for text in texts.values() for word in text]
    # a list that is called for classes may be of glosses as well
    listed = (set(one.tokens) for one in found.vocabularies if one.target != "text")
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
