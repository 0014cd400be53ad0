"""The wire format of protobuf messages: their fields by number, without anybody's definitions."""

from __future__ import annotations

from collections.abc import Iterator

from slrdoctor.artifacts.content import Unreadable

VARINT, FIXED_64, BYTES, FIXED_32 = 0, 1, 2, 5
MOST_FIELDS = 100_000  # of one message
LONGEST_VARINT = 10  # bytes


def fields(message: bytes | memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """(number, value) of every field: a whole number, or the bytes of text or of a message.

    Raises Unreadable for what is not a message.
    """
    view, at = memoryview(message), 0
    for _ in range(MOST_FIELDS):
        if at >= len(view):
            return
        key, at = _varint(view, at)
        kind = key & 7
        value: int | memoryview
        if kind == VARINT:
            value, at = _varint(view, at)
        else:
            size = {FIXED_64: 8, FIXED_32: 4}.get(kind, -1)
            if kind == BYTES:
                size, at = _varint(view, at)
            if size < 0 or at + size > len(view):
                raise Unreadable("a protobuf message that breaks off", "corrupt")
            value, at = view[at : at + size], at + size
        yield key >> 3, value
    raise Unreadable(f"a protobuf message of over {MOST_FIELDS} fields", "refused")


def varints(view: memoryview) -> list[int]:
    """Whole numbers that are packed into one field."""
    numbers, at = [], 0
    while at < len(view):
        number, at = _varint(view, at)
        numbers.append(number)
    return numbers


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    """A whole number and the place after it."""
    if at < len(view) and view[at] < 0x80:  # most are of one byte
        return view[at], at + 1
    number = 0
    for place in range(LONGEST_VARINT):
        if at + place >= len(view):
            break
        byte = view[at + place]
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return number, at + place + 1
    raise Unreadable("a protobuf message with a number that does not end", "corrupt")


def field(number: int, value: bytes) -> bytes:
    """A field of a message that holds bytes, text or another message."""
    return _varint_bytes(number << 3 | 2) + _varint_bytes(len(value)) + value


def _varint_bytes(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*written, number])
