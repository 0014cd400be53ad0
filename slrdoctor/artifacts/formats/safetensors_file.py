"""The safetensors format: a length, a JSON header, then the values of every tensor.

Its own library would give the same arrays, but copies each; these are views of the file.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import ArrayInfo, Arrays, Content, Reader, Unreadable
from slrdoctor.artifacts.formats._example_files import EXAMPLE_CLIP
from slrdoctor.artifacts.pickles.builders import as_shape
from slrdoctor.artifacts.pickles.torch_tensors import widened
from slrdoctor.artifacts.storage.file_bytes import file_bytes

LONGEST_HEADER = 100_000_000  # bytes: the format's own limit
_TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "I16": "<i2",
    "I8": "i1", "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?", "C64": "<c8",
}  # fmt: skip


def _read(path: Path) -> Content:
    view = file_bytes(path)
    header, start = _header(view)
    tensors: dict[str, tuple[str, tuple[int, ...], int]] = {}
    unread: dict[str, str] = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        kind, shape, begin, end = _entry(name, entry)
        if kind not in _TYPES:
            unread[name] = kind  # 8-bit floats, which numpy has no type for
            continue
        if end - begin != math.prod(shape) * np.dtype(_TYPES[kind]).itemsize:
            raise Unreadable(f"tensor {name[:80]!r} does not fill its place in the file")
        if start + end > len(view):
            raise Unreadable(f"ends before the values of tensor {name[:80]!r}", "truncated")
        tensors[name] = (kind, shape, start + begin)

    def load(name: str) -> NDArray[Any]:
        kind, shape, at = tensors[name]
        if not math.prod(shape):
            return np.empty(shape, _info(kind, shape).dtype)
        array: NDArray[Any] = np.ndarray(shape, _TYPES[kind], view, at)
        return widened(array) if kind == "BF16" else array

    metadata = header.get("__metadata__")
    extras = dict(metadata) if isinstance(metadata, dict) else {}
    if unread:
        extras["unread"] = unread
    return Arrays({name: _info(kind, shape) for name, (kind, shape, _) in tensors.items()}, load, extras)


def _header(view: memoryview) -> tuple[dict[str, Any], int]:
    length = int.from_bytes(view[:8], "little")
    if length > LONGEST_HEADER or bytes(view[8:9]) != b"{":
        raise Unreadable("not a safetensors file: it does not start with a JSON header")
    if 8 + length > len(view):
        raise Unreadable("ends within its header", "truncated")
    try:
        header = json.loads(bytes(view[8 : 8 + length]))
    except (ValueError, RecursionError) as error:
        raise Unreadable("its header is not JSON") from error
    return header, 8 + length


def _entry(name: str, entry: Any) -> tuple[str, tuple[int, ...], int, int]:
    try:
        begin, end = as_shape(entry["data_offsets"])
        return str(entry["dtype"]), as_shape(entry["shape"]), begin, end
    except (TypeError, KeyError, ValueError) as error:
        raise Unreadable(f"its header does not say where tensor {name[:80]!r} lies") from error


def _info(kind: str, shape: tuple[int, ...]) -> ArrayInfo:
    return ArrayInfo(shape, "float32" if kind == "BF16" else str(np.dtype(_TYPES[kind])))


def _example(folder: Path) -> Path:
    path = folder / "model.safetensors"
    place = {"dtype": "F32", "shape": EXAMPLE_CLIP.shape, "data_offsets": [0, EXAMPLE_CLIP.nbytes]}
    header = json.dumps({"linear.weight": place}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + EXAMPLE_CLIP.tobytes())
    return path


READER = Reader(
    name="safetensors",
    suffixes=(".safetensors",),
    read=_read,
    example=_example,
    clip_suffixes=(".safetensors",),
)
