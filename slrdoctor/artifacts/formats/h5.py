"""HDF5: every numeric dataset is a member by its full path; the small rest is in `extras`.

`extras` holds scalar and string datasets by their path, and attributes by the path of what
they belong to and their name, joined by a slash (only the name for those of the file).
Links to other files, links that dangle, and datasets that lie in other files are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import ArrayInfo, Content, Reader, Unreadable, needed_to_read
from slrdoctor.artifacts.formats import read_head
from slrdoctor.artifacts.formats._example_files import EXAMPLE_CLIP
from slrdoctor.artifacts.formats._h5_texts import TextsDamaged, read_texts
from slrdoctor.artifacts.storage.cut_arrays import CutArrays
from slrdoctor.artifacts.storage.file_bytes import MOST_BYTES
from slrdoctor.extras import needed_for

MAGIC = b"\x89HDF\r\n\x1a\n"
MOST_STRINGS = 1_000_000
LARGEST_ATTRIBUTE = 1 << 20  # elements
# what h5py makes of a damaged file; libhdf5's own messages come as RuntimeError or OSError
_LIBRARY_ERRORS = (
    OSError, RuntimeError, ValueError, TypeError, KeyError, AttributeError, OverflowError, MemoryError
)  # fmt: skip


@dataclass
class _Found:
    """What a walk through the file meets; texts of variable length are only named."""

    members: dict[str, ArrayInfo] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)
    text_datasets: list[str] = field(default_factory=list)
    text_attributes: list[tuple[str, str]] = field(default_factory=list)


def _read(path: Path) -> Content:
    read_head(path)
    found = _Found()
    with _opened(path) as file:
        _take_attributes("", file, found)
        items: list[tuple[str, Any]] = []
        # hard links only, and every object once: a loop of groups ends
        file.visititems(lambda name, item: items.append((name, item)))
        for name, item in items:
            if not isinstance(name, str):
                continue  # bytes that are no text in any encoding
            if hasattr(item, "dtype"):
                _take_dataset(name, item, found)
            if hasattr(item, "attrs"):
                _take_attributes(name, item, found)
    if found.text_datasets or found.text_attributes:
        try:
            found.extras.update(read_texts(path, found.text_datasets, found.text_attributes))
        except (TextsDamaged, OSError) as error:
            raise Unreadable(str(error)) from error
    if not found.members and not found.extras:
        raise Unreadable("an empty HDF5 file", "empty")

    def cut(name: str, start: int, stop: int) -> NDArray[Any]:
        return _values(path, name, slice(start, stop))

    return CutArrays(found.members, lambda name: _values(path, name, slice(None)), found.extras, cut=cut)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    with needed_to_read("an HDF5 file", "h5py"):
        import h5py
    try:
        with h5py.File(path, "r") as file:
            yield file
    except _LIBRARY_ERRORS as error:
        fault = "truncated" if "truncated" in str(error) else "corrupt"
        raise Unreadable(
            f"HDF5 cannot read it: {(str(error) or repr(error)).splitlines()[0]}", fault
        ) from error


def _take_dataset(name: str, dataset: Any, found: _Found) -> None:
    if dataset.shape is None or dataset.external or dataset.is_virtual:
        return
    kind = dataset.dtype.kind
    if kind in "biufc" and dataset.shape:
        found.members[name] = ArrayInfo(dataset.shape, str(dataset.dtype))
    elif kind in "biufc":
        found.extras[name] = dataset[()].item()
    elif dataset.size > MOST_STRINGS:
        return
    elif kind == "S":
        found.extras[name] = _plain(dataset[()])
    elif _is_text(dataset.dtype):
        found.text_datasets.append(name)


def _take_attributes(owner: str, item: Any, found: _Found) -> None:
    for name in item.attrs:
        attribute = item.attrs.get_id(name)
        if not isinstance(name, str) or attribute.shape is None:
            continue
        if np.prod(attribute.shape, dtype=object) > LARGEST_ATTRIBUTE:
            continue
        if _is_text(attribute.dtype):
            found.text_attributes.append((owner, name))
        elif attribute.dtype.kind in "biufcS":
            found.extras.setdefault(f"{owner}/{name}" if owner else name, _plain(item.attrs[name]))


def _is_text(dtype: np.dtype[Any]) -> bool:
    """Whether values are texts of variable length, and not references or arrays of such."""
    import h5py

    return dtype.kind == "O" and h5py.check_string_dtype(dtype) is not None


def _plain(value: Any) -> Any:
    """Text as str, one number as a number, several as an array."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, np.ndarray) and value.dtype.kind == "S":
        return [_plain(item) for item in value.ravel().tolist()]
    return value.item() if isinstance(value, np.generic) else value


def _values(path: Path, name: str, rows: slice) -> NDArray[Any]:
    with _opened(path) as file:
        dataset = file[name]
        start, stop, _ = rows.indices(dataset.shape[0])
        count = max(stop - start, 0) * int(np.prod(dataset.shape[1:], dtype=object))
        if count * dataset.dtype.itemsize > MOST_BYTES:
            raise Unreadable(f"dataset {name} has over {MOST_BYTES >> 20} MiB", "unsupported")
        values: NDArray[Any] = dataset[rows]
        return values


def _example(folder: Path) -> Path:
    with needed_for("an example of HDF5", "h5py"):
        import h5py
    path = folder / "features.h5"
    with h5py.File(path, "w") as file:
        file["dev/clip"] = EXAMPLE_CLIP
        file.create_dataset("train/clip", data=EXAMPLE_CLIP, chunks=(2, 2), compression="gzip")
        file["names"] = np.array([b"clip", b"other"])
        file.attrs["fps"] = 25
    return path


READER = Reader(
    name="h5",
    suffixes=(".h5", ".hdf5", ".hdf", ".he5"),
    read=_read,
    example=_example,
    magic=(MAGIC,),
    needs="h5py",
    likely="features",
    clip_suffixes=(".h5", ".hdf5"),
)
