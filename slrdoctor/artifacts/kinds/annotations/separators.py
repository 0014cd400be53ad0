"""Gloss sequences whose glosses are parted by a mark: `A, B, C`, `A/B/C`, `A|B|C`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from slrdoctor.artifacts.run import AnnotationFile, Row, VocabularyFile

MARKS = ("/", ",", ";", "|", "+", "、", "，")
_LISTED = (",", ";")  # between words these mean nothing but a list, whatever the vocabulary
NEARLY_ALL = 0.9  # share of the targets with several glosses that have the mark between them
KNOWN = 0.5  # share of the parts that a vocabulary must have
_FEWEST = 2  # targets with the mark


def with_separate_glosses(
    files: Sequence[AnnotationFile], vocabularies: Sequence[VocabularyFile]
) -> list[AnnotationFile]:
    """The files with their targets cut at the mark that parts their glosses, where one does.

    A vocabulary that has the parts and not the wholes shows it. Without one, only commas and
    semicolons behind every word but the last do. A file may be written in its own way: where no mark
    parts the glosses of all, or it stands nowhere in a file, one may part those of that file.
    """
    known = [{t for t in v.tokens if t} for v in vocabularies if v.target != "text"]
    common = _separator(files, known)
    marks = [common if _has(file, common) else _separator([file], known) for file in files]
    return [_cut(file, mark, known) if mark else file for file, mark in zip(files, marks, strict=True)]


def _has(file: AnnotationFile, mark: str) -> bool:
    return bool(mark) and any(mark in gloss for row in file.rows for gloss in row.glosses or ())


def _separator(files: Sequence[AnnotationFile], vocabularies: Sequence[set[str]]) -> str:
    """The mark that parts the glosses of the files, "" where none does."""
    texts = [" ".join(row.glosses) for file in files for row in file.rows if row.glosses]
    return next((mark for mark in MARKS if _is_separator(mark, texts, vocabularies)), "")


def _is_separator(mark: str, texts: Sequence[str], vocabularies: Sequence[set[str]]) -> bool:
    marked = [text for text in texts if mark in text.strip(mark)]
    several = sum(mark in text or " " in text for text in texts)
    if len(marked) < _FEWEST or len(marked) < NEARLY_ALL * several:
        return False
    parts = {part for text in marked for part in _parts(text, mark)}
    wholes = {token for text in marked for token in (text, *text.split()) if mark in token}
    for known in vocabularies:
        if len(parts & known) >= KNOWN * len(parts) and not wholes & known:
            return True
    return mark in _LISTED and all(_is_list(text, mark) for text in marked)


def _parts(text: str, mark: str) -> list[str]:
    return [part.strip() for part in text.split(mark) if part.strip()]


def _is_list(text: str, mark: str) -> bool:
    """Whether a mark stands behind every word but the last, and nowhere else."""
    *words, last = text.split()
    inner = [word[:-1] for word in words if word.endswith(mark)]
    return len(inner) == len(words) > 0 and not any(mark in word for word in (*inner, last))


def _cut(file: AnnotationFile, mark: str, vocabularies: Iterable[set[str]]) -> AnnotationFile:
    known = set().union(*vocabularies)
    rows = tuple(_cut_row(row, mark, known) for row in file.rows)
    if rows == file.rows:
        return file
    convention = f'{file.convention}, glosses separated by "{mark}"'
    several = any(row.glosses and len(row.glosses) > 1 for row in rows)
    return replace(
        file, rows=rows, convention=convention, classification=file.classification and not several
    )


def _cut_row(row: Row, mark: str, known: set[str]) -> Row:
    """A part of several words stays one gloss where the vocabulary has it as one."""
    if not row.glosses or not any(mark in gloss for gloss in row.glosses):
        return row
    glosses: list[str] = []
    for part in _parts(" ".join(row.glosses), mark):
        glosses += [part] if part in known else part.split()
    return replace(row, glosses=tuple(glosses))
