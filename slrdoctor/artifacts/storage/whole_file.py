"""Write a file whole or not at all: a full disk, or a kill, leaves the one that was there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

PARTIAL = ".partial"  # while it is being written


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file so that a reader, or a run after a kill, finds the old one or the new one.

    A link stays one, and its target is written. Raises OSError, and leaves nothing of its own.
    """
    target = path.resolve()
    # a pipe or a device such as /dev/stdout, or a folder in which nothing can be put beside the file
    if target.exists() and not (target.is_file() and os.access(target.parent, os.W_OK)):
        with path.open("wb") as file:
            write(file)
        return
    partial = target.with_name(target.name + PARTIAL)
    try:
        with partial.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def write_text(path: Path, text: str, errors: str = "strict") -> None:
    """The same for a text, in UTF-8."""
    write_whole(path, lambda file: file.write(text.encode("utf-8", errors)))
