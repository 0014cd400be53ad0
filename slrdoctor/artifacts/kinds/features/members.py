"""The clips of a container that has several arrays: a group or an array each, or rows of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from slrdoctor.artifacts.clip_places import member
from slrdoctor.artifacts.kinds.features.parts import ARRAY_KEYS, clips_of_batch, clips_of_groups
from slrdoctor.artifacts.run import Clip


def clips_of_members(
    path: Path, reader: str, shapes: Mapping[str, tuple[int, ...]], ids: list[str], lengths: list[int]
) -> tuple[list[Clip], bool]:
    """The clips of several arrays: a group or an array each, or rows of a batch a part."""
    grouped = clips_of_groups(path, reader, list(shapes))
    if grouped:
        return grouped, False
    rows = ids or [str(i) for i in range(len(lengths))]
    batch = clips_of_batch(Clip("", path, reader), shapes, rows)
    if batch:
        known = [*lengths, *[None] * (len(batch) - len(lengths))]
        return [replace(c, length=n) for c, n in zip(batch, known, strict=False)], bool(lengths)
    # a group per sample: "sample_01/keypoints" is sample_01, and its other arrays are no samples
    heads = {n.rpartition("/")[0] for n in shapes if n.rpartition("/")[2].lower() in ARRAY_KEYS} - {""}
    groups = {_place_in(head, shapes): head for head in heads}
    clips = [Clip(head.rpartition("/")[2], path, reader, member(n)) for n, head in groups.items()]
    clips += [
        Clip(n.lstrip("/"), path, reader, member(n)) for n in shapes if n.rpartition("/")[0] not in heads
    ]
    return sorted(clips, key=lambda clip: str(clip.place)), False


def _place_in(head: str, names: Iterable[str]) -> str:
    """The array of a group that is the sample."""
    leaves = {n.rpartition("/")[2].lower(): n for n in names if n.rpartition("/")[0] == head}
    return next(leaves[key] for key in ARRAY_KEYS if key in leaves)
