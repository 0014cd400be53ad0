"""TensorFlow's Example and SequenceExample messages as plain records, without TensorFlow.

A feature is a list of bytes, floats or whole numbers. Lists of numbers have no shape: it stands
beside them (`pose_shape`, or `num_frames`), in a serialized tensor, or in the lists of a
SequenceExample, one a frame.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.formats._protobuf import fields, varints

LONGEST_TEXT = 1 << 16  # bytes; longer ones are images, or arrays without a shape
MOST_AXES = 5
FEWEST_COLUMNS = 10  # features that are a column each: x_0, y_0, x_1 ...
FRAMES = re.compile(r"(?:num_?|n_?)?(?:frames?|frame_?count|length|len|seq_?len(?:gth)?|time_?steps?|t)")
# of TensorProto.dtype, those that numpy has
_TENSOR_TYPES = {1: "<f4", 2: "<f8", 3: "<i4", 4: "u1", 5: "<i2", 6: "i1", 9: "<i8", 10: "?", 19: "<f2"}

Value = list[bytes] | NDArray[Any]  # of one feature


def record_of(message: memoryview) -> dict[str, Any]:
    """The features of an Example, or the context and lists of a SequenceExample, by their names.

    Raises Unreadable for what is neither.
    """
    values: dict[str, Value] = {}
    arrays: dict[str, NDArray[Any]] = {}
    for number, part in fields(message):
        if not isinstance(part, memoryview):
            raise Unreadable("a record that is not an Example of TensorFlow", "corrupt")
        for name, inner in _entries(part):
            if number == 1:
                values[name] = _feature(inner)
            elif number == 2 and (frames := _frames(inner)) is not None:
                arrays[name] = frames
    return _named({**_plain(values), **arrays})


def with_frames(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records with lists of floats of many lengths in frames of the size that divides them all.

    Where no such size is large enough for a frame, the lists are left out: their frames are unknown.
    """
    lengths: dict[str, set[int]] = {}
    for record in records:
        for name, value in record.items():
            if _is_column(value):
                lengths.setdefault(name, set()).add(len(value))
    sizes = {name: math.gcd(*found) for name, found in lengths.items() if len(found) > 1}
    return [
        {
            name: value.reshape(-1, sizes[name]) if name in sizes and _is_column(value) else value
            for name, value in record.items()
            if sizes.get(name, FEWEST_COLUMNS) >= FEWEST_COLUMNS or not _is_column(value)
        }
        for record in records
    ]


def _entries(features: memoryview) -> Iterator[tuple[str, memoryview]]:
    """The names and messages of a map; the last of two that are equal wins, as in protobuf."""
    for number, entry in fields(features):
        if number != 1 or not isinstance(entry, memoryview):
            raise Unreadable("a record that is not an Example of TensorFlow", "corrupt")
        pair = {key: value for key, value in fields(entry) if isinstance(value, memoryview)}
        yield (
            bytes(pair.get(1, memoryview(b""))).decode("utf-8", "replace"),
            pair.get(2, memoryview(b"")),
        )


def _feature(message: memoryview) -> Value:
    """The list that a feature holds: BytesList, FloatList or Int64List."""
    value: Value = []
    for kind, inner in fields(message):
        if kind not in (1, 2, 3) or not isinstance(inner, memoryview):
            raise Unreadable("a record that is not an Example of TensorFlow", "corrupt")
        items = [item for number, item in fields(inner) if number == 1]
        if kind == 1:
            value = [bytes(item) for item in items if isinstance(item, memoryview)]
        elif kind == 2:
            value = _floats([item for item in items if isinstance(item, memoryview)])
        else:
            value = _whole(items)
    return value


def _floats(items: Sequence[memoryview]) -> NDArray[np.float32]:
    """Packed or one by one: four bytes each in any case."""
    if any(len(item) % 4 for item in items):
        raise Unreadable("a list of floats that breaks off", "corrupt")
    pieces = [np.frombuffer(item, "<f4") for item in items]
    return pieces[0] if len(pieces) == 1 else np.concatenate([np.empty(0, np.float32), *pieces])


def _whole(items: Sequence[int | memoryview]) -> NDArray[np.int64]:
    numbers: list[int] = []
    for item in items:
        numbers += [item] if isinstance(item, int) else varints(item)
    unsigned = [number & (1 << 64) - 1 for number in numbers]
    return np.array(unsigned, np.uint64).astype(np.int64)


def _frames(message: memoryview) -> NDArray[Any] | None:
    """The lists of a FeatureList as [T, D]; None of texts and images."""
    lists = [_feature(item) for number, item in fields(message) if isinstance(item, memoryview)]
    rows = [_tensor(one[0]) if isinstance(one, list) and len(one) == 1 else one for one in lists]
    arrays = [row for row in rows if isinstance(row, np.ndarray)]
    if not arrays or len(arrays) < len(rows):
        return None
    if len({row.shape for row in arrays}) > 1:
        raise Unreadable("a list of frames that are not equally long", "shape")
    return np.stack(arrays)


def _plain(values: Mapping[str, Value]) -> dict[str, Any]:
    """Numbers and texts by themselves, and lists of numbers in their shapes."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, list):
            found[name] = _of_bytes(name, value, values)
        elif len(value) == 1:
            found[name] = value[0].item()
        else:
            found[name] = _shaped(name, value, values)
    columns = [name for name, value in found.items() if _is_column(value)]
    lengths = {len(found[name]) for name in columns}
    if len(columns) >= FEWEST_COLUMNS and len(lengths) == 1 and lengths != {1}:
        ordered = sorted(columns, key=_natural)
        found["frames"] = np.stack([found[name] for name in ordered], axis=1)
        found = {name: value for name, value in found.items() if name not in set(columns)}
    shapes = {key for name in found for key in _shape_keys(name)} - set(columns)
    return {name: value for name, value in found.items() if value is not None and name not in shapes}


def _of_bytes(name: str, value: list[bytes], values: Mapping[str, Value]) -> Any:
    """Texts, a serialized tensor, or the bytes of an array whose shape stands beside it; else None."""
    if len(value) == 1:
        tensor = _tensor(value[0])
        if tensor is not None:
            return tensor
        shape = _shape_of(name, values)
        for type_ in ("<f4", "<f8"):
            if shape and len(value[0]) == math.prod(shape) * np.dtype(type_).itemsize:
                return np.frombuffer(value[0], type_).reshape(shape)
    texts = [_text(item) for item in value]
    if not texts or any(text is None for text in texts):
        return None
    return texts[0] if len(texts) == 1 else texts


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8").strip() if len(raw) <= LONGEST_TEXT and b"\0" not in raw else None
    except UnicodeDecodeError:
        return None


def _tensor(raw: bytes) -> NDArray[Any] | None:
    """What tf.io.serialize_tensor wrote; None where the bytes are something else."""
    try:
        parts = [(number, part) for number, part in fields(raw)]
        kind = next((part for number, part in parts if number == 1), 0)
        shape = next((part for number, part in parts if number == 2), b"")
        content = next((part for number, part in parts if number == 4), b"")
        if not isinstance(kind, int) or isinstance(shape, int) or isinstance(content, int):
            return None
        dims = [
            dict(fields(dim)).get(1, 0) for number, dim in fields(shape) if isinstance(dim, memoryview)
        ]
    except Unreadable:
        return None
    sizes = [size for size in dims if isinstance(size, int)]
    if kind not in _TENSOR_TYPES or len(sizes) < len(dims) or not 1 <= len(sizes) <= MOST_AXES:
        return None
    type_ = np.dtype(_TENSOR_TYPES[kind])
    if not content or math.prod(sizes) * type_.itemsize != len(content):
        return None
    return np.frombuffer(content, type_).reshape(sizes)


def _shaped(name: str, value: NDArray[Any], values: Mapping[str, Value]) -> NDArray[Any]:
    """A list of numbers in the shape that stands beside it, or as frames where their number does."""
    shape = _shape_of(name, values)
    if shape and math.prod(shape) == len(value):
        return value.reshape(shape)
    for other, count in values.items():
        if isinstance(count, np.ndarray) and count.dtype.kind == "i" and len(count) == 1:
            frames = int(count[0])
            named = FRAMES.fullmatch(other.rpartition("/")[2].lower())
            if named and 1 < frames < len(value) and len(value) % frames == 0 and len(value) > frames:
                return value.reshape(frames, -1)
    return value


def _shape_of(name: str, values: Mapping[str, Value]) -> tuple[int, ...]:
    """The sizes under `pose_shape`, `pose/shape` or `shape`; () where there are none."""
    for key in _shape_keys(name):
        shape = values.get(key)
        if isinstance(shape, np.ndarray) and shape.dtype.kind == "i" and 1 < len(shape) <= MOST_AXES:
            sizes = [int(size) for size in shape]
            return tuple(sizes) if all(0 < size < 1 << 32 for size in sizes) else ()
    return ()


def _shape_keys(name: str) -> tuple[str, ...]:
    beside = f"{name.rpartition('/')[0]}/shape"
    return f"{name}_shape", f"{name}/shape", f"shape/{name}", beside, "shape"


def _is_column(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind == "f"


def _natural(name: str) -> list[Any]:
    """Orders x_2 before x_10."""
    return [int(piece) if piece.isdecimal() else piece for piece in re.split(r"(\d+)", name)]


def _named(record: dict[str, Any]) -> dict[str, Any]:
    """The values by the last parts of their names, `label` for `clip/label`, where no other has it."""
    last = [name.rpartition("/")[2] for name in record]
    return {
        short if last.count(short) == 1 else name: value
        for (name, value), short in zip(record.items(), last, strict=True)
    }
