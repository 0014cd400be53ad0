"""TFRecord: a chain of tf.train.Example or SequenceExample messages, a sample each.

A record is its length (8 bytes), the checksum of that (4), the message, and its checksum (4). The
first is verified: by a wrong length everything behind it would be read in the wrong place.
TensorFlow is never imported.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from slrdoctor.artifacts.content import Reader, Tree, Unreadable
from slrdoctor.artifacts.formats._example_files import EXAMPLE_CLIP
from slrdoctor.artifacts.formats._protobuf import field
from slrdoctor.artifacts.formats._tf_examples import record_of, with_frames
from slrdoctor.artifacts.storage.file_bytes import file_bytes, is_wrapped, unwrapped

HEADER = struct.Struct("<QI")
CHECKSUM = 4  # bytes
MOST_RECORDS = 1_000_000
MOST_FEATURES = 20_000_000  # of all records together
POLYNOMIAL, MASK = 0x82F63B78, 0xA282EAD8  # of CRC-32C, and what TensorFlow adds to it
IDS = ("id", "name", "key", "video_id", "video", "file", "filename", "sample_id", "sequence_id")


def _read(path: Path) -> Tree:
    """A list of records, one a sample, with its place in the file for an id where it has none."""
    view = file_bytes(path)
    if is_wrapped(view) and not _is_record(view):
        view = unwrapped(view, lambda head: _is_record(memoryview(head)))
    records: list[dict[str, Any]] = []
    features = 0
    for number, message in enumerate(_messages(view)):
        if number >= MOST_RECORDS:
            raise Unreadable(f"over {MOST_RECORDS} records in one TFRecord file", "refused")
        record = record_of(message)
        features += len(record)
        if features > MOST_FEATURES:
            raise Unreadable(f"over {MOST_FEATURES} features in one TFRecord file", "refused")
        if not any(key in record for key in IDS):
            record = {"id": f"{path.name.partition('.')[0]}_{number}", **record}
        records.append(record)
    if not any(len(record) > 1 for record in records):
        raise Unreadable("a TFRecord file without a feature in it", "empty")
    return Tree(with_frames(records))


def _messages(view: memoryview) -> Iterator[memoryview]:
    at = 0
    while at < len(view):
        if at + HEADER.size > len(view):
            raise Unreadable("a TFRecord file that ends within a record", "truncated")
        length, checksum = HEADER.unpack_from(view, at)
        if _masked(bytes(view[at : at + 8])) != checksum:
            raise Unreadable("a TFRecord file with a length that its checksum does not fit")
        start = at + HEADER.size
        at = start + length + CHECKSUM
        if at > len(view):
            raise Unreadable("a TFRecord file that ends within a record", "truncated")
        yield view[start : start + length]


def _is_record(view: memoryview) -> bool:
    """Whether bytes begin with a length and its checksum."""
    if len(view) < HEADER.size:
        return False
    checksum: int = HEADER.unpack_from(view, 0)[1]
    return _masked(bytes(view[:8])) == checksum


@functools.cache
def _table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (POLYNOMIAL if value & 1 else 0)
        table.append(value)
    return tuple(table)


def _masked(raw: bytes) -> int:
    """The checksum that TensorFlow keeps: CRC-32C, turned and shifted."""
    table, crc = _table(), 0xFFFFFFFF
    for byte in raw:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + MASK) & 0xFFFFFFFF


def _example(folder: Path) -> Path:
    path = folder / "train.tfrecord"
    records = []
    for number, name in enumerate((b"a", b"b")):
        values = {
            b"id": field(1, field(1, name)),
            b"pose": field(2, field(1, EXAMPLE_CLIP.tobytes())),
            b"pose_shape": field(3, field(1, bytes(EXAMPLE_CLIP.shape))),
            b"label": field(3, field(1, bytes([number]))),
        }
        features = b"".join(field(1, field(1, key) + field(2, value)) for key, value in values.items())
        message = field(1, features)
        length = struct.pack("<Q", len(message))
        records += [
            length,
            struct.pack("<I", _masked(length)),
            message,
            struct.pack("<I", _masked(message)),
        ]
    path.write_bytes(b"".join(records))
    return path


READER = Reader(
    name="tfrecord",
    suffixes=(".tfrecord", ".tfrecords", ".tfrec"),
    read=_read,
    example=_example,
    patterns=(
        "*.tfrecord-*",
        "*.tfrecords-*",
        "*.tfrec-*",
        "*.tfrecord.gz",
        "*.tfrecords.gz",
        "*.tfrec.gz",
    ),
    places=(r"(?i)\.tfrec(?:ords?)?(?:-\d+-of-\d+)?(?:\.gz)?$",),
    likely="features",
)
