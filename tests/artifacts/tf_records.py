"""TFRecord files by hand: the wire format of TensorFlow's Example messages."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Feature = str | bytes | int | float | Sequence[int] | NDArray[Any]


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def message(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def feature(value: Feature) -> bytes:
    """A tf.train.Feature: texts and bytes, whole numbers, or an array of floats made flat."""
    if isinstance(value, (str, bytes)):
        return message(1, message(1, value.encode() if isinstance(value, str) else value))
    if isinstance(value, float):
        return message(2, message(1, struct.pack("<f", value)))
    if isinstance(value, np.ndarray):
        return message(2, message(1, np.asarray(value, "<f4").tobytes()))
    numbers = [value] if isinstance(value, int) else value
    return message(3, message(1, b"".join(map(varint, numbers))))


def unpacked(values: NDArray[Any]) -> bytes:
    """A list of floats with a field each, as old writers have them."""
    return message(2, b"".join(b"\x0d" + struct.pack("<f", v) for v in values.ravel()))


def features(values: Mapping[str, Feature | bytes], raw: Mapping[str, bytes] | None = None) -> bytes:
    encoded = {name: feature(value) for name, value in values.items()} | dict(raw or {})
    return b"".join(message(1, message(1, k.encode()) + message(2, v)) for k, v in encoded.items())


def example(values: Mapping[str, Feature], raw: Mapping[str, bytes] | None = None) -> bytes:
    return message(1, features(values, raw))


def sequence_example(context: Mapping[str, Feature], lists: Mapping[str, NDArray[Any]]) -> bytes:
    """A SequenceExample with a list a frame."""
    entries = {
        name: b"".join(message(1, feature(frame)) for frame in frames) for name, frames in lists.items()
    }
    body = b"".join(message(1, message(1, k.encode()) + message(2, v)) for k, v in entries.items())
    return message(1, features(context)) + message(2, body)


def tensor(values: NDArray[Any]) -> bytes:
    """What tf.io.serialize_tensor writes of float32."""
    dims = b"".join(message(2, b"\x08" + varint(size)) for size in values.shape)
    return b"\x08\x01" + message(2, dims) + message(4, np.asarray(values, "<f4").tobytes())


def checksum(raw: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in raw:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(messages: Iterable[bytes]) -> bytes:
    out = b""
    for one in messages:
        length = struct.pack("<Q", len(one))
        out += length + struct.pack("<I", checksum(length)) + one + struct.pack("<I", 0)
    return out


def write_records(path: Path, messages: Iterable[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(records(messages))
