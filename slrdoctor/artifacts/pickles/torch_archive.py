"""The layouts of a file that torch.save wrote, read without torch.

Since 1.6 it is a zip that holds one pickle and a member a storage; before, a row of
pickles with the storages' bytes behind them; before 0.1.10 a tar. Storages are views of
the file's bytes, so a large checkpoint costs memory only where its values are looked at.
"""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
from collections.abc import Callable
from typing import Any

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.pickles.builders import PLAIN, as_bytes, as_shape
from slrdoctor.artifacts.pickles.machine import Builder, Shell
from slrdoctor.artifacts.pickles.operations import execute
from slrdoctor.artifacts.pickles.torch_tensors import TORCH, Storage, Tensor, element_of
from slrdoctor.artifacts.storage.file_bytes import ZIP_ERRORS, ViewFile, member_bytes

ZIP_MAGIC = b"PK\x03\x04"
LEGACY_MAGIC = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19"  # the number 0x1950a86a20f9469cfc6c, pickled
_TAR_MAGIC_AT = 257


def is_archive(view: memoryview) -> bool:
    """Whether the bytes are of torch.save in one of its layouts, or a zip of whatever kind."""
    head = bytes(view[:512])
    is_tar = head[_TAR_MAGIC_AT:].startswith(b"ustar")
    return is_tar or head.startswith(ZIP_MAGIC) or LEGACY_MAGIC in head[:32]


def read_archive(view: memoryview, refused: list[str]) -> Any:
    """What was saved, still holding Names and Shells. Raises Unreadable."""
    head = bytes(view[:32])
    if head.startswith(ZIP_MAGIC):
        return _read_zip(view, refused)
    if LEGACY_MAGIC in head:
        return _read_legacy(view, refused)
    return _read_tar(view, refused)


def _read_zip(view: memoryview, refused: list[str]) -> Any:
    try:
        archive = zipfile.ZipFile(io.BufferedReader(ViewFile(view)))
        members = {info.filename: info for info in archive.infolist()}
        name = next((name for name in members if name == "data.pkl" or name.endswith("/data.pkl")), None)
        if name is None:
            raise Unreadable("a zip file, but not one of torch.save", "unsupported")
        prefix = name[: -len("data.pkl")]
        order = members.get(prefix + "byteorder")
        is_big = order is not None and archive.read(order).strip() == b"big"
        pickled = member_bytes(archive, members[name], view)
    except zipfile.BadZipFile as error:
        raise Unreadable("a zip file that ends early or is damaged", "truncated") from error
    except ZIP_ERRORS as error:
        raise Unreadable(f"a damaged zip file: {error}") from error
    storages: dict[str, Storage] = {}

    def find(key: str, storage: Storage) -> Storage:
        if key not in storages:
            try:
                storage.data = member_bytes(archive, members[f"{prefix}data/{key}"], view)
            except KeyError as error:
                raise Unreadable(f"the values of storage {key} are missing", "truncated") from error
            except ZIP_ERRORS as error:
                raise Unreadable(f"the values of storage {key} are damaged: {error}") from error
            storage.order = ">" if is_big else "<"
            storages[key] = storage
        return storages[key]

    return execute(pickled, 0, BUILDERS, refused, _persistent(find))[0]


def _read_legacy(view: memoryview, refused: list[str]) -> Any:
    at, system = 0, None
    for _ in ("magic number", "protocol", "system"):
        system, at = execute(view, at, PLAIN, refused)
    is_little = not isinstance(system, dict) or bool(system.get("little_endian", True))
    storages: dict[str, Storage] = {}
    value, at = execute(view, at, BUILDERS, refused, _persistent(storages.setdefault))
    keys, at = execute(view, at, PLAIN, refused)
    if type(keys) is not list or not all(type(key) is str and key in storages for key in keys):
        raise Unreadable("not a valid torch file: its list of storages is wrong")
    for key in keys:
        storage = storages[key]
        at = _take_storage(view, at, storage)
        storage.order = "<" if is_little else ">"
    return value


def _take_storage(view: memoryview, at: int, storage: Storage) -> int:
    """Give a storage its bytes, which follow their count at `at`; returns where they end."""
    if at + 8 > len(view):
        raise Unreadable("ends before the values of its tensors", "truncated")
    count = int.from_bytes(view[at : at + 8], "little", signed=True)
    end = at + 8 + count * storage.element.size
    if count < 0 or end > len(view):
        raise Unreadable("ends in the middle of a tensor's values", "truncated")
    storage.data = view[at + 8 : end]
    return end


def _persistent(find: Callable[[str, Storage], Storage]) -> Callable[[Any], Any]:
    """What a persistent id stands for; `find` gives the storage of a key, or keeps the new one."""

    def load(pid: Any) -> Any:
        kind = pid[0] if type(pid) is tuple and pid else None
        kind = str(bytes(kind), "ascii") if isinstance(kind, bytes) else kind
        if kind == "module":  # a class, with its source text
            return pid[1]
        if kind != "storage" or len(pid) < 5:
            raise ValueError("a persistent id of no known kind")
        storage = find(str(pid[2]), Storage(element_of(pid[1])))
        part = pid[5] if len(pid) > 5 else None
        return storage.view(int(part[1])) if part else storage

    return load


def _read_tar(view: memoryview, refused: list[str]) -> Any:
    try:
        with tarfile.open(fileobj=io.BufferedReader(ViewFile(view)), mode="r:") as archive:
            parts = {}
            for name in ("storages", "tensors", "pickle"):
                file = archive.extractfile(name)
                parts[name] = memoryview(file.read() if file is not None else b"")
    except KeyError as error:
        raise Unreadable("a tar archive, but not one of torch.save", "unsupported") from error
    except (tarfile.TarError, *ZIP_ERRORS) as error:
        raise Unreadable(f"a damaged tar archive: {error}", "truncated") from error
    made: dict[str, Shell] = {}
    _take_tar_storages(parts["storages"], made, refused)
    _take_tar_tensors(parts["tensors"], made, refused)

    def persistent(pid: Any) -> Any:
        return pid[0] if type(pid) is tuple else made[str(pid)]

    return execute(parts["pickle"], 0, BUILDERS, refused, persistent)[0]


def _take_tar_storages(view: memoryview, made: dict[str, Shell], refused: list[str]) -> None:
    count, at = execute(view, 0, PLAIN, refused)
    for _ in range(count):
        (key, _, kind), at = execute(view, at, BUILDERS, refused)
        storage = Storage(element_of(kind))
        at = _take_storage(view, at, storage)
        made[str(key)] = storage
    views, at = execute(view, at, PLAIN, refused)
    for key, root, offset, _ in views:
        whole = made[str(root)]
        if isinstance(whole, Storage):
            made[str(key)] = whole.view(offset)


def _take_tar_tensors(view: memoryview, made: dict[str, Shell], refused: list[str]) -> None:
    count, at = execute(view, 0, PLAIN, refused)
    for _ in range(count):
        (key, storage, _), at = execute(view, at, BUILDERS, refused)
        dims = as_shape(struct.unpack_from("<i", view, at))[0]
        *sizes, offset = struct.unpack_from(f"<{2 * dims + 1}q", view, at + 8)
        made[str(key)] = Tensor(made[str(storage)], offset, sizes[:dims], sizes[dims:])
        at += 16 + 8 * len(sizes)


def _storage_of_bytes(raw: Any) -> Any:
    # a tensor pickled without torch.save has its storage in it as the bytes of a torch file
    refused: list[str] = []
    return read_archive(memoryview(as_bytes(raw)), refused)


BUILDERS: dict[str, Builder | None] = {
    **PLAIN,
    **TORCH,
    "torch.storage._load_from_bytes": _storage_of_bytes,
}
