"""W&B's own file of a run (`run-ID.wandb`), which an offline run keeps instead of a server.

After a header of 7 bytes it is a log in LevelDB's format: blocks of 32 KiB with pieces of
records (checksum 4 bytes, length 2, kind 1), each record a protobuf message. Neither wandb nor
its definitions are needed: the fields that count are read by their numbers.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from slrdoctor.artifacts.content import Reader, Tree, Unreadable
from slrdoctor.artifacts.formats import read_head
from slrdoctor.artifacts.formats._protobuf import field, fields
from slrdoctor.artifacts.formats._tracked import LONGEST_NAME, TrackedRun, tree_of

MAGIC = b":W&B\xe1\xbe"
HEADER = 7  # bytes
BLOCK = 32 << 10  # bytes
PIECE = struct.Struct("<IHB")  # checksum, length, kind
FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4
LARGEST_RECORD = 64 << 20  # bytes
MOST_RECORDS = 2_000_000
LONGEST_NUMBER = 60  # characters of a metric's value as JSON; tables and pictures are longer
LONGEST_SETTING = 20_000  # characters of a setting as JSON
MOST_SETTINGS = 5_000
LARGEST_NUMBER = 10**300  # JSON has whole numbers larger than floats
_NOT_FINITE = ("NaN", "Infinity", "-Infinity")  # written as texts
DEEPEST = 3  # levels of {"val": {"loss": 1}}
# fields of wandb_internal.proto, by message
RECORD_HISTORY, RECORD_CONFIG, RECORD_RUN = 2, 5, 17
RUN_CONFIG, HISTORY_STEP, STEP_NUMBER = 4, 2, 1
ITEM, ITEM_KEY, ITEM_NESTED_KEY, ITEM_JSON = 1, 1, 2, 16


def read(path: Path) -> Tree:
    """The metrics and the config of the run; a record that is damaged is left out.

    Raises Unreadable for what is not such a file, or has not one whole record.
    """
    if not read_head(path).startswith(MAGIC):
        raise Unreadable("not a file of W&B: its header is another", "corrupt")
    run = TrackedRun()
    whole = 0
    try:
        with path.open("rb") as file:
            for number, record in enumerate(_records(file)):
                if number == MOST_RECORDS:
                    raise Unreadable(f"a W&B file of over {MOST_RECORDS} records", "refused")
                whole += _take(record, run)
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}", "corrupt") from error
    if not whole:
        raise Unreadable("a W&B file without one whole record", "truncated")
    return tree_of([run])


def _records(file: BinaryIO) -> Iterator[bytes]:
    """The records of a log, put together from their pieces; a broken one ends with its block."""
    file.seek(HEADER)
    parts: list[bytes] = []
    place = HEADER
    while True:
        left = BLOCK - place % BLOCK
        if left < PIECE.size:
            file.seek(left, 1)
            place += left
            continue
        head = file.read(PIECE.size)
        if len(head) < PIECE.size:
            return
        _, length, kind = PIECE.unpack(head)
        if not FULL <= kind <= LAST or length > left - PIECE.size:
            parts = []
            file.seek(left - PIECE.size, 1)
            place += left
            continue
        data = file.read(length)
        place += PIECE.size + length
        if len(data) < length:
            return
        parts = [data] if kind in (FULL, FIRST) else [*parts, data] if parts else []
        if sum(map(len, parts)) > LARGEST_RECORD:
            parts = []
        if kind in (FULL, LAST) and parts:
            yield b"".join(parts)
            parts = []


def _take(record: bytes, run: TrackedRun) -> bool:
    """Take what a record says of the run; whether it could be read."""
    try:
        for number, value in fields(record):
            if isinstance(value, int):
                continue
            if number == RECORD_HISTORY:
                _take_history(value, run)
            elif number == RECORD_CONFIG:
                _take_config(value, run)
            elif number == RECORD_RUN:
                for of, config in fields(value):
                    if of == RUN_CONFIG and not isinstance(config, int):
                        _take_config(config, run)
    except Unreadable as error:
        if error.fault == "refused":
            raise
        return False
    return True


def _take_history(message: memoryview, run: TrackedRun) -> None:
    """The values of one `log` call, all at its step."""
    step = math.nan
    values: dict[str, float] = {}
    for number, value in fields(message):
        if number == HISTORY_STEP and not isinstance(value, int):
            step = next(
                (float(v) for n, v in fields(value) if n == STEP_NUMBER and isinstance(v, int)), 0.0
            )
        elif number == ITEM and not isinstance(value, int):
            key, text = _item(value)
            for name, found in _numbers("/".join(key), _json(text, LONGEST_NUMBER), 0):
                values[name] = found
    step = values.pop("_step", step)
    for name, found in values.items():
        if not name.startswith("_") and math.isfinite(step):
            run.add(name, step, found)


def _numbers(name: str, value: Any, depth: int) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict) and depth < DEEPEST:
        for key, child in value.items():
            yield from _numbers(f"{name}/{key}", child, depth + 1)
    elif _is_number(value):
        yield name, float(value)


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return value in _NOT_FINITE
    if isinstance(value, int):
        return not isinstance(value, bool) and abs(value) < LARGEST_NUMBER
    return isinstance(value, float)


def _take_config(message: memoryview, run: TrackedRun) -> None:
    for number, value in fields(message):
        if number == ITEM and not isinstance(value, int) and len(run.config) < MOST_SETTINGS:
            key, text = _item(value)
            setting = _json(text, LONGEST_SETTING)
            if key and key[0] != "_wandb" and setting is not None:
                run.config[".".join(key)] = setting


def _item(message: memoryview) -> tuple[list[str], memoryview]:
    """The key of an item, level by level, and its value as JSON."""
    key: list[str] = []
    text = memoryview(b"")
    for number, value in fields(message):
        if isinstance(value, int):
            continue
        if number in (ITEM_KEY, ITEM_NESTED_KEY) and 0 < len(value) <= LONGEST_NAME:
            key.append(bytes(value).decode("utf-8", "replace"))
        elif number == ITEM_JSON:
            text = value
    return key, text


def _json(text: memoryview, longest: int) -> Any:
    if len(text) > longest:
        return None
    try:
        return json.loads(bytes(text))
    except (ValueError, RecursionError):
        return None


def _example(folder: Path) -> Path:
    path = folder / "run-a1b2c3.wandb"
    written = MAGIC + bytes(HEADER - len(MAGIC))
    for step in range(4):
        items = b"".join(
            field(ITEM, field(ITEM_KEY, key.encode()) + field(ITEM_JSON, json.dumps(value).encode()))
            for key, value in {"_step": step, "train_loss": 3 - step / 2}.items()
        )
        record = field(RECORD_HISTORY, items)
        written += PIECE.pack(0, len(record), FULL) + record
    path.write_bytes(written)
    return path


READER = Reader("wandb", (".wandb",), read, _example, magic=(MAGIC,), holds="history")
