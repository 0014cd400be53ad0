"""LMDB: a value a sample under its id, pickled, as npy, or as json.

`data.mdb` in a folder, or a file by itself. Images and bytes without a shape are left out.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import Content, Reader, Tree, Unreadable
from slrdoctor.artifacts.formats import json_file
from slrdoctor.artifacts.formats._example_files import EXAMPLE_CLIP
from slrdoctor.artifacts.formats._lmdb_pages import EMPTY, LEAF, MAGIC, VERSION, lmdb_pages
from slrdoctor.artifacts.formats.npy import array_at, is_numeric, read_header, tree_at
from slrdoctor.artifacts.pickles.unpickle import load_pickle
from slrdoctor.artifacts.storage.file_bytes import file_bytes

MOST_ITEMS = 1_000_000
LONGEST_TEXT = 1 << 20  # bytes
NPY, PICKLES, TORCH, JSON = b"\x93NUMPY", (b"\x80",), b"PK\x03\x04", (b"{", b"[")


def _read(path: Path) -> Content:
    """The values by their keys; where most are samples, without the counts and lists beside them."""
    found: dict[str, Any] = {}
    refused: set[str] = set()
    count = 0
    for key, value in lmdb_pages(file_bytes(path)).items():
        count += 1
        if count > MOST_ITEMS:
            raise Unreadable(f"over {MOST_ITEMS} values in one LMDB file", "refused")
        plain = _plain(value, refused)
        if plain is not None:
            found[key.decode("utf-8", "backslashreplace")] = plain
    samples = {key: value for key, value in found.items() if isinstance(value, (dict, np.ndarray))}
    if not found:
        raise Unreadable(f"an LMDB file of {count} images, or of bytes without a shape", "unsupported")
    return Tree(samples if len(samples) > len(found) / 2 else found, tuple(sorted(refused)))


def _plain(value: memoryview, refused: set[str]) -> Any:
    """An array, a container or a text; None for bytes of another kind."""
    head = bytes(value[:8])
    if head.startswith(NPY):
        header = read_header(bytes(value[: 1 << 16]))
        return array_at(value, header) if is_numeric(header.dtype) else tree_at(value, header).value
    if head.startswith(PICKLES) or head.startswith(TORCH):
        tree = load_pickle(value)
        refused.update(tree.refused)
        return tree.value
    if len(value) > LONGEST_TEXT:
        return None
    try:
        text = bytes(value).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return json_file.parse(text) if head.startswith(JSON) else text if text.isprintable() else None


def _example(folder: Path) -> Path:
    import pickle

    path, size = folder / "data.mdb", 4096
    values = {b"a": pickle.dumps(EXAMPLE_CLIP), b"b": pickle.dumps({"pose": EXAMPLE_CLIP, "label": 1})}
    nodes, starts, at = b"", [], size
    for key, value in values.items():
        node = struct.pack("<IHH", len(value), 0, len(key)) + key + value
        at -= len(node) + len(node) % 2
        starts.append(at)
        nodes = node + b"\0" * (len(node) % 2) + nodes
    lower = 16 + 2 * len(starts)
    leaf = struct.pack(f"<QHHHH{len(starts)}H", 2, 0, LEAF, lower, at, *starts)
    pages = b""
    for number, root in enumerate((EMPTY, 2)):
        unused = struct.pack("<IHHQQQQQ", size, 8, 0, 0, 0, 0, 0, EMPTY)
        main = struct.pack("<IHHQQQQQ", 0, 0, number, 0, number, 0, 2 * number, root)
        state = struct.pack("<QHHHHIIQQ", number, 0, 8, 0, 0, MAGIC, VERSION, 0, 1 << 20)
        pages += (state + unused + main + struct.pack("<QQ", 2, number)).ljust(size, b"\0")
    path.write_bytes(pages + leaf.ljust(at, b"\0") + nodes)
    return path


READER = Reader(
    name="lmdb",
    suffixes=(".lmdb",),
    read=_read,
    example=_example,
    patterns=("data.mdb",),
)
