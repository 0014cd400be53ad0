"""webdataset's tar shards: the files of a sample share their name up to the first dot.

A record a sample, {"id": name, "npy": array, "label": text}: arrays by their endings (`npy`,
`pose.npy` is `pose`), a class by `.cls`, glosses or a text by `.txt`, and what `.json` holds.
"""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

from slrdoctor.artifacts.content import Content, Reader, Tree, Unreadable
from slrdoctor.artifacts.formats import json_file, read_head
from slrdoctor.artifacts.formats._example_files import EXAMPLE_CLIP
from slrdoctor.artifacts.formats.npy import array_at, is_numeric, read_header, tree_at
from slrdoctor.artifacts.pickles.unpickle import load_file
from slrdoctor.artifacts.storage.file_bytes import file_bytes

AT, MAGIC = 257, b"ustar"
MOST_FILES = 1_000_000
LARGEST_TEXT = 1 << 20  # bytes of one label or description
TEXTS = {"cls": "label", "label": "label", "txt": "text", "gloss": "gloss", "glosses": "gloss"}


def _read(path: Path) -> Content:
    if read_head(path)[AT : AT + len(MAGIC)] != MAGIC:
        return load_file(path)  # torch's files are called .tar too
    view = file_bytes(path)
    records: dict[str, dict[str, Any]] = {}
    try:
        with tarfile.open(path, "r:") as shard:
            for number, member in enumerate(shard):
                if number >= MOST_FILES:
                    raise Unreadable(f"over {MOST_FILES} files in one tar", "refused")
                if member.isreg() and not member.issparse():
                    raw = view[member.offset_data : member.offset_data + member.size]
                    if len(raw) < member.size:
                        raise Unreadable(f"{member.name} in it ends early", "truncated")
                    _take(member.name, raw, records)
    except (tarfile.TarError, OSError, EOFError, ValueError, OverflowError) as error:
        raise Unreadable(f"a damaged tar: {error}") from error
    found = [{"id": name, **record} for name, record in records.items() if record]
    if not any("npy" in record or len(record) > 2 for record in found):
        raise Unreadable("a tar without an npy array in it", "unsupported")
    return Tree(found)


def _take(name: str, raw: memoryview, records: dict[str, dict[str, Any]]) -> None:
    folder, _, file = name.rpartition("/")
    stem, _, ending = file.partition(".")
    record = records.setdefault(f"{folder}/{stem}".strip("./"), {})
    kind = ending.lower()
    if kind.endswith("npy"):
        header = read_header(bytes(raw[: 1 << 16]))
        value = array_at(raw, header) if is_numeric(header.dtype) else tree_at(raw, header).value
        record[kind.removesuffix(".npy") or "npy"] = value
    elif kind in TEXTS and len(raw) <= LARGEST_TEXT:
        record[TEXTS[kind]] = bytes(raw).decode("utf-8", "replace").strip()
    elif kind == "json" and len(raw) <= LARGEST_TEXT:
        value = json_file.parse(bytes(raw).decode("utf-8", "replace"))
        record.update({str(k): v for k, v in value.items()} if isinstance(value, dict) else {})


def _example(folder: Path) -> Path:
    import io

    import numpy as np

    path = folder / "train-000000.tar"
    with tarfile.open(path, "w") as shard:
        for number in range(2):
            array = io.BytesIO()
            np.save(array, EXAMPLE_CLIP)
            for ending, raw in (("npy", array.getvalue()), ("cls", str(number).encode())):
                member = tarfile.TarInfo(f"clip_{number}.{ending}")
                member.size = len(raw)
                shard.addfile(member, io.BytesIO(raw))
    return path


READER = Reader(name="tar", suffixes=(".tar",), read=_read, example=_example, cost=-2)
