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
from slrdoctor.artifacts.storage.lfs_pointer import refuse_pointer

HEAD = 512  # bytes: the tar magic stands at 257, every other one at the very start


@functools.cache
def readers() -> tuple[Reader, ...]:
    """Every reader, cheapest first."""
    found = []
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            found.append(importlib.import_module(f"{__name__}.{module.name}").READER)
    return tuple(sorted(found, key=lambda reader: (reader.cost, reader.name)))


@functools.cache
def reader_named(name: str) -> Reader | None:
    """The reader of that name."""
    return next((reader for reader in readers() if reader.name == name), None)


@functools.cache
def clip_suffixes() -> dict[str, Reader]:
    """The reader of every suffix under which a file may be a clip by itself."""
    return {suffix: reader for reader in readers() for suffix in reader.clip_suffixes}


@functools.cache
def array_suffixes() -> frozenset[str]:
    """The suffixes of files that most likely were features, where they cannot be opened."""
    return frozenset(
        suffix
        for reader in readers()
        if reader.likely_kind == "features"
        for suffix in reader.clip_suffixes or reader.suffixes
    )


def likely_kind(name: str) -> str:
    """The kind that a file of that name most likely was, which cannot be opened; "" where unknown."""
    name = name.lower()
    if name.endswith(tuple(array_suffixes())):
        return "features"
    claims = [r for r in readers() if name.endswith(r.suffixes) or _fits(name, r.patterns)]
    return next((reader.holds for reader in claims if reader.holds), "")


def are_one_format(suffix: str, other: str) -> bool:
    """Whether one reader takes files of both suffixes."""
    return any({suffix, other} <= set(reader.suffixes) for reader in readers())


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
    refuse_pointer(head)
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
