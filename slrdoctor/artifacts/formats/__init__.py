"""The file formats: one module each, found by looking into this folder."""

from __future__ import annotations

import fnmatch
import functools
import importlib
import os
import pkgutil
import re
from pathlib import Path

from slrdoctor.artifacts.content import Content, Reader, Unreadable

LFS_POINTER = b"version https://git-lfs"
HEAD = 512  # bytes: the tar magic stands at 257, every other one at the very start


@functools.cache
def readers() -> tuple[Reader, ...]:
    """Every reader, cheapest first."""
    found = []
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            found.append(importlib.import_module(f"{__name__}.{module.name}").READER)
    return tuple(sorted(found, key=lambda reader: (reader.cost, reader.name)))


def read_head(path: Path) -> bytes:
    """The first bytes of a file; raises Unreadable for what no reader should look at."""
    try:
        with path.open("rb") as file:
            # files of /proc have no size, and reading some of them waits for ever
            head = file.read(HEAD) if os.fstat(file.fileno()).st_size else b""
    except PermissionError as error:
        raise Unreadable("permission denied", "permission") from error
    except OSError as error:
        raise Unreadable(f"cannot be opened: {error.strerror or error}", "corrupt") from error
    if not head:
        raise Unreadable("zero bytes", "empty")
    if head.startswith(LFS_POINTER):
        raise Unreadable("a Git LFS pointer, not the file itself: run `git lfs pull`", "lfs-pointer")
    return head


def reader_of(path: Path) -> Reader | None:
    """The reader for a file, by its first bytes and then by its name; None if none claims it."""
    head = read_head(path)
    name = path.name.lower()
    by_name = [r for r in readers() if name.endswith(r.suffixes) or _fits(name, r.patterns)]
    by_magic = [r for r in readers() if r.magic and head.startswith(r.magic)]
    both = [r for r in by_name if r in by_magic]
    where = path.as_posix()
    by_place = [r for r in readers() if any(re.search(place, where) for place in r.places)]
    # a name is a claim, the bytes are the fact; text formats have no magic to go by
    for candidates in (by_place, both, by_magic, by_name):
        if candidates:
            return candidates[0]
    return None


def _fits(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def read(path: Path) -> Content:
    """What a file holds; raises Unreadable, and nothing else."""
    reader = reader_of(path)
    if reader is None:
        raise Unreadable(f"no reader for {path.suffix or 'a file without a suffix'}", "unsupported")
    return reader.read(path)
