"""Recognise features: folders of clips, folders of frames, and containers of many clips."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from slrdoctor.artifacts.clip_places import (
    WHOLE,
    Entry,
    FrameRecords,
    Member,
    Place,
    TableRow,
    Way,
    Whole,
    member,
)
from slrdoctor.artifacts.content import ArrayInfo, Arrays, Content, Table, Text, Tree
from slrdoctor.artifacts.kinds.features.array_lists import (
    LENGTHS,
    OFFSETS,
    cuts,
    first_of,
    ids_in,
    whole_numbers,
)
from slrdoctor.artifacts.kinds.features.clip_tables import is_numeric_table
from slrdoctor.artifacts.kinds.features.clip_texts import is_numeric_text
from slrdoctor.artifacts.kinds.features.members import clips_of_members
from slrdoctor.artifacts.kinds.features.nested_numbers import clip_of_lists, shape_of
from slrdoctor.artifacts.kinds.features.parts import (
    ARRAY_KEYS,
    in_parts,
    parts_in,
    parts_of_record,
    sequence_shape,
)
from slrdoctor.artifacts.kinds.plain_values import plain
from slrdoctor.artifacts.run import Clip
from slrdoctor.words.splits import split_of_name

ID_KEYS = ("frame_dir", "name", "id", "fileid", "video_id", "video", "sample_id", "key")
SKELETONS = "annotations"  # the key of MMAction2's clips
LABELS = re.compile(
    r"(?:^|[^a-z])(?:y|labels?|targets?|classes|glosses|gloss|ids?|lengths?|lens)(?:[^a-z]|$)"
)
MOST_PARTS = 12  # arrays that make up one sample: blocks of landmarks, their confidences, a label
NO_CLIP = re.compile(
    r"(?:^|[^a-z])(?:mean|std|stats?|norm|vocab|embeddings?|log_?probs?|logits|hyps?|refs?|preds?)(?:[^a-z]|$)"
)


def is_clip_shape(info: ArrayInfo) -> bool:
    """Numbers in one to four axes, of a batch of one in five, more than a single value."""
    if np.dtype(info.dtype).kind not in "fiub" or info.shape in ((), (1,)):
        return False
    return len(info.shape) <= 4 or (len(info.shape) == 5 and info.shape[0] == 1)


def is_clip(content: Content) -> bool:
    """Whether a file of its own can be one sample: one numeric array, or a table or lines of numbers."""
    if isinstance(content, Arrays):
        infos = {name: m for name, m in content.members.items() if not LABELS.search(name.lower())}
        if len(content.members) > MOST_PARTS or not any(map(is_clip_shape, infos.values())):
            return bool(parts_in(content))
        many = _are_many_clips([m.shape for m in infos.values() if len(m.shape) > 1])
        return not many or any(name.rpartition("/")[2].lower() in ARRAY_KEYS for name in infos)
    if isinstance(content, Table):
        return is_numeric_table(content)
    if isinstance(content, Text):
        return is_numeric_text(content)
    if isinstance(content, Tree):
        if isinstance(content.value, dict) and _is_record(content.value):
            return True
        return clip_of_lists(content.value, ARRAY_KEYS) is not None
    return False


def _is_record(value: Mapping[str, Any]) -> bool:
    """Whether a dict with arrays is one sample, and not many by their ids.

    The parts of one sample are few and run over the same frames; samples differ in length.
    """
    key = array_key(value)
    if key in ARRAY_KEYS or parts_of_record(value):
        return True
    shapes = [
        shape
        for k, v in value.items()
        if (shape := sequence_shape(v)) and not LABELS.search(str(k).lower())
    ]
    return key is not None and len(shapes) <= MOST_PARTS and not _are_many_clips(shapes)


def _are_many_clips(shapes: Sequence[tuple[int, ...]]) -> bool:
    """Whether arrays differ in their frames and in nothing else."""
    return len({s[0] for s in shapes}) > 1 and len({s[1:] for s in shapes}) == 1


def is_frame(content: Content) -> bool:
    """Whether a file can be one frame: one vector, or a small [landmarks, values] array."""
    if not isinstance(content, Arrays) or set(content.members) != {""}:
        return False
    shape = content.members[""].shape
    return (len(shape) == 1 and shape[0] > 1) or (len(shape) == 2 and shape[1] in (2, 3, 4))


def array_key(record: Mapping[str, Any]) -> str | None:
    """The key of the array that is a record's features; None where there is none."""
    arrays = {str(k): shape for k, v in record.items() if (shape := sequence_shape(v))}
    for key in ARRAY_KEYS:
        if key in arrays:
            return key
    big = {k: int(np.prod(shape)) for k, shape in arrays.items() if not LABELS.search(k.lower())}
    return max(big, key=lambda k: big[k]) if big else None


def clip_place(content: Content) -> Whole | Member | Way | FrameRecords:
    """Where in a one-sample file the features are."""
    if isinstance(content, Arrays) and set(content.members) != {""}:
        usable = {
            n: i for n, i in content.members.items() if is_clip_shape(i) and not LABELS.search(n.lower())
        }
        for key in ARRAY_KEYS:
            if key in usable:
                return Member(key)
        return member(max(usable, key=lambda n: int(np.prod(usable[n].shape)), default=""))
    if isinstance(content, Tree) and isinstance(content.value, dict):
        key_of = array_key(content.value)
        if key_of is not None:
            return Way((key_of,))
    if isinstance(content, Tree):
        return clip_of_lists(content.value, ARRAY_KEYS) or WHOLE
    return WHOLE


def shape_at(content: Content, place: Place) -> tuple[int, ...]:
    """The shape of the array at a place of a one-sample file, () where its header does not tell."""
    if isinstance(content, Arrays):
        info = content.members.get(str(place))
        return info.shape if info is not None else ()
    if isinstance(content, Tree) and isinstance(place, (Whole, Way)):
        value = content.value
        for key in place.parts:
            value = value.get(key) if isinstance(value, dict) else None
        return shape_of(value)
    return ()


def clips_in(path: Path, reader: str, content: Content) -> tuple[tuple[Clip, ...], bool]:
    """The clips of a container, and whether it stores real lengths; none where it is no container."""
    found: list[Clip] = []
    stored = False
    if isinstance(content, Arrays):
        found, stored = _clips_of_arrays(path, reader, content)
    elif isinstance(content, Tree):
        found = list(_clips_of_tree(path, reader, content.value))
        if not _are_sure(content.value, found):
            found = []
    elif isinstance(content, Table) and content.columns:
        found = _clips_of_table(path, reader, content)
    return tuple(found), stored


def _clips_of_arrays(path: Path, reader: str, content: Arrays) -> tuple[list[Clip], bool]:
    by_leaf = {name.rpartition("/")[2].lower(): name for name in content.members}
    lengths = whole_numbers(content, first_of(by_leaf, LENGTHS))
    offsets = whole_numbers(content, first_of(by_leaf, OFFSETS))
    ids = ids_in(content, by_leaf)
    data = {
        name: info
        for name, info in content.members.items()
        if len(info.shape) >= 2
        and is_clip_shape(info)
        and not LABELS.search(name.rpartition("/")[2].lower())
    }
    if len(data) == 1:
        [(name, info)] = data.items()
        if offsets or (lengths and len(info.shape) == 2):
            return [
                Clip(ids[i] if i < len(ids) else str(i), path, reader, member(name), (a, b))
                for i, (a, b) in enumerate(cuts(offsets, lengths, info.shape[0]))
            ], True
        if len(info.shape) >= 3 and _is_batch(path, name, info, content, by_leaf):
            return [
                Clip(
                    ids[i] if i < len(ids) else str(i), path, reader, Entry(member(name), i),
                    length=lengths[i] if i < len(lengths) else None,
                )
                for i in range(info.shape[0])
            ], bool(lengths)  # fmt: skip
        return [], False
    if len(data) >= 2 and not all(NO_CLIP.search(n.lower()) for n in data):
        return clips_of_members(path, reader, {n: data[n].shape for n in sorted(data)}, ids, lengths)
    return [], False


def _is_batch(
    path: Path, name: str, info: ArrayInfo, content: Arrays, by_leaf: Mapping[str, str]
) -> bool:
    """[N, T, D] with one label a row, or named as such: X, X_train, features of a split."""
    label_rows = any(
        i.shape[:1] == info.shape[:1]
        for n, i in content.members.items()
        if n != name and LABELS.search(n.lower())
    )
    words = re.findall(r"[a-z]+", f"{path.stem} {name}".lower())
    landmarks = len(info.shape) == 3 and info.shape[2] in (2, 3, 4)
    return label_rows or "x" in words or (bool(split_of_name(path.stem)) and not landmarks)


def _clips_of_tree(path: Path, reader: str, value: Any, before: tuple[str, ...] = ()) -> Iterator[Clip]:
    """The clips among the entries of a container; `before` is the way to it."""
    if isinstance(value, dict):
        items: list[tuple[str, Any]] = [(str(k), v) for k, v in value.items()]
        name_of: Callable[[str, Any], str] = lambda key, _: key  # noqa: E731
    elif isinstance(value, (list, tuple)):
        items = [(str(i), v) for i, v in enumerate(value)]
        name_of = lambda key, record: _record_name(record) or key  # noqa: E731
    else:
        return
    for key, record in items:
        if isinstance(record, dict):
            places = parts_of_record(record, (*before, key))
            inner = array_key(record)
            clip = Clip(name_of(key, record), path, reader)
            if places:
                yield in_parts(clip, places)
            elif inner is not None:
                way = Way((*before, key, inner))
                yield replace(clip, place=way, axes=_axes_of_people(record, inner))
        elif key == SKELETONS and not before:
            yield from _clips_of_tree(path, reader, record, (key,))
        elif sequence_shape(record) and not LABELS.search(key.lower()):
            yield Clip(key, path, reader, Way((*before, key)))


def _axes_of_people(record: Mapping[Any, Any], key: str) -> str:
    """The axes of MMAction2's keypoints [M, T, K, C], where the record gives their frames; else ""."""
    shape, frames = sequence_shape(record[key]) or (), plain(record.get("total_frames"))
    return "MTKC" if len(shape) == 4 and frames == shape[1] else ""


def _are_sure(value: Any, found: Sequence[Clip]) -> bool:
    """Whether clips are more than a few matrices among other things, where they are lists in lists."""
    if not found:
        return False
    first = value
    for key in found[0].place.parts:
        first = first[int(key)] if isinstance(first, (list, tuple)) else _under(first, key)
    return isinstance(first, np.ndarray) or (len(found) > 1 and len(found) >= 0.8 * len(value))


def _under(record: Mapping[Any, Any], key: str) -> Any:
    return next((value for name, value in record.items() if str(name) == key), None)


def _record_name(record: Any) -> str:
    if not isinstance(record, dict):
        return ""
    named = (plain(record.get(key)) for key in ID_KEYS)
    return next((str(name) for name in named if isinstance(name, (str, int)) and name), "")


def _clips_of_table(path: Path, reader: str, table: Table) -> list[Clip]:
    """SPOTER: one row a video, each cell of a `*_X`, `*_Y` column a list over the frames."""
    columns = table.columns or ()
    coordinates = [i for i, c in enumerate(columns) if str(c).lower().endswith(("_x", "_y"))]
    if len(coordinates) < 4 or not table.rows:
        return []
    if not str(table.rows[0][coordinates[0]]).lstrip().startswith("["):
        return []
    return [Clip(str(i), path, reader, TableRow(i)) for i in range(len(table.rows))]
