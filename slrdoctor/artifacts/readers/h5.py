"""HDF5: every numeric dataset is a member by its full path; the small rest is in `extras`.

`extras` holds scalar and string datasets by their path, and attributes by the path of what
they belong to and their name, joined by a slash (only the name for those of the file).
Links to other files, links that dangle, and datasets that lie in other files are left out.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import ArrayInfo, Content, Reader, Unreadable
from slrdoctor.artifacts.cut_arrays import CutArrays
from slrdoctor.artifacts.file_bytes import MOST_BYTES, file_bytes

MAGIC = b"\x89HDF\r\n\x1a\n"
SCANNED = 1 << 30  # bytes in which heaps of texts are looked for
_HEAP = b"GCOL\x01\x00\x00\x00"
MOST_STRINGS = 1_000_000
LARGEST_ATTRIBUTE = 1 << 20  # elements
# what h5py makes of a damaged file; libhdf5's own messages come as RuntimeError or OSError
_LIBRARY_ERRORS = (
    OSError, RuntimeError, ValueError, TypeError, KeyError, AttributeError, OverflowError, MemoryError
)  # fmt: skip


def _read(path: Path) -> Content:
    _check_heaps(file_bytes(path))
    members: dict[str, ArrayInfo] = {}
    extras: dict[str, Any] = {}
    with _opened(path) as file:
        _take_attributes("", file, extras)
        found: list[tuple[str, Any]] = []
        # hard links only, and every object once: a loop of groups ends
        file.visititems(lambda name, item: found.append((name, item)))
        for name, item in found:
            if hasattr(item, "dtype"):
                _take_dataset(name, item, members, extras)
            _take_attributes(f"{name}/", item, extras)
    if not members and not extras:
        raise Unreadable("an HDF5 file that holds nothing", "empty")

    def cut(name: str, start: int, stop: int) -> NDArray[Any]:
        return _values(path, name, slice(start, stop))

    return CutArrays(members, lambda name: _values(path, name, slice(None)), extras, cut=cut)


def _check_heaps(view: memoryview) -> None:
    """Walk the heaps that hold texts: a wrong size in one sends libhdf5 into a loop without end."""
    source = view.obj if isinstance(view.obj, (bytes, mmap.mmap)) else bytes(view)
    heap = source.find(_HEAP, 0, SCANNED)
    while heap >= 0:
        end = heap + int.from_bytes(view[heap + 8 : heap + 16], "little")
        at = heap + 16
        while at + 16 <= min(end, len(view)):
            size = int.from_bytes(view[at + 8 : at + 16], "little")
            is_free = view[at : at + 2] == b"\0\0"  # the rest of the heap, whose size counts its header
            at += size if is_free else 16 + -(-size // 8) * 8
            if is_free and at != end:
                raise Unreadable("its heap of texts is damaged")
        if at > end:
            raise Unreadable("its heap of texts is damaged")
        heap = source.find(_HEAP, heap + 4, SCANNED)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        import h5py
    except ImportError as error:
        raise Unreadable("needs the package h5py: pip install h5py", "not-installed") from error
    try:
        with h5py.File(path, "r") as file:
            yield file
    except _LIBRARY_ERRORS as error:
        fault = "truncated" if "truncated" in str(error) else "corrupt"
        raise Unreadable(
            f"HDF5 cannot read it: {(str(error) or repr(error)).splitlines()[0]}", fault
        ) from error


def _take_dataset(
    name: str, dataset: Any, members: dict[str, ArrayInfo], extras: dict[str, Any]
) -> None:
    if dataset.shape is None or dataset.external or dataset.is_virtual:
        return
    kind = dataset.dtype.kind
    if kind in "biufc" and dataset.shape:
        members[name] = ArrayInfo(dataset.shape, str(dataset.dtype))
    elif kind in "biufc":
        extras[name] = dataset[()].item()
    elif kind in "SO" and dataset.size <= MOST_STRINGS:
        extras.update(_strings(name, dataset))


def _strings(name: str, dataset: Any) -> dict[str, Any]:
    import h5py

    if dataset.dtype.kind == "O":
        return {}  # references and arrays of variable length
    return {name: _plain(dataset[()])}


def _take_attributes(prefix: str, item: Any, extras: dict[str, Any]) -> None:
    for name in item.attrs:
        attribute = item.attrs.get_id(name)
        if (
            attribute.dtype.kind != "O"
            and attribute.shape is not None
            and np.prod(attribute.shape) <= LARGEST_ATTRIBUTE
        ):
            value = _plain(item.attrs[name])
            if value is not None:
                extras.setdefault(prefix + name, value)


def _plain(value: Any) -> Any:
    """Text as str, one number as a number, several as an array; None for anything else."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "SO":
            return [_plain(item) for item in value.ravel().tolist()]
        return value if value.dtype.kind in "biufc" else None
    if isinstance(value, np.generic):
        return _plain(value.item())
    return value if isinstance(value, (str, int, float, complex)) else None


def _values(path: Path, name: str, rows: slice) -> NDArray[Any]:
    with _opened(path) as file:
        dataset = file[name]
        start, stop, _ = rows.indices(dataset.shape[0])
        count = max(stop - start, 0) * int(np.prod(dataset.shape[1:], dtype=object))
        if count * dataset.dtype.itemsize > MOST_BYTES:
            raise Unreadable(f"dataset {name} has over {MOST_BYTES >> 20} MiB", "unsupported")
        values: NDArray[Any] = dataset[rows]
        return values


READER = Reader(name="h5", suffixes=(".h5", ".hdf5", ".hdf", ".he5"), read=_read, magic=(MAGIC,))
