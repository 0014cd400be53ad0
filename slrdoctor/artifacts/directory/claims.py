"""Which kind a file is of where two kinds recognise it."""

from __future__ import annotations

import re

from slrdoctor.artifacts.content import Content
from slrdoctor.artifacts.kinds import config
from slrdoctor.artifacts.run import AnnotationFile

_MOST_SECTIONS = 8  # a configuration has a few sections; a list of so many samples is none
_DIGIT = re.compile(r"\d")


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
