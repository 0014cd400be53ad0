"""TensorBoard event files: `events.out.tfevents.*`.

The file is a chain of records: length (8 bytes), its checksum (4), an Event message, its
checksum (4). Only the scalars are taken. The messages are parsed by tensorboard's own
definitions; TensorFlow is never imported.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import Reader, Tree, Unreadable, needed_to_read
from slrdoctor.artifacts.formats import read_head
from slrdoctor.extras import needed_for

HEADER = struct.Struct("<Q4x")
CHECKSUM = 4  # bytes
LARGEST_RECORD = 256 << 20  # bytes
MOST_RECORDS = 2_000_000  # a minute's work; a thousand epochs of a thousand steps have half of it


def read(path: Path) -> Tree:
    """A list of {"tag", "step", "value"}, one a scalar tag, with its arrays [N] in file order.

    A file that breaks off, as that of a run that was killed, gives what came before. Raises
    Unreadable for what is no event file from its first record on, and where tensorboard is
    not installed.
    """
    with needed_to_read("a TensorBoard event file", "tensorboard"):
        from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
        from tensorboard.compat.proto.event_pb2 import Event
    read_head(path)
    scalars: dict[str, tuple[list[int], list[float]]] = {}
    count = 0
    try:
        for record in _records(path):
            event = Event.FromString(record)
            count += 1
            if count > MOST_RECORDS:
                raise Unreadable(f"an event file of over {MOST_RECORDS} records", "refused")
            _keep(event, scalars)
    except (DecodeError, OSError) as error:
        if not count:
            message = "no TensorBoard event file: its first record cannot be read"
            raise Unreadable(message, "corrupt") from error
    if not count:
        raise Unreadable("a TensorBoard event file without one whole record", "truncated")
    return Tree(
        [
            {"tag": tag, "step": np.array(steps, np.int64), "value": np.array(values, np.float64)}
            for tag, (steps, values) in scalars.items()
        ]
    )


def _keep(event: Any, scalars: dict[str, tuple[list[int], list[float]]]) -> None:
    for value in event.summary.value:
        number = _scalar(value)
        if number is not None:
            steps, values = scalars.setdefault(value.tag, ([], []))
            steps.append(event.step)
            values.append(number)


def _records(path: Path) -> Iterator[bytes]:
    """The whole records of a file, one by one; a length that cannot be ends them."""
    with path.open("rb") as file:
        while True:
            head = file.read(HEADER.size)
            if len(head) < HEADER.size:
                return
            (length,) = HEADER.unpack(head)
            if not 0 < length <= LARGEST_RECORD:
                return
            record = file.read(length + CHECKSUM)
            if len(record) < length + CHECKSUM:
                return
            yield record[:length]


def _scalar(value: Any) -> float | None:
    """The number of a summary value: the plain field of old, or a tensor with one value."""
    if value.HasField("simple_value"):
        return float(value.simple_value)
    if not value.HasField("tensor") or value.metadata.plugin_data.plugin_name not in ("", "scalars"):
        return None
    if any(dimension.size != 1 for dimension in value.tensor.tensor_shape.dim):
        return None
    from tensorboard.util.tensor_util import make_ndarray

    try:
        array = make_ndarray(value.tensor)
    except (TypeError, ValueError):
        return None
    return float(array.item()) if array.size == 1 and array.dtype.kind in "fiu" else None


def _example(folder: Path) -> Path:
    with needed_for("an example of TensorBoard's files", "tensorboard"):
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.summary.writer.event_file_writer import EventFileWriter
    writer = EventFileWriter(str(folder))
    for step in range(4):
        loss = Summary.Value(tag="loss/train", simple_value=3 - step / 2)
        writer.add_event(Event(step=step, summary=Summary(value=[loss])))
    writer.close()
    return next(folder.glob("*tfevents*"))


READER = Reader(
    name="tfevents",
    suffixes=(".tfevents",),
    read=read,
    example=_example,
    patterns=("*tfevents*",),
    needs="tensorboard",
    holds="history",
)
