"""Annotation formats of known data sets, by the columns that only they have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from slrdoctor.artifacts.kinds.annotations.cells import identifier, words_of_text
from slrdoctor.artifacts.kinds.annotations.columns import Record, Roles, squeeze

Change = Callable[[Record], Record]


@dataclass(frozen=True)
class Convention:
    """A format: the squeezed names that it must have, and the roles that guessing would miss.

    `roles` maps a role to the column that has it, "" for none. `change` rewrites a record
    whose cells are not what a sample has, before roles are looked up.
    """

    name: str
    needs: frozenset[str]
    roles: Mapping[str, str] = field(default_factory=dict)
    change: Change | None = None
    classification: bool = False


def _of_clip_in_video(record: Record) -> Record:
    """MS-ASL: a sample is a piece of a video on the web, and has no id of its own."""
    by_name = {squeeze(key): value for key, value in record.items()}
    video = identifier(by_name.get("url")).rpartition("v=")[2].rpartition("/")[2].partition("&")[0]
    times = [identifier(by_name.get(key)) for key in ("start", "end")]
    return {**record, "clip_of_url": "_".join([video, *times]) if video else ""}


def _of_letters(record: Record) -> Record:
    """Fingerspelling: the glosses are the characters of the phrase, blanks included."""
    return {**record, "letters_of_phrase": list(words_of_text(record.get("phrase")))}


CONVENTIONS = (
    Convention("PHOENIX-2014 corpus csv", frozenset(("id", "folder", "signer", "annotation"))),
    Convention(
        "PHOENIX-2014T corpus csv",
        frozenset(("name", "video", "orth", "translation")),
        {"id": "name", "path": "video", "label": ""},
    ),
    Convention(
        "CSL-Daily video map",
        frozenset(("name", "gloss", "char", "word", "postag")),
        {"id": "name", "label": "", "text": "char"},
    ),
    Convention(
        "VAC info",
        frozenset(("fileid", "folder", "label")),
        {"id": "fileid", "path": "folder", "glosses": "label", "label": ""},
    ),
    Convention(
        "signjoey samples", frozenset(("name", "gloss", "text", "sign")), {"id": "name", "label": ""}
    ),
    Convention(
        "How2Sign realigned csv",
        frozenset(("sentencename", "sentence")),
        {"id": "sentencename", "path": "", "text": "sentence"},
    ),
    Convention("OpenASL tsv", frozenset(("vid", "rawtext")), {"id": "vid", "text": "rawtext"}),
    Convention(
        "Kaggle asl-signs train.csv",
        frozenset(("path", "participantid", "sequenceid", "sign")),
        {"id": "sequenceid", "label": "sign"},
        classification=True,
    ),
    Convention(
        "Kaggle asl-fingerspelling train.csv",
        frozenset(("path", "participantid", "sequenceid", "phrase")),
        {"id": "sequenceid", "glosses": "lettersofphrase", "text": "phrase", "label": ""},
        change=_of_letters,
    ),
    Convention(
        "INCLUDE csv",
        frozenset(("category", "word", "video", "filepath")),
        {"id": "filepath", "path": "filepath", "label": "word"},
        classification=True,
    ),
    Convention(
        "MS-ASL json",
        frozenset(("url", "label", "signerid", "start", "end", "cleantext")),
        {"id": "clipofurl", "path": "", "label": "cleantext", "text": "", "glosses": "", "frames": ""},
        change=_of_clip_in_video,
        classification=True,
    ),
    Convention("STM", frozenset(("id", "channel", "speaker", "start", "end", "gloss"))),
)


def convention_of(keys: Sequence[str]) -> Convention | None:
    """The convention whose columns are all there."""
    names = {squeeze(key) for key in keys}
    return next((c for c in CONVENTIONS if c.needs <= names), None)


def with_convention(roles: Roles, convention: Convention, keys: Sequence[str]) -> Roles:
    """The guessed roles with those that the convention fixes."""
    by_name = {squeeze(key): key for key in keys}
    known = {f.name for f in fields(Roles)}
    fixed: dict[str, Any] = {
        role: by_name.get(name) if name else None
        for role, name in convention.roles.items()
        if role in known
    }
    return replace(roles, **fixed)
