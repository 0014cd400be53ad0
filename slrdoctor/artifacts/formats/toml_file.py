"""TOML."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Any

from slrdoctor.artifacts.content import Reader, Tree, Unreadable
from slrdoctor.artifacts.formats._example_files import write_text
from slrdoctor.artifacts.storage.text_encoding import read_text

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def read(path: Path) -> Tree:
    """The document as plain containers, dates as ISO text; raises Unreadable."""
    text, _ = read_text(path)
    try:
        return Tree(_plain(tomllib.loads(text)))
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"not TOML: {error}", "corrupt") from error
    except (RecursionError, ValueError) as error:
        raise Unreadable(
            "TOML nested too deeply, or with a number too long, to read", "corrupt"
        ) from error


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return value


def _example(folder: Path) -> Path:
    return write_text(folder / "config.toml", "[training]", "batch_size = 8", 'optimizer = "adam"')


READER = Reader("toml", (".toml",), read, _example)
