"""Parquet: a table of typed columns, or the landmarks of the two Kaggle competitions.

asl-signs keeps a row a landmark (frame, row_id, type, landmark_index, x, y, z) and is one
clip [T, 543, 3]: face, left hand, pose, right hand, NaN where nothing was found.
asl-fingerspelling keeps a row a frame (x_face_0 ... z_right_hand_20) of many sequences:
a clip [T, points, 3] for each `sequence_id`, points in the order of the file's columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import (
    ArrayInfo,
    Arrays,
    Content,
    Reader,
    Unreadable,
    needed_to_read,
)
from slrdoctor.artifacts.formats import read_head
from slrdoctor.artifacts.formats._arrow_tables import content_of
from slrdoctor.extras import needed_for

MAGIC = b"PAR1"
LARGEST_TABLE = 256 << 20  # bytes of values that are taken in as rows of a table
LARGEST_CLIPS = 8 << 30
LONG = {"frame", "type", "landmark_index", "x", "y", "z"}
OFFSETS = {"face": 0, "left_hand": 468, "pose": 489, "right_hand": 522}
POINTS = 543
_WIDE = re.compile(r"([xyz])_((?:face|left_hand|pose|right_hand)_\d+)")
SEQUENCE = "sequence_id"
_LIBRARY_ERRORS = (OSError, ValueError, TypeError, KeyError, IndexError, OverflowError, MemoryError)


def _read(path: Path) -> Content:
    read_head(path)
    with _opened(path) as file:
        names = tuple(file.schema_arrow.names)
        metadata = file.metadata
        size = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
        if set(names) >= LONG:
            shape = (len(np.unique(_column(file, "frame"))), POINTS, 3)
            return Arrays({"": ArrayInfo(shape, "float32")}, lambda name: _long_clip(path))
        if SEQUENCE in names and sum(bool(_WIDE.fullmatch(name)) for name in names) > 2:
            return _sequences(path, names, _column(file, SEQUENCE))
        if size > LARGEST_TABLE or metadata.num_rows * len(names) > LARGEST_TABLE:
            raise Unreadable(f"a table of {metadata.num_rows} rows and {size >> 20} MiB", "unsupported")
        return content_of(file.read())


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    with needed_to_read("a .parquet file", "pyarrow"):
        import pyarrow
        import pyarrow.parquet
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            yield file
    except (pyarrow.ArrowException, *_LIBRARY_ERRORS) as error:
        first = (str(error) or repr(error)).splitlines()[0]
        raise Unreadable(f"parquet cannot be read: {first}") from error


def _column(file: Any, name: str) -> NDArray[Any]:
    if file.metadata.num_rows * 8 > LARGEST_CLIPS:
        raise Unreadable(f"a table of {file.metadata.num_rows} rows", "unsupported")
    values: NDArray[Any] = file.read([name]).column(0).to_numpy()
    return values


def _long_clip(path: Path) -> NDArray[np.float32]:
    """[T, 543, 3]; a landmark without a row is NaN."""
    with _opened(path) as file:
        table = file.read(["frame", "type", "landmark_index", "x", "y", "z"])
        kinds = table.column("type").combine_chunks().dictionary_encode()
        offsets = [OFFSETS.get(str(kind)) for kind in kinds.dictionary.to_pylist()]
        if None in offsets:
            raise Unreadable(f"landmarks of a type other than {', '.join(OFFSETS)}", "unsupported")
        at = np.array(offsets, dtype=np.int64)[kinds.indices.to_numpy()]
        at = at + table.column("landmark_index").to_numpy()
        frames, row = np.unique(table.column("frame").to_numpy(), return_inverse=True)
        values = [np.asarray(table.column(axis).to_numpy(), np.float32) for axis in "xyz"]
    if len(at) and not 0 <= at.min() <= at.max() < POINTS:
        raise Unreadable("a landmark_index beyond the 543 landmarks")
    clip = np.full((len(frames), POINTS, 3), np.nan, np.float32)
    clip[row, at] = np.stack(values, axis=1)
    return clip


def _sequences(path: Path, names: tuple[str, ...], ids: NDArray[Any]) -> Arrays:
    """The wide layout: rows of a sequence follow each other."""
    axes: dict[str, dict[str, str]] = {}
    for name in names:
        match = _WIDE.fullmatch(name)
        if match:
            axes.setdefault(match[1], {})[match[2]] = name
    points = list(axes["x"]) if "x" in axes else []
    columns = [by_point[point] for by_point in axes.values() for point in points if point in by_point]
    if not points or len(columns) != len(points) * len(axes):
        raise Unreadable("landmark columns of which some lack an x, y or z")
    starts = np.flatnonzero(np.r_[True, ids[1:] != ids[:-1]]) if len(ids) else np.array([], int)
    stops = [*starts[1:].tolist(), len(ids)]
    cuts = {str(ids[start]): (int(start), int(stop)) for start, stop in zip(starts, stops, strict=False)}
    source = _RowGroups(path, columns)

    def load(name: str) -> NDArray[Any]:
        frames = source.rows(*cuts[name])
        return np.ascontiguousarray(frames.reshape(-1, len(axes), len(points)).transpose(0, 2, 1))

    shapes = {name: (stop - start, len(points), len(axes)) for name, (start, stop) in cuts.items()}
    return Arrays({name: ArrayInfo(shape, "float32") for name, shape in shapes.items()}, load)


class _RowGroups:
    """Rows of a parquet file; the row group that was read last is kept, as clips come in order."""

    def __init__(self, path: Path, columns: list[str]) -> None:
        self._path, self._columns = path, columns
        self._group, self._values = -1, np.empty((0, len(columns)), np.float32)

    def rows(self, start: int, stop: int) -> NDArray[np.float32]:
        parts = []
        with _opened(self._path) as file:
            first = 0
            for group in range(file.metadata.num_row_groups):
                count = file.metadata.row_group(group).num_rows
                low, high = max(start - first, 0), min(stop - first, count)
                if low < high:
                    parts.append(self._read(file, group)[low:high])
                first += count
        return np.concatenate(parts) if parts else self._values[:0]

    def _read(self, file: Any, group: int) -> NDArray[np.float32]:
        if group != self._group:
            if file.metadata.row_group(group).num_rows * len(self._columns) * 4 > LARGEST_CLIPS:
                raise Unreadable("a row group of over 8 GiB", "unsupported")
            table = file.read_row_group(group, self._columns)
            columns = [np.asarray(column.to_numpy(), np.float32) for column in table.columns]
            self._values = np.stack(columns, axis=1)
            self._group = group
        return self._values


def _example(folder: Path) -> Path:
    with needed_for("an example of Parquet", "pyarrow"):
        import pyarrow
        from pyarrow import parquet
    path = folder / "clip.parquet"
    kinds = {"frame": [0, 0, 1], "type": ["face", "pose", "face"], "landmark_index": [0, 1, 2]}
    parquet.write_table(pyarrow.table({**kinds, **{axis: [0.1, None, 0.3] for axis in "xyz"}}), path)
    return path


READER = Reader(
    name="parquet",
    suffixes=(".parquet", ".pq"),
    read=_read,
    example=_example,
    magic=(MAGIC,),
    needs="pyarrow",
    clip_suffixes=(".parquet",),
    nan_is_missing=True,
    likely="features",
)
