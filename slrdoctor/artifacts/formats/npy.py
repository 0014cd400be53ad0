"""numpy's .npy: one array, whose header says all but its values.

The header is read without the values; those are a read-only view of the file, mapped where
it is large, so that a caller can go through it block by block.
"""

from __future__ import annotations

import ast
import functools
import io
import math
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import ArrayInfo, Arrays, Content, Reader, Tree, Unreadable
from slrdoctor.artifacts.formats import read_head
from slrdoctor.artifacts.formats._example_files import EXAMPLE_CLIP
from slrdoctor.artifacts.pickles.builders import as_shape, plain_array
from slrdoctor.artifacts.pickles.unpickle import load_pickle
from slrdoctor.artifacts.storage.file_bytes import file_bytes

MAGIC = b"\x93NUMPY"
LONGEST_HEADER = 1 << 16
LARGEST_TEXT = 256 << 20  # bytes of an array of strings, which is taken in whole


@dataclass(frozen=True)
class Header:
    """Shape, type and order of the array whose values start at byte `start`."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    is_fortran: bool
    start: int

    @property
    def size(self) -> int:
        """Bytes of all values."""
        return math.prod(self.shape) * self.dtype.itemsize

    @property
    def info(self) -> ArrayInfo:
        return ArrayInfo(self.shape, str(self.dtype))


def read_header(head: bytes) -> Header:
    """The header out of a file's first bytes; raises Unreadable."""
    if len(head) < 12 and MAGIC.startswith(head[:6]):
        raise Unreadable("ends within its header", "truncated")
    if not head.startswith(MAGIC):
        raise Unreadable("not an npy file: it does not start with \\x93NUMPY")
    layout, start = ("<H", 10) if head[6] == 1 else ("<I", 12)
    (length,) = struct.unpack_from(layout, head, 8)
    if head[6] not in (1, 2, 3) or length > LONGEST_HEADER:
        raise Unreadable(f"an npy header of version {head[6]} and {length} bytes")
    if start + length > len(head):
        raise Unreadable("ends within its header", "truncated")
    shape, dtype, is_fortran = _fields(
        head[start : start + length], "utf-8" if head[6] == 3 else "latin-1"
    )
    return Header(shape, dtype, is_fortran, start + length)


@functools.lru_cache(maxsize=256)  # frames of a data set, a file each, all have the same header
def _fields(raw: bytes, encoding: str) -> tuple[tuple[int, ...], np.dtype[Any], bool]:
    try:
        text = raw.decode(encoding)
        if "\\" in text:
            raise ValueError("an escape, over which Python may warn and which numpy does not write")
        # Python 2 wrote the sizes of a shape as 3L
        fields = ast.literal_eval(re.sub(r"(\d)L\b", r"\1", text).strip())
        shape, is_fortran = as_shape(fields["shape"]), bool(fields["fortran_order"])
        described = fields["descr"]
    except (ValueError, SyntaxError, TypeError, KeyError, MemoryError, RecursionError) as error:
        raise Unreadable("its header is not one that numpy writes") from error
    return shape, _dtype(described), is_fortran


def _dtype(described: Any) -> np.dtype[Any]:
    if not isinstance(described, str):
        raise Unreadable("an array of records: save its fields as separate arrays", "unsupported")
    try:
        dtype = np.dtype(described)
    except (TypeError, ValueError, OverflowError) as error:
        raise Unreadable(f"values of type {described[:40]!r}, unknown to numpy") from error
    if dtype.kind == "V":
        raise Unreadable(f"values of type {described[:40]!r}, which are not numbers", "unsupported")
    return dtype


def array_at(view: memoryview, header: Header) -> NDArray[Any]:
    """The array whose header was read from `view`, lying on it. Raises Unreadable."""
    short = is_short(header, len(view))
    if short is not None:
        raise short
    try:
        if not header.size:
            return np.empty(header.shape, header.dtype)
        return np.ndarray(
            header.shape, header.dtype, view, header.start, order="F" if header.is_fortran else "C"
        )
    except (ValueError, MemoryError, TypeError) as error:
        raise Unreadable(f"a shape that numpy cannot make: {header.shape}") from error


def tree_at(view: memoryview, header: Header) -> Tree:
    """The value of an array of objects or strings: nested lists, or one object. Raises Unreadable."""
    if not header.dtype.hasobject:
        return Tree(plain_array(array_at(view, header)))
    return load_pickle(view, header.start)


def is_numeric(dtype: np.dtype[Any]) -> bool:
    """Whether an array of it is Arrays and no Tree."""
    return dtype.kind in "biufcMm"


def is_short(header: Header, size: int) -> Unreadable | None:
    """The error for a file of `size` bytes that ends before its values do."""
    if header.size <= size - header.start:
        return None
    there = max(size - header.start, 0)
    return Unreadable(
        f"truncated: its header announces {header.size} bytes of values, but it has {there}", "truncated"
    )


def _read(path: Path) -> Content:
    read_head(path)
    try:
        with path.open("rb") as file:
            head = file.read(LONGEST_HEADER + 12)
            size = file.seek(0, io.SEEK_END)
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}") from error
    header = read_header(head)
    if not is_numeric(header.dtype):
        if not header.dtype.hasobject and header.size > LARGEST_TEXT:
            raise Unreadable(f"{header.size >> 20} MiB of strings", "unsupported")
        return tree_at(file_bytes(path), header)
    short = is_short(header, size)
    if short is not None:
        raise short

    def load(name: str) -> NDArray[Any]:
        # a file this small is in memory already, and frame folders hold tens of thousands of them
        return array_at(memoryview(head) if size == len(head) else file_bytes(path), header)

    return Arrays({"": header.info}, load)


def _example(folder: Path) -> Path:
    path = folder / "clip.npy"
    np.save(path, EXAMPLE_CLIP)
    return path


READER = Reader(
    name="npy",
    suffixes=(".npy",),
    read=_read,
    example=_example,
    magic=(MAGIC,),
    clip_suffixes=(".npy",),
    one_array=True,
    likely="features",
)
