"""JSON, and several JSON documents one after another."""

from __future__ import annotations

import functools
import importlib
import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import Reader, Tree, Unreadable
from slrdoctor.artifacts.formats._example_files import write_text
from slrdoctor.artifacts.storage.text_encoding import read_text

DEEPEST = 100  # levels of nesting; real files of this field have under ten
_SPACE = re.compile(r"[ \t\r\n]*")
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read(path: Path) -> Tree:
    """The document, or the list of documents where a file holds several.

    NaN and Infinity are read as floats. Raises Unreadable: truncated or corrupt, with the
    line; nested too deeply; no text.
    """
    text, _ = read_text(path)
    return Tree(parse(text))


def parse(text: str) -> Any:
    """Plain containers from JSON text; raises Unreadable, and nothing else."""
    depth = deepest(text)
    if depth <= DEEPEST and (quick := _quickly(text)) is not None:
        return quick
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        value = _several(text, error)
    except RecursionError as error:
        raise Unreadable("JSON nested too deeply to read", "corrupt") from error
    except ValueError as error:  # an integer of thousands of digits
        raise Unreadable(f"not usable JSON: {error}", "corrupt") from error
    if depth > DEEPEST and is_deeper_than(value, DEEPEST):
        raise Unreadable(f"JSON nested over {DEEPEST} levels deep", "corrupt")
    return whole_characters(value) if _ESCAPED_SURROGATE.search(text) else value


def deepest(text: str) -> int:
    """How deep brackets are nested at the most, those in strings counted too."""
    # [ and { differ by one bit, as ] and } do
    marks = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8) & ~np.uint8(0x20)
    marks = marks[(marks == ord("[")) | (marks == ord("]"))]
    steps = np.where(marks == ord("["), 1, -1).astype(np.int8)
    return int(np.cumsum(steps, dtype=np.int32).max(initial=0))


def _quickly(text: str) -> Any:
    """The document as orjson reads it, where that is installed; None where it refuses it.

    It refuses NaN, and everything that the library's own reader gives a reason for.
    """
    reader = _orjson()
    if reader is None or _ESCAPED_SURROGATE.search(text):
        return None
    try:
        return reader.loads(text)
    except ValueError:
        return None


@functools.cache
def _orjson() -> Any:
    """The package, which reads three times as fast; None where it is not installed."""
    try:
        return importlib.import_module("orjson")
    except ImportError:
        return None


def is_deeper_than(value: Any, levels: int) -> bool:
    """Whether containers are nested over `levels` deep."""
    layer = [value]
    for _ in range(levels + 1):
        layer = [
            child
            for container in layer
            if isinstance(container, (dict, list))
            for child in (container.values() if isinstance(container, dict) else container)
            if isinstance(child, (dict, list))
        ]
        if not layer:
            return False
    return True


def whole_characters(value: Any) -> Any:
    r"""The tree with every half of a surrogate pair ("\ud83d" alone) replaced: it cannot be printed."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [whole_characters(item) for item in value]
    if isinstance(value, dict):
        return {whole_characters(key): whole_characters(item) for key, item in value.items()}
    return value


def _several(text: str, first: json.JSONDecodeError) -> list[Any]:
    """Documents one after another; raises Unreadable with the line where they break off."""
    decoder = json.JSONDecoder()
    found: list[Any] = []
    at = _end_of_space(text, 0)
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            # where nothing was complete, the first error tells more
            raise _broken(text, error if len(found) > 1 else first) from error
        except (RecursionError, ValueError) as error:
            raise Unreadable(
                "JSON nested too deeply, or with a number too long, to read", "corrupt"
            ) from error
        # `12, 3` and `abc` are other formats: only containers follow one another
        if not isinstance(value, (dict, list)):
            raise _broken(text, first)
        found.append(value)
        at = _end_of_space(text, at)
    return found


def _end_of_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _broken(text: str, error: json.JSONDecodeError) -> Unreadable:
    cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
    if cut:
        lines = text.count("\n", 0, len(text.rstrip())) + 1
        return Unreadable(f"JSON that breaks off at its end, in line {lines}: {error.msg}", "truncated")
    return Unreadable(
        f"not JSON from line {error.lineno}, column {error.colno} on: {error.msg}", "corrupt"
    )


def _example(folder: Path) -> Path:
    samples = {"clip": {"gloss": "HELLO", "frames": 40}, "other": {"gloss": "HOUSE", "frames": 32}}
    return write_text(folder / "train.json", json.dumps(samples))


READER = Reader("json", (".json",), read, _example, clip_suffixes=(".json",))
