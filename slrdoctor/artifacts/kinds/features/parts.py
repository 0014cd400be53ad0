"""Clips that are stored in parts: pose, hands and face as keys of a file, as files, or as folders."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from slrdoctor.artifacts.clip_places import Entry, Member, Place, Way
from slrdoctor.artifacts.content import Arrays, Content, Tree, Unreadable
from slrdoctor.artifacts.kinds.features.axes import are_of_same_frames
from slrdoctor.artifacts.kinds.features.clips import opened_clips
from slrdoctor.artifacts.kinds.features.nested_numbers import are_measured, shape_of
from slrdoctor.artifacts.run import Clip, FeatureSet
from slrdoctor.words.landmark_parts import PartedName, by_part, in_order, part_of, usual_parts

Shape = tuple[int, ...]
Places = tuple[tuple[str, Place], ...]  # the part and where it is

# keys under which a record of a pickled or nested container holds its features
ARRAY_KEYS = (
    "sign",
    "features",
    "feature",
    "feat",
    "keypoints",
    "keypoint",
    "pose",
    "poses",
    "landmarks",
    "data",
    "x",
)
DEEPEST = 3  # dicts inside each other that a record's arrays may be in
COMPARED = 3  # clips whose parts are opened to see that they are of the same frames


def sequence_shape(value: Any) -> Shape | None:
    """The shape of an array of numbers [T, ...], or of lists that hold one; None for others."""
    if isinstance(value, np.ndarray):
        return value.shape if value.dtype.kind in "fiub" and value.ndim >= 2 else None
    return shape_of(value) if isinstance(value, list) and are_measured(value) else None


def parts_in(content: Content) -> Places:
    """The parts of the one clip that a file holds, in their order; none where it is stored whole."""
    if isinstance(content, Arrays):
        shapes = {name: info.shape for name, info in content.members.items()}
        return tuple((part, Member(name)) for part, name in _parts_of(shapes))
    if isinstance(content, Tree) and isinstance(content.value, dict):
        return parts_of_record(content.value)
    return ()


def parts_of_record(record: Mapping[Any, Any], before: tuple[str, ...] = ()) -> Places:
    """The parts of a clip whose arrays are in a dict, or in dicts of one."""
    ways = {"/".join(keys): (keys, shape) for keys, shape in _arrays(record)}
    parts = _parts_of({name: shape for name, (_, shape) in ways.items()})
    return tuple((part, Way((*before, *ways[name][0]))) for part, name in parts)


def _parts_of(shapes: Mapping[str, Shape]) -> list[tuple[str, str]]:
    """The parts and names of what is one clip in parts: all of the same frames, and no whole beside."""
    long = {name: shape for name, shape in shapes.items() if math.prod(shape) > 1}
    put = by_part(long)
    if len(put) != 1 or any(map(_is_whole, long)):
        return []
    [names] = [one.names for one in put]
    arrays = [long[name] for name in names.values()]
    if max(_most_alike(arrays, axis) for axis in (0, 1)) < 2:
        return []
    return [(part, names[part]) for part in in_order(names)]


def _most_alike(shapes: Sequence[Shape], axis: int) -> int:
    """How many arrays are equally long along an axis, which may be that of frames."""
    lengths = Counter(shape[axis] for shape in shapes if len(shape) > axis)
    return max(lengths.values(), default=0)


def _is_whole(name: str) -> bool:
    """Whether an array is called what parts make up together."""
    leaf = name.rpartition("/")[2].lower()
    return leaf in ARRAY_KEYS and not part_of(leaf)


def _arrays(
    record: Mapping[Any, Any], before: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Shape]]:
    for key, value in record.items():
        shape = sequence_shape(value)
        if shape is not None:
            yield (*before, str(key)), shape
        elif isinstance(value, dict) and len(before) + 1 < DEEPEST:
            yield from _arrays(value, (*before, str(key)))


def in_parts(clip: Clip, places: Iterable[tuple[str, Place]]) -> Clip:
    """The clip with its parts, all in its own file."""
    parts = (Clip(part, clip.path, clip.reader, place) for part, place in places)
    return replace(clip, parts=tuple(parts))


def clips_of_groups(path: Path, reader: str, names: Sequence[str]) -> list[Clip]:
    """The clips of a container whose arrays are most of them parts: `s1/pose` and `s1/lh`; else none."""
    put = by_part(names)
    if len(put) < 2 or 2 * sum(len(one.names) for one in put) < len(names):
        return []
    parts = usual_parts(one.names for one in put)

    def place(one: PartedName, part: str) -> Member:
        return Member(one.names.get(part) or one.pattern.replace("*", part))

    return [
        in_parts(Clip(one.name, path, reader), [(part, place(one, part)) for part in parts])
        for one in put
    ]


def clips_of_batch(clip: Clip, shapes: Mapping[str, Shape], ids: Sequence[str]) -> list[Clip]:
    """The clips of arrays [N, T, ...], one a part, whose rows have ids; none where they are no such."""
    put = by_part(shapes)
    rows = {shapes[name][0] for one in put for name in one.names.values()}
    if len(put) != 1 or len(rows) != 1 or len(ids) != rows.pop():
        return []
    names = put[0].names
    if any(len(shapes[name]) < 3 for name in names.values()):
        return []
    return [
        in_parts(replace(clip, key=id), [(p, Entry(Member(names[p]), i)) for p in in_order(names)])
        for i, id in enumerate(ids)
    ]


def join_sets(sets: Sequence[FeatureSet]) -> list[FeatureSet]:
    """Feature sets, with those joined that have parts of the same clips: pose/train and hands/train."""
    by_where = {_plain(one): one for one in sets}
    result = list(sets)
    for put in by_part(by_where) if len(by_where) == len(sets) else ():
        parts = {part: by_where[put.names[part]] for part in in_order(put.names)}
        whole = _joined_set(put.pattern, parts)
        if whole is not None:
            at = min(result.index(one) for one in parts.values())
            result.insert(at, whole)
            result = [one for one in result if one not in parts.values()]
    return result


def _plain(one: FeatureSet) -> str:
    suffix = Path(one.where).suffix if one.layout == "container" else ""
    return one.where[: -len(suffix)] if suffix else one.where


def _joined_set(pattern: str, parts: Mapping[str, FeatureSet]) -> FeatureSet | None:
    first = next(iter(parts.values()))
    clips: dict[str, dict[str, Clip]] = {}
    for part, one in parts.items():
        for clip in one.clips:
            clips.setdefault(clip.key, {})[part] = replace(clip, key=part, label="")
    labels = {clip.key: clip.label for clip in first.clips}
    whole = {key: of for key, of in clips.items() if len(of) == len(parts)}
    if (
        2 * len(whole) < len(clips)
        or len({one.split for one in parts.values()}) > 1
        or not _agree(whole)
    ):
        return None
    suffixes = {Path(one.where).suffix for one in parts.values() if one.layout == "container"}
    where = pattern + (suffixes.pop() if len(suffixes) == 1 else ".*" if suffixes else "")
    joined = (
        _whole_clip(key, labels.get(key, ""), [of[part] for part in parts]) for key, of in whole.items()
    )
    missing = tuple(
        (
            f"{where}/{key}",
            "missing-part",
            f"stored without {' and '.join(p for p in parts if p not in of)}",
        )
        for key, of in clips.items()
        if key not in whole
    )
    return replace(first, where=where, clips=tuple(joined), broken=(*first.broken, *missing))


def _whole_clip(key: str, label: str, parts: Sequence[Clip]) -> Clip:
    first = parts[0]
    return Clip(key, first.path, first.reader, parts=tuple(parts), label=label, length=first.length)


def _agree(clips: Mapping[str, Mapping[str, Clip]]) -> bool:
    """Whether the parts of most of a few clips have the same frames, as far as they can be read."""
    shapes = []
    with opened_clips() as open_clip:
        for key in list(clips)[:: max(1, len(clips) // COMPARED)]:
            try:
                shapes.append({part: open_clip(clip).shape for part, clip in clips[key].items()})
            except Unreadable:
                continue
    return are_of_same_frames(shapes)
