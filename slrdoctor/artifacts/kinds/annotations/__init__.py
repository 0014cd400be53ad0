"""Recognise annotations: samples with their glosses, class or text, in any of the field's forms."""

from __future__ import annotations

import re

from slrdoctor.artifacts.content import Content, Table, Text, Tree
from slrdoctor.artifacts.kinds.annotations.lines import Siblings, recognise_lines
from slrdoctor.artifacts.kinds.annotations.split_lists import are_names_by_split
from slrdoctor.artifacts.kinds.annotations.split_lists import (
    recognise_split_list as recognise_split_list,
)
from slrdoctor.artifacts.kinds.annotations.tables import recognise_table
from slrdoctor.artifacts.kinds.annotations.trees import is_empty_of_samples, recognise_tree
from slrdoctor.artifacts.run import AnnotationFile
from slrdoctor.words.splits import split_of_name as split_of_name
from slrdoctor.words.translation import in_english

_OUTPUT_WORDS = """
    hyp hyps hypothesis hypotheses pred preds predicted prediction predictions decoded
    ref refs reference references results result submission
"""
_OUTPUTS = frozenset(_OUTPUT_WORDS.split())
_LOGS = frozenset(("log", "logs", "history", "metrics", "loss", "losses", "scores", "vocab", "config"))
_WORD = re.compile(r"[a-z]+")
# a beam width or a step in the name: best.IT_00001000.BW_01.A_-1.dev.txt, beam_5.dev.gls
_DECODED = re.compile(
    r"(?:^|[^a-z])(?:(?:bw|beam)(?:_?(?:size|width))?[_=-]?\d|(?:it|iter|step)[_=-]?\d{3})"
)


def is_decoded(name: str) -> bool:
    """Whether a file's name says that a model wrote it: it has a beam width or a training step."""
    return bool(_DECODED.search(name.lower()))


def recognise_annotations(
    where: str, format: str, content: Content, siblings: Siblings | None = None
) -> AnnotationFile | None:
    """The annotated samples of a file; None where it is none, with no error for whatever it holds.

    `where` is the path relative to the run directory: its words tell the split where no
    column does. `siblings` opens another file of the same folder by name.
    """
    folder, _, name = where.rpartition("/")
    words = set(_WORD.findall(in_english(name).lower()))
    parent = set(_WORD.findall(in_english(folder.rpartition("/")[2]).lower()))
    if (
        is_decoded(name)
        or words & _OUTPUTS
        or parent & (_OUTPUTS - {"results", "result"})
        or format == "ctm"
    ):
        return None
    if isinstance(content, Table):
        return recognise_table(where, format, content)
    if isinstance(content, Text):
        return recognise_lines(where, format, content, siblings)
    if isinstance(content, Tree):
        if are_names_by_split(content.value):
            return None
        found = recognise_tree(where, format, content.value)
        if (
            found is None
            and split_of_name(name)
            and not words & _LOGS
            and is_empty_of_samples(content.value)
        ):
            return AnnotationFile(where, format, "a container without a sample", ())
        return found
    return None
