"""Plain text: logs, word lists, transcripts."""

from __future__ import annotations

from pathlib import Path

from slrdoctor.artifacts.content import Reader, Text
from slrdoctor.artifacts.formats._example_files import write_text
from slrdoctor.artifacts.storage.text_encoding import read_text, split_lines

SUFFIXES = (
    *(
        ".txt",
        ".log",
        ".out",
        ".err",
        ".vocab",
        ".dict",
        ".classes",
        ".names",
        ".labels",
        ".lst",
        ".list",
    ),
    *(".gls", ".gloss", ".glosses", ".text", ".files", ".hyp", ".hyps", ".ref", ".refs", ".trn"),
    *("log", "vocab", "labels", "classes", "glosses"),  # whole names that are written without a suffix
)


def read(path: Path) -> Text:
    """The lines of a text file; raises Unreadable for binary and for what is too large."""
    text, encoding = read_text(path)
    return Text(split_lines(text), encoding)


def _example(folder: Path) -> Path:
    return write_text(folder / "glosses.txt", "HELLO 0", "THANK-YOU 1", "MÜSSEN 2")


READER = Reader("text", SUFFIXES, read, _example, cost=10, clip_suffixes=(".txt",), patterns=("text",))
