"""Which kind a file is of where two kinds recognise it."""

from __future__ import annotations

import re

from slrdoctor.artifacts.content import Content
from slrdoctor.artifacts.kinds import config, vocabulary
from slrdoctor.artifacts.run import AnnotationFile

_MOST_SECTIONS = 8  # a configuration has a few sections; a list of so many samples is none
_DIGIT = re.compile(r"\d")


def are_indices(samples: AnnotationFile) -> bool:
    """Whether "samples" are the tokens of a vocabulary by their indices, of which none is left out.

    Pieces of words differ in blanks too, and so not all once they are read as glosses.
    """
    ids = [row.id for row in samples.rows]
    named = vocabulary.is_named_like_vocabulary(samples.where)
    if not named or not ids or not all(id.isdecimal() for id in ids):
        return False
    targets = {row.glosses or row.text for row in samples.rows}
    places = sorted(map(int, ids))
    start = places[0]
    counted = start in (0, 1) and places == list(range(start, start + len(ids)))
    return counted and len(targets) > len(ids) / 2 and not any(row.split for row in samples.rows)


def are_sections(samples: AnnotationFile, content: Content) -> bool:
    """Whether "samples" are sections of a configuration: a few plain words beside its settings.

    Ids of clips hold digits, or tell a split, a path, or the signer.
    """
    rows = samples.rows
    if not 0 < len(rows) < _MOST_SECTIONS or any(row.path or row.signer for row in rows):
        return False
    if any(_DIGIT.search(row.id) for row in rows):
        return False
    return config.recognise_config(samples.where, samples.format, content) is not None
