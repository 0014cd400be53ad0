"""OpenPose's `*_keypoints.json`: one file a frame, a list of people in each.

A frame in which nobody was found is all zeros, and says so in `extras["people"]`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import ArrayInfo, Arrays, Content, Reader, Tree, Unreadable
from slrdoctor.artifacts.storage.file_bytes import file_bytes

PARTS = ("pose_keypoints", "face_keypoints", "hand_left_keypoints", "hand_right_keypoints")
POINTS = 137  # BODY_25, 70 of the face, 21 a hand: what a frame without a person stands for
LARGEST = 64 << 20  # bytes


def _read(path: Path) -> Content:
    view = file_bytes(path)
    if len(view) > LARGEST:
        raise Unreadable(f"{len(view) >> 20} MiB for one frame", "unsupported")
    try:
        frame = json.loads(bytes(view))
    except RecursionError as error:
        raise Unreadable("JSON nested without end", "refused") from error
    except UnicodeDecodeError as error:
        raise Unreadable("text in no encoding that JSON allows", "encoding") from error
    except ValueError as error:
        raise Unreadable(f"not JSON: {error}") from error
    people = frame.get("people") if isinstance(frame, dict) else None
    if not isinstance(people, list):
        return Tree(frame)  # other tools name their annotations so: COCO's person_keypoints.json
    found = [points for person in people if (points := _points(person)) is not None]
    points = max(found, key=lambda values: float(values[:, -1].mean()), default=np.zeros((POINTS, 3)))
    info = ArrayInfo(points.shape, str(points.dtype))
    return Arrays({"": info}, {"": points}.__getitem__, {"people": len(found)})


def _points(person: Any) -> NDArray[np.float64] | None:
    """All key points of a person, [K, 3] of x, y and confidence; None for one without any."""
    if not isinstance(person, dict):
        raise Unreadable("a person that is not a JSON object")
    for suffix, width in (("_2d", 3), ("", 3), ("_3d", 4)):
        try:
            flat = [value for part in PARTS for value in person.get(part + suffix) or ()]
            values = np.asarray(flat, dtype=np.float64)
        except (TypeError, ValueError, OverflowError) as error:
            raise Unreadable("key points that are not numbers") from error
        if not values.size:
            continue
        if values.ndim != 1 or values.size % width:
            raise Unreadable(f"{values.size} numbers do not make key points of {width}")
        return values.reshape(-1, width)
    return None


def _example(folder: Path) -> Path:
    path = folder / "clip_000000000000_keypoints.json"
    person = {"pose_keypoints_2d": [1.5, 2.5, 0.5] * 25, "hand_left_keypoints_2d": [3.0, 4.0, 0.9] * 21}
    path.write_text(json.dumps({"version": 1.3, "people": [person]}), encoding="utf-8")
    return path


READER = Reader(
    name="openpose",
    suffixes=("_keypoints.json",),
    read=_read,
    example=_example,
    cost=-1,  # before the reader of any .json; a name is all that tells them apart
    clip_suffixes=("_keypoints.json",),
    is_frame=True,
    likely="features",
)
