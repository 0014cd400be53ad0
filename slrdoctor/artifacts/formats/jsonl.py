"""JSON lines: one document a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from slrdoctor.artifacts.content import Opaque, Reader, Tree, Unreadable
from slrdoctor.artifacts.formats import json_file
from slrdoctor.artifacts.formats._example_files import write_text
from slrdoctor.artifacts.storage.text_encoding import read_text, split_lines

NOT_JSON = "a line that is not JSON"


def read(path: Path) -> Tree:
    """The list of the lines' documents.

    A last line that breaks off is left out: a run that was stopped ends so. Any other line
    that is not JSON becomes an Opaque with its text. Raises Unreadable where such lines
    are half of the file or more.
    """
    text, _ = read_text(path)
    lines = [line for line in split_lines(text) if line.strip()]
    found = [_document(line) for line in lines]
    if len(found) > 1 and isinstance(found[-1], Opaque):
        found.pop()
    broken = [i for i, value in enumerate(found) if isinstance(value, Opaque)]
    if 2 * len(broken) >= len(found):
        # pretty-printed documents, one after another, under the name of JSON lines
        value = json_file.parse(text)
        return Tree(value if isinstance(value, list) else [value])
    return Tree(found)


def _document(line: str) -> Any:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return Opaque(NOT_JSON, line[:200])
    if line.count("[") + line.count("{") > json_file.DEEPEST and json_file.is_deeper_than(
        value, json_file.DEEPEST
    ):
        raise Unreadable(f"JSON nested over {json_file.DEEPEST} levels deep", "corrupt")
    return json_file.whole_characters(value) if "\\u" in line else value


def _example(folder: Path) -> Path:
    return write_text(
        folder / "train.jsonl", '{"id": "clip", "gloss": "HELLO"}', '{"id": "other", "gloss": "HOUSE"}'
    )


READER = Reader("jsonl", (".jsonl", ".ndjson", ".jsonlines"), read, _example)
