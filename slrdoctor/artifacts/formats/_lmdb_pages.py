"""The pages of an LMDB file: a tree of keys over values, read without its library.

The library maps the file and trusts what stands in it, so that a damaged one ends the process.
Each page has a header of 16 bytes (number, flags, free space); the first two pages are the two
states of the database, of which the later one counts.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from slrdoctor.artifacts.content import Unreadable

MAGIC, VERSION = 0xBEEFC0DE, 1
MAGIC_AT, SIZE_AT, MAIN_AT, TXN_AT = 16, 40, 88, 144  # bytes into the first pages
HEADER = 16
BRANCH, LEAF, OVERFLOW = 0x01, 0x02, 0x04  # kinds of pages
BIG, SUBTREE, DUPLICATES = 0x01, 0x02, 0x04  # kinds of values
EMPTY = (1 << 64) - 1
DEEPEST = 32
PAGE_SIZES = tuple(1 << n for n in range(8, 17))
_NODE = struct.Struct("<HHHH")
_DATABASE = struct.Struct("<IHHQQQQQ")


@dataclass
class LmdbPages:
    """A file with its page size, and the pages that were met on the way down."""

    view: memoryview
    size: int
    root: int
    met: set[int] = field(default_factory=set)

    def items(self) -> Iterator[tuple[bytes, memoryview]]:
        """Every key with its value, in the order of the keys; raises Unreadable."""
        try:
            if self.root != EMPTY:
                yield from self._below(self.root, 0)
        except (struct.error, IndexError) as error:
            raise Unreadable("an LMDB page that points outside of itself") from error

    def _below(self, number: int, depth: int) -> Iterator[tuple[bytes, memoryview]]:
        page = self._page(number)
        if depth > DEEPEST or number in self.met:
            raise Unreadable("an LMDB tree that leads back to itself")
        self.met.add(number)
        (flags, lower) = struct.unpack_from("<HH", page, 10)
        if not flags & (BRANCH | LEAF) or not HEADER <= lower <= self.size:
            raise Unreadable("an LMDB page that holds no keys")
        for (at,) in struct.iter_unpack("<H", page[HEADER : HEADER + (lower - HEADER) // 2 * 2]):
            low, high, kind, key_size = _NODE.unpack_from(page, at)
            start = at + _NODE.size
            if flags & BRANCH:
                yield from self._below(low | high << 16 | kind << 32, depth + 1)
                continue
            key = bytes(page[start : start + key_size])
            if kind & DUPLICATES:
                continue  # several values of one key: not how samples are kept
            value = self._value(page, start + key_size, low | high << 16, kind)
            if kind & SUBTREE:
                yield from self._of_database(value, depth)
            else:
                yield key, value

    def _of_database(self, record: memoryview, depth: int) -> Iterator[tuple[bytes, memoryview]]:
        """The items of a named database, whose record stands under its name."""
        root = _DATABASE.unpack_from(record, 0)[-1]
        if root != EMPTY:
            yield from self._below(root, depth + 1)

    def _value(self, page: memoryview, at: int, size: int, kind: int) -> memoryview:
        if not kind & BIG:
            value = page[at : at + size]
        else:
            (number,) = struct.unpack_from("<Q", page, at)
            (flags,) = struct.unpack_from("<H", self._page(number), 10)
            if not flags & OVERFLOW:
                raise Unreadable("an LMDB value that lies in a page of keys")
            start = number * self.size + HEADER
            value = self.view[start : start + size]
        if len(value) < size:
            raise Unreadable("an LMDB file that ends within a value", "truncated")
        return value

    def _page(self, number: int) -> memoryview:
        page = self.view[number * self.size : (number + 1) * self.size]
        if len(page) < self.size:
            raise Unreadable("an LMDB file that lacks some of its pages", "truncated")
        return page


def lmdb_pages(view: memoryview) -> LmdbPages:
    """The tree of an LMDB file by the later of its two states; raises Unreadable for other files."""
    if len(view) < TXN_AT + 8 or _u32(view, MAGIC_AT) != MAGIC:
        raise Unreadable("not an LMDB file", "unsupported")
    if _u32(view, MAGIC_AT + 4) != VERSION:
        raise Unreadable(f"an LMDB file of version {_u32(view, MAGIC_AT + 4)}", "unsupported")
    size = _u32(view, SIZE_AT)
    if size not in PAGE_SIZES or len(view) < 2 * size:
        raise Unreadable("an LMDB file without its first two pages", "truncated")
    states = [start for start in (0, size) if _u32(view, start + MAGIC_AT) == MAGIC]
    latest = max(states, key=lambda start: struct.unpack_from("<Q", view, start + TXN_AT)[0])
    root: int = _DATABASE.unpack_from(view, latest + MAIN_AT)[-1]
    return LmdbPages(view, size, root)


def _u32(view: memoryview, at: int) -> int:
    number: int = struct.unpack_from("<I", view, at)[0]
    return number
