"""MATLAB's .mat: arrays by name; cells and structs are lists and dicts.

The format is MATLAB's "Level 5 MAT-file": elements of a type, a length and values, each variable
compressed by itself. It is read here and not by scipy, which dies of damaged files. Files of
MATLAB 7.3 are HDF5, whose axes stand in MATLAB's order: they are turned round.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import ArrayInfo, Arrays, Content, Reader, Tree, Unreadable
from slrdoctor.artifacts.formats import h5, read_head
from slrdoctor.artifacts.formats._example_files import EXAMPLE_CLIP
from slrdoctor.artifacts.storage.file_bytes import MOST_BYTES, MOST_INFLATED, PLAUSIBLE_BYTES, file_bytes

MAGIC = b"MATLAB 5.0 MAT-file"
MAGIC_OF_HDF5 = b"MATLAB 7.3 MAT-file"
HEADER = 128  # bytes
DEEPEST = 16  # cells in cells
MOST_VALUES = 1_000_000  # cells and structs of one file
_STORED = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_TEXTS = {16: "utf-8", 17: "utf-16", 18: "utf-32"}
_MATRIX, _COMPRESSED = 14, 15
_CLASSES = {
    6: "f8",
    7: "f4",
    8: "i1",
    9: "u1",
    10: "i2",
    11: "u2",
    12: "i4",
    13: "u4",
    14: "i8",
    15: "u8",
}
_CELL, _STRUCT, _CHAR = 1, 2, 4
_UNSOUND = (ValueError, IndexError, OverflowError, struct.error, zlib.error, MemoryError, UnicodeError)


@dataclass
class _File:
    """The order of the bytes, and how many cells and structs were met."""

    order: str
    values: int = 0

    def elements(self, view: memoryview) -> Iterator[tuple[int, memoryview]]:
        """The (type, bytes) of the elements one after the other."""
        at = 0
        while at + 8 <= len(view):
            kind, size = struct.unpack_from(f"{self.order}II", view, at)
            if kind >> 16:  # up to four bytes beside their type
                kind, size, start, step = kind & 0xFFFF, kind >> 16, at + 4, 8
                if size > 4:
                    raise ValueError("a short element that is long")
            else:
                start, step = at + 8, 8 + size + (-size % 8 if kind != _COMPRESSED else 0)
            if start + size > len(view):
                raise Unreadable("ends in the middle of a variable", "truncated")
            yield kind, view[start : start + size]
            at += step

    def variable(self, view: memoryview, depth: int = 0) -> tuple[str, Any]:
        """The name and the value of a matrix; None for what is no array, text, cell or struct."""
        self.values += 1
        if depth > DEEPEST or self.values > MOST_VALUES:
            raise Unreadable("cells in cells without end", "refused")
        parts = self.elements(view)
        _, flags = next(parts)
        kind = struct.unpack_from(f"{self.order}I", flags)[0] & 0xFF
        shape = tuple(int(size) for size in np.frombuffer(next(parts)[1], f"{self.order}i4"))
        name = bytes(next(parts)[1]).decode("utf-8", "replace")
        if min(shape, default=-1) < 0:
            raise ValueError("a shape of no array")
        if kind in _CLASSES:
            return name, self._array(next(parts, None), shape, _CLASSES[kind])
        if kind == _CHAR:
            return name, self._text(next(parts, None))
        if kind in (_CELL, _STRUCT):
            inner = list(parts)
            labels = self._fields(inner) if kind == _STRUCT else []
            values = [self.variable(raw, depth + 1)[1] for code, raw in inner if code == _MATRIX]
            return name, _records(labels, values) if labels else values
        return name, None

    def _array(
        self, stored: tuple[int, memoryview] | None, shape: tuple[int, ...], kind: str
    ) -> NDArray[Any]:
        code, raw = stored or (2, memoryview(b""))
        values = np.frombuffer(raw, f"{self.order}{_STORED[code]}")
        if values.size != math.prod(shape):
            raise ValueError(f"{values.size} values for a shape of {shape}")
        return np.squeeze(values.astype(kind).reshape(shape, order="F"))

    def _text(self, stored: tuple[int, memoryview] | None) -> str:
        code, raw = stored or (16, memoryview(b""))
        if code in _TEXTS:
            return bytes(raw).decode(_TEXTS[code], "replace")
        letters = np.frombuffer(raw, f"{self.order}{_STORED[code]}").tolist()
        return "".join(chr(letter) for letter in letters if 0 < letter < 0xD800)

    def _fields(self, inner: list[tuple[int, memoryview]]) -> list[str]:
        """The names of a struct's fields, taken off the front of its elements."""
        [width] = np.frombuffer(inner.pop(0)[1], f"{self.order}i4")[:1].tolist()
        raw = bytes(inner.pop(0)[1])
        if not 0 < width <= len(raw):
            return []
        names = [raw[i : i + width] for i in range(0, len(raw), width)]
        return [name.partition(b"\0")[0].decode("utf-8", "replace") for name in names]


def _records(labels: list[str], values: list[Any]) -> Any:
    records = [
        dict(zip(labels, values[i : i + len(labels)], strict=False))
        for i in range(0, len(values), len(labels))
    ]
    return records[0] if len(records) == 1 else records


def _read(path: Path) -> Content:
    if read_head(path).startswith(MAGIC_OF_HDF5):
        return _turned(h5.READER.read(path))
    view = file_bytes(path)
    if len(view) < HEADER or not bytes(view[: len(MAGIC)]) == MAGIC:
        raise Unreadable("not a file of MATLAB 5 or later: save it with `save -v7`", "unsupported")
    file = _File("<" if bytes(view[126:128]) == b"IM" else ">")
    try:
        values = dict(file.variable(raw) for raw in _matrices(file, view))
    except (KeyError, StopIteration, *_UNSOUND) as error:
        raise Unreadable(f"a damaged MATLAB file: {error or type(error).__name__}") from error
    if not values:
        raise Unreadable("a MATLAB file without a variable", "empty")
    arrays = {n: v for n, v in values.items() if isinstance(v, np.ndarray) and v.ndim}
    if len(arrays) < len(values):
        return Tree(
            {n: v.item() if isinstance(v, np.ndarray) and not v.ndim else v for n, v in values.items()}
        )
    return Arrays({n: ArrayInfo(v.shape, str(v.dtype)) for n, v in arrays.items()}, arrays.__getitem__)


def _matrices(file: _File, view: memoryview) -> Iterator[memoryview]:
    """The bytes of every variable, decompressed."""
    limit = min(MOST_BYTES, max(PLAUSIBLE_BYTES, MOST_INFLATED * len(view)))
    for kind, raw in file.elements(view[HEADER:]):
        if kind == _COMPRESSED:
            inflate = zlib.decompressobj()
            inner = memoryview(inflate.decompress(raw, limit))
            if inflate.unconsumed_tail:
                raise Unreadable(f"a variable decompresses to more than {limit >> 20} MiB", "refused")
            limit -= len(inner)
            yield from (found for code, found in file.elements(inner) if code == _MATRIX)
        elif kind == _MATRIX:
            yield raw


def _turned(content: Content) -> Content:
    """The arrays of a file of MATLAB 7.3 with their axes as MATLAB shows them."""
    if not isinstance(content, Arrays):
        return content
    # what cells refer to lies in a group of its own, and is no variable
    infos = {name: info for name, info in content.members.items() if not name.startswith("#")}
    shapes = {
        name: tuple(size for size in info.shape[::-1] if size != 1) for name, info in infos.items()
    }

    def load(name: str) -> NDArray[Any]:
        return content.load(name).T.reshape(shapes[name] or (1,))

    members = {name: ArrayInfo(shapes[name] or (1,), info.dtype) for name, info in infos.items()}
    return Arrays(members, load, content.extras)


def _example(folder: Path) -> Path:
    from scipy.io import savemat

    path = folder / "clips.mat"
    cells = np.array([EXAMPLE_CLIP, EXAMPLE_CLIP[:3]], dtype=object)
    savemat(
        path,
        {"keypoints": EXAMPLE_CLIP, "fps": 25.0, "signer": "s1", "clips": cells},
        do_compression=True,
    )
    return path


READER = Reader(
    name="mat",
    suffixes=(".mat",),
    read=_read,
    example=_example,
    magic=(MAGIC, MAGIC_OF_HDF5),
    clip_suffixes=(".mat",),
)
