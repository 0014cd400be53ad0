"""What rows and clips say of themselves: texts that can be compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from slrdoctor.artifacts.run import Row
from slrdoctor.words.sample_ids import IMAGE_SUFFIXES, is_link, suffix_of, without_suffix

LONGEST = 255  # letters: what file systems allow
SHORTEST = 3  # letters of a name that can be recognised inside another
_PARTED = re.compile(r"[_\-./ ]+")
DEEPEST = 12  # folders above a clip that a path is compared by


def key_of(text: str) -> str:
    """A path or id as names with slashes: without suffix, without `./`, without a tail of frames."""
    plain = text.strip().replace("\\", "/")
    while plain.startswith(("./", "/")):
        plain = plain[1:].lstrip("/")
    head, slash, last = plain.rpartition("/")
    if slash and ("*" in last or suffix_of(last) in IMAGE_SUFFIXES):
        # PHOENIX writes <id>/1/*.png for all frames of the first camera
        return head.removesuffix("/1")
    return without_suffix(plain)


def name_of(key: str) -> str:
    """The last part of a key."""
    return key.rpartition("/")[2]


def tails(key: str) -> list[str]:
    """The key, then what is left of it when its first folders are taken off one by one."""
    parts = key.split("/")
    first = max(1, len(parts) - DEEPEST)
    return [key, *("/".join(parts[i:]) for i in range(first, len(parts)))]


def composed(text: str) -> str:
    """One Unicode form: macOS stores file names decomposed."""
    return unicodedata.normalize("NFC", text)


def sources_of(rows: Sequence[Row]) -> dict[str, list[str]]:
    """What the rows say of themselves: paths where they have any, and ids."""
    paths = [row.path if row.path and not is_link(row.path) else "" for row in rows]
    sources = {"path": [key_of(p) for p in paths]} if any(paths) else {}
    sources["id"] = [key_of(row.id) for row in rows]
    if _are_counted_by_label(rows):
        sources["label and id"] = [f"{' '.join(r.glosses or ())}/{key_of(r.id)}" for r in rows]
    return sources


def _are_counted_by_label(rows: Sequence[Row]) -> bool:
    """Whether ids start again with every label: `0` of hello and `0` of thanks are two samples."""
    ids = {row.id for row in rows}
    of_label = {(row.id, row.glosses) for row in rows if row.glosses and len(row.glosses) == 1}
    return len(ids) < len(of_label) == len(rows)


def ends(name: str) -> Iterator[str]:
    """The beginnings and ends of a name at its separators, but for those that are only numbers."""
    for part in _PARTED.finditer(name) if len(name) <= LONGEST else ():
        for piece in (name[: part.start()], name[part.end() :]):
            if len(piece) >= SHORTEST and not piece.isdigit():
                yield piece
