"""The `.pose` files of sign-language-processing, read with their own library.

The array is [frames, points, dimensions] of the first person, NaN where the format masks
a point that was not found.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import ArrayInfo, Arrays, Content, Reader, Unreadable, needed_to_read
from slrdoctor.artifacts.storage.file_bytes import file_bytes
from slrdoctor.extras import needed_for

LARGEST = 512 << 20  # bytes: over half an hour of all landmarks; the library takes it in several times
# what the library raises for a body that does not fit its header
_LIBRARY_ERRORS = (
    struct.error, ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError,
    ZeroDivisionError, MemoryError, EOFError, NotImplementedError,
)  # fmt: skip


def _read(path: Path) -> Content:
    view = file_bytes(path)
    if len(view) > LARGEST:
        message = f"{len(view) >> 20} MiB: pose files of over {LARGEST >> 20} MiB are not read"
        raise Unreadable(message, "unsupported")
    data = bytes(view)
    pose = _pose(data)
    body = np.ma.asarray(pose.body.data)
    if body.ndim != 4 or body.shape[1] == 0:
        raise Unreadable("a pose file without a person", "empty")
    if round(pose.header.version, 3) == 0.1 and _is_cut(data, pose.header, body.shape):
        raise Unreadable("its size does not fit the number of frames in its header", "truncated")
    points = body[:, 0].filled(np.nan).astype(np.float32, copy=False)
    components = {component.name: tuple(component.points) for component in pose.header.components}
    extras: dict[str, Any] = {
        "fps": float(pose.body.fps),
        "components": {name: len(names) for name, names in components.items()},
        "points": tuple(f"{name}.{point}" for name, names in components.items() for point in names),
        "people": body.shape[1],
        "version": round(float(pose.header.version), 3),
    }
    return Arrays({"": ArrayInfo(points.shape, str(points.dtype))}, {"": points}.__getitem__, extras)


def _pose(data: bytes) -> Any:
    with needed_to_read("a .pose file", "pose_format"):
        from pose_format import Pose
    try:
        return Pose.read(data)
    except NotImplementedError as error:
        raise Unreadable(
            "of a version newer than the pose-format here: pip install -U pose-format", "unsupported"
        ) from error
    except (struct.error, TypeError) as error:
        raise Unreadable("ends before the last of the frames in its header", "truncated") from error
    except _LIBRARY_ERRORS as error:
        raise Unreadable(f"not a valid pose file: {error}") from error


def _is_cut(data: bytes, header: Any, shape: tuple[int, ...]) -> bool:
    """Whether a file of version 0.1, of which the library reads whatever is there, ends early."""
    frames, people, points, dims = shape
    size = 12  # version, width, height, depth, components
    for component in header.components:
        texts = (component.name, component.format, *component.points)
        size += 6 + sum(2 + len(text.encode("utf-8")) for text in texts)
        size += 4 * len(component.limbs) + 6 * len(component.colors)
    (promised,) = struct.unpack_from("<H", data, size + 2)
    body = frames * people * points * (dims + 1) * 4
    return bool(promised != frames % 65536 or size + 6 + body != len(data))


def _example(folder: Path) -> Path:
    with needed_for("an example of a .pose file", "pose_format"):
        from pose_format import Pose
        from pose_format.numpy import NumPyPoseBody
        from pose_format.pose_header import PoseHeader, PoseHeaderComponent, PoseHeaderDimensions
    path = folder / "clip.pose"
    hand = PoseHeaderComponent("HAND", ["wrist", "thumb"], [(0, 1)], [(255, 0, 0)], "XYC")
    header = PoseHeader(0.2, PoseHeaderDimensions(9, 9, 9), [hand])
    body = NumPyPoseBody(25.0, np.zeros((3, 1, 2, 2), "f4"), np.ones((3, 1, 2), "f4"))
    with path.open("wb") as file:
        Pose(header, body).write(file)
    return path


READER = Reader(
    name="pose",
    suffixes=(".pose",),
    read=_read,
    example=_example,
    needs="pose_format",
    clip_suffixes=(".pose",),
    holds="features",
    nan_is_missing=True,
)
