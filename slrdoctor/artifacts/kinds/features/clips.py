"""Open the features of one sample: the way from a `Clip` to its values.

`Clip.place` says where in its file they are (`artifacts.clip_places`).

`Clip.rows` then cuts frames (start, stop) out. `Clip.frames` are files of one frame each,
stacked in their order; `Clip.parts` are opened one by one and joined. `Clip.length` is not
applied: what lies behind it is padding that a caller may want to see.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.clip_places import (
    Entry,
    FrameRecords,
    Member,
    OneFrame,
    Place,
    TableRow,
    TableRows,
    Way,
    Whole,
)
from slrdoctor.artifacts.content import Arrays, Content, Table, Tree, Unreadable
from slrdoctor.artifacts.formats import read_head, reader_named, reader_of
from slrdoctor.artifacts.kinds.features.clip_tables import row_landmarks, row_numbers, table_values
from slrdoctor.artifacts.kinds.features.clip_texts import text_values
from slrdoctor.artifacts.kinds.features.joining import frames_first, joined
from slrdoctor.artifacts.kinds.features.tree_values import as_array, at_the_end
from slrdoctor.artifacts.run import Clip
from slrdoctor.artifacts.storage.cut_arrays import CutArrays
from slrdoctor.artifacts.storage.file_bytes import MOST_BYTES

OpenClip = Callable[[Clip], NDArray[Any]]


@contextmanager
def opened_clips() -> Iterator[OpenClip]:
    """Opens many clips one after the other, as `open_clip` opens one.

    The container that was opened last is kept for the next clip of it, and no other.
    """
    last = _LastOpened()
    try:
        yield lambda clip: _open(clip, last)
    finally:
        last.close()


def open_clip(clip: Clip) -> NDArray[Any]:
    """The values of one clip, [T, ...], numbers of whatever type the file has.

    Large npy, torch, pickle, safetensors and stored npz arrays are read-only views of the
    mapped file: nothing is read before it is looked at, so take them block by block.

    Raises Unreadable and nothing else; its fault is "shape" where frames of a clip differ,
    where there is no axis of frames, or where the file has not the entry or rows named.
    """
    with opened_clips() as opened:
        return opened(clip)


def _open(clip: Clip, last: _LastOpened) -> NDArray[Any]:
    try:
        values = _values(clip, last)
    except MemoryError as error:
        raise Unreadable("needs more memory than is available", "unsupported") from error
    if values.dtype.kind not in "fiub":
        raise Unreadable(f"values of type {values.dtype}, which are not features", "unsupported")
    if values.ndim == 0:
        raise Unreadable("a single number where frames are expected", "shape")
    return values


def _values(clip: Clip, last: _LastOpened) -> NDArray[Any]:
    if clip.parts:
        return joined([(part.key, _part(part, last)) for part in clip.parts])
    if isinstance(clip.place, OneFrame):
        return _stored(replace(clip, place=clip.place.of), last)[np.newaxis]
    values = _frames(clip) if clip.frames else _stored(clip, last)
    return frames_first(values, clip.axes) if clip.axes else values


def _part(part: Clip, last: _LastOpened) -> NDArray[Any]:
    try:
        return _values(part, last)
    except Unreadable as error:
        raise Unreadable(f"{part.key}: {error}", error.fault) from error


class _LastOpened:
    """The content of one file, and the array that was loaded from it last."""

    def __init__(self) -> None:
        self.close()

    def close(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._content: Content | None = None
        self._loaded: tuple[str, NDArray[Any]] | None = None

    def open(self, path: Path, reader: str) -> Content:
        try:
            stat = path.stat()
        except OSError as error:
            raise Unreadable(f"cannot be opened: {error.strerror}", "corrupt") from error
        key = (path, reader, stat.st_mtime_ns, stat.st_size)
        if self._content is None or key != self._key:
            self.close()  # before the next is read, so that never two are in memory
            self._content = _read(path, reader)
            self._key = key
        return self._content

    def load(self, content: Arrays, name: str) -> NDArray[Any]:
        """A member of the content that `open` gave, kept while clips are cut out of it."""
        if self._loaded is None or self._loaded[0] != name:
            self._loaded = None
            self._loaded = (name, content.load(name))
        return self._loaded[1]


def _read(path: Path, name: str) -> Content:
    read_head(path)
    reader = reader_named(name) or reader_of(path)
    if reader is None:
        raise Unreadable(f"no reader for {path.suffix or 'a file without a suffix'}", "unsupported")
    return reader.read(path)


def _stored(clip: Clip, last: _LastOpened) -> NDArray[Any]:
    content = last.open(clip.path, clip.reader)
    if isinstance(content, Arrays):
        return _of_arrays(content, clip, last)
    if isinstance(content, Table):
        return _cut(_of_table(content, clip.place), clip.rows)
    if isinstance(content, Tree):
        return _cut(_of_tree(content.value, clip.place), clip.rows)
    return _cut(text_values(content), clip.rows)


def _of_arrays(content: Arrays, clip: Clip, last: _LastOpened) -> NDArray[Any]:
    place = clip.place
    index = place.index if isinstance(place, Entry) else None
    name = _name_in(content, place.of if isinstance(place, Entry) else place)
    start, stop = (index, index + 1) if index is not None else clip.rows or (None, None)
    if start is None or stop is None:
        return content.load(name)
    _check_rows(start, stop, content.members[name].shape)
    if isinstance(content, CutArrays):
        part = content.cut(name, start, stop)
    else:
        part = last.load(content, name)[start:stop]
    return part if index is None else _cut(part[0], clip.rows)


def _name_in(content: Arrays, place: Place) -> str:
    """The member that is meant."""
    if isinstance(place, Whole):
        if "" in content.members:
            return ""
        if len(content.members) != 1:
            raise Unreadable(
                f"{len(content.members)} arrays, and it is unknown which one is meant", "unsupported"
            )
        return next(iter(content.members))
    if not isinstance(place, Member) or place.name not in content.members:
        raise Unreadable(f"holds no array {str(place)!r}", "shape")
    return place.name


def _of_table(table: Table, place: Place) -> NDArray[Any]:
    if isinstance(place, TableRows):
        return row_numbers(table, place)
    if not isinstance(place, TableRow):
        return table_values(table)
    if place.row >= len(table.rows):
        raise Unreadable(f"row {place.row} of a table of {len(table.rows)}", "shape")
    return row_landmarks(table, place.row)


def _of_tree(value: Any, place: Place) -> NDArray[Any]:
    """The values at the end of a way through nested containers."""
    if isinstance(place, Entry):
        whole = _of_tree(value, place.of)
        _check_rows(place.index, place.index + 1, whole.shape)
        entry: NDArray[Any] = whole[place.index]
        return entry
    if isinstance(place, FrameRecords):
        return _of_records(at_the_end(value, place.of.parts), place.inner)
    return as_array(at_the_end(value, place.keys if isinstance(place, Way) else ()))


def _of_records(records: Any, inner: str) -> NDArray[Any]:
    """What records have under a key, a frame each; one in which nothing was found is all zeros."""
    if not isinstance(records, (list, tuple)):
        raise Unreadable(f"a {type(records).__name__} where a list of frames is expected", "shape")
    found = [record.get(inner) if isinstance(record, dict) else None for record in records]
    frames = [as_array(frame) if frame else None for frame in found]
    shapes = {frame.shape for frame in frames if frame is not None}
    if len(shapes) != 1:
        raise Unreadable(f"frames of {len(shapes)} shapes in one list", "shape")
    [shape] = shapes
    return np.stack([np.zeros(shape) if frame is None else frame for frame in frames])


def _cut(values: NDArray[Any], rows: tuple[int, int] | None) -> NDArray[Any]:
    if rows is None:
        return values
    _check_rows(*rows, values.shape)
    return values[slice(*rows)]


def _check_rows(start: int, stop: int, shape: tuple[int, ...]) -> None:
    if not shape or not 0 <= start <= stop <= shape[0]:
        raise Unreadable(f"rows {start} to {stop} of an array of shape {shape}", "shape")


def _frames(clip: Clip) -> NDArray[Any]:
    """Frame files stacked to [T, ...]; a frame in which nobody was found fits any shape."""
    loaded = [_frame(path, clip, len(clip.frames)) for path in clip.frames]
    shapes: dict[tuple[int, ...], str] = {}  # and the first frame that has it
    for (values, is_empty), path in zip(loaded, clip.frames, strict=False):
        if not is_empty:
            shapes.setdefault(values.shape, path.name)
    if len(shapes) > 1:
        (one, first), (other, second), *_ = shapes.items()
        raise Unreadable(f"frames differ: {first} has shape {one}, {second} has {other}", "shape")
    shape = next(iter(shapes), loaded[0][0].shape)
    stacked = np.stack([np.zeros(shape) if is_empty else values for values, is_empty in loaded])
    return _cut(stacked, clip.rows)


def _frame(path: Path, clip: Clip, count: int) -> tuple[NDArray[Any], bool]:
    """One frame's values, and whether it says that nobody is in it."""
    try:
        content = _read(path, clip.reader)
        if not isinstance(content, Arrays):
            raise Unreadable("not an array of numbers", "unsupported")
        name = _name_in(content, clip.place)
        info = content.members[name]
        if math.prod(info.shape) * np.dtype(info.dtype).itemsize * count > MOST_BYTES:
            raise Unreadable(
                f"{count} frames of shape {info.shape} are over {MOST_BYTES >> 20} MiB", "unsupported"
            )
        values = content.load(name)
    except Unreadable as error:
        raise Unreadable(f"frame {path.name}: {error}", error.fault) from error
    return values, content.extras.get("people") == 0
