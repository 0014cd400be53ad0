"""The bytes of a file without a copy of them: mapped where large, decompressed where wrapped."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import mmap
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.formats import read_head

READ_WHOLE = 64 << 20  # bytes: a smaller file is read, so that a writer may truncate it meanwhile
KEPT_IN_MEMORY = 256 << 20  # bytes: what decompresses to more goes through a temporary file
MOST_BYTES = 8 << 30  # decompressed; the largest published feature pickles have 4 GB
PLAUSIBLE_BYTES = 1 << 30  # what decompresses to more has to have some size itself:
MOST_INFLATED = 100  # times; features shrink to a half or a tenth, only zeros to a thousandth

ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, OSError, EOFError, ValueError,
    KeyError, IndexError, OverflowError, NotImplementedError, RuntimeError, MemoryError,
)  # fmt: skip

Stream = gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile | io.BufferedReader

_WRAPPINGS: tuple[tuple[bytes, Callable[[io.BufferedReader], Stream]], ...] = (
    (b"\x1f\x8b", lambda file: gzip.GzipFile(fileobj=file)),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ\x00", lzma.LZMAFile),
    (b"\x5d\x00\x00", lzma.LZMAFile),
    (b"\x78\x01", lambda file: io.BufferedReader(_ZlibFile(file))),
    (b"\x78\x5e", lambda file: io.BufferedReader(_ZlibFile(file))),
    (b"\x78\x9c", lambda file: io.BufferedReader(_ZlibFile(file))),
    (b"\x78\xda", lambda file: io.BufferedReader(_ZlibFile(file))),
)
WRAPPING_MAGIC = tuple(magic for magic, _ in _WRAPPINGS)


class ViewFile(io.RawIOBase):
    """A seekable file over bytes that are already there."""

    def __init__(self, view: memoryview) -> None:
        self._view, self._at = view, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._view)}[whence]
        if base + offset < 0:
            raise ValueError("before the start of the file")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        piece = self._view[self._at : self._at + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


class _ZlibFile(io.RawIOBase):
    """A bare zlib stream, which is how joblib wraps its pickles."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file, self._inflate = file, zlib.decompressobj()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._inflate.eof:
            source = self._inflate.unconsumed_tail or self._file.read(1 << 16)
            piece = self._inflate.decompress(source, len(buffer))
            if piece:
                buffer[: len(piece)] = piece
                return len(piece)
            if not source:
                raise EOFError("the zlib stream ends early")
        return 0


def file_bytes(path: Path) -> memoryview:
    """The bytes of a file: read where it is small, mapped where it is large.

    Raises Unreadable for a file that is empty, a Git LFS pointer, or cannot be opened.
    """
    read_head(path)
    try:
        with path.open("rb") as file:
            size = file.seek(0, io.SEEK_END)
            file.seek(0)
            if size > READ_WHOLE:
                return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            return memoryview(file.read())
    except (OSError, ValueError, MemoryError) as error:
        raise Unreadable(f"cannot be read: {error}") from error


def is_wrapped(view: memoryview) -> bool:
    """Whether the bytes are gzip, bzip2, xz, lzma or zlib."""
    return bytes(view[:8]).startswith(WRAPPING_MAGIC)


def unwrapped(
    view: memoryview, is_wanted: Callable[[bytes], bool], limit: int = MOST_BYTES
) -> memoryview:
    """The decompressed bytes of a gzip, bzip2, xz, lzma or zlib stream.

    `is_wanted` is asked with the first of them, so that a large csv.gz is not decompressed
    for nothing. Raises Unreadable where it says no, where the stream is broken, and where
    more than `limit` bytes come out, or more than its own size makes plausible.
    """
    head = bytes(view[:8])
    opener = next(opener for magic, opener in _WRAPPINGS if head.startswith(magic))
    limit = min(limit, max(PLAUSIBLE_BYTES, MOST_INFLATED * len(view)))
    try:
        source = opener(io.BufferedReader(ViewFile(view)))
        first = source.read(1 << 16)
        if not is_wanted(first):
            raise Unreadable("compressed, and what is inside is not a pickle", "unsupported")
        return _drain(source, first, limit)
    except EOFError as error:
        raise Unreadable("its compressed stream ends early", "truncated") from error
    except (OSError, zlib.error, lzma.LZMAError, ValueError, struct.error) as error:
        raise Unreadable(f"its compressed stream is broken: {error}") from error
    except MemoryError as error:
        raise Unreadable(
            "decompressing it needs more memory than is available", "unsupported"
        ) from error


def _drain(source: Stream | IO[bytes], first: bytes, limit: int) -> memoryview:
    """All that comes out of `source`, in memory or, where it is much, in a mapped temporary file."""
    with tempfile.SpooledTemporaryFile(max_size=KEPT_IN_MEMORY) as spool:
        piece, size = first, 0
        while piece:
            size += len(piece)
            if size > limit:
                raise Unreadable(f"decompresses to more than {limit >> 20} MiB", "refused")
            spool.write(piece)
            piece = source.read(1 << 22)
        spool.seek(0)
        if size <= KEPT_IN_MEMORY:
            return memoryview(spool.read())
        spool.rollover()
        return memoryview(mmap.mmap(spool.fileno(), 0, access=mmap.ACCESS_READ))


def member_bytes(archive: zipfile.ZipFile, info: zipfile.ZipInfo, view: memoryview) -> memoryview:
    """The bytes of one member of a zip that lies in `view`, without a copy where it is stored.

    Raises one of ZIP_ERRORS, or Unreadable.
    """
    if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
        limit = min(MOST_BYTES, max(PLAUSIBLE_BYTES, MOST_INFLATED * len(view)))
        if info.file_size > limit:
            told = f"{info.filename} decompresses to more than {limit >> 20} MiB"
            raise Unreadable(told, "refused")
        with archive.open(info) as member:
            return _drain(member, member.read(1 << 16), limit)
    # the local header repeats the name and has padding of its own; its lengths stand at byte 26
    signature, name, extra = struct.unpack_from("<4s22xHH", view, info.header_offset)
    start = info.header_offset + 30 + name + extra
    if signature != b"PK\x03\x04" or start + info.file_size > len(view):
        raise Unreadable(f"{info.filename} lies outside of the file", "truncated")
    return view[start : start + info.file_size]
