"""Recognise what a model gave: log-probabilities, logits or posteriors over time, and embeddings.

A file says by a name (its own, a folder's, or a member's) that it is one, and by its shape
that it can be: [T, C] a sample, [N, T, C] or [T, N, C] a batch, [frames of all samples, C]
with lengths; embeddings are [N, D], or [D] a sample. Which axis is which is not decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from slrdoctor.artifacts.clip_places import Member, Way, Whole, member, way
from slrdoctor.artifacts.content import Arrays, Content, Tree
from slrdoctor.artifacts.kinds.outputs.companions import (
    listed,
    listed_content,
    names_beside,
    numbers,
)
from slrdoctor.artifacts.kinds.outputs.names import (
    IDS,
    LABELS,
    LENGTHS,
    WEAK,
    has_feature_key,
    kind_of_place,
    kind_of_word,
    prefers,
    tower_of,
)
from slrdoctor.artifacts.run import Clip, OutputFile
from slrdoctor.words.splits import split_of_name, split_of_word

Siblings = Callable[[str], Content | None]
COLUMNS = frozenset((*LABELS, *LENGTHS))  # of numbers, one a sample, or one-hot
DEEPEST = 3  # containers that a pickled tree is looked into


@dataclass(frozen=True)
class _Entry:
    """One array of a file, and the way to it."""

    parts: tuple[str, ...]  # keys and places in lists, without the one that names the kind
    shape: tuple[int, ...]
    name: str  # of the record that holds it, where it has one
    place: Whole | Member | Way  # where in the file


@dataclass
class Recognised:
    """The outputs of one file, and the files beside it that belong to them."""

    outputs: list[OutputFile] = field(default_factory=list)
    companions: set[str] = field(default_factory=set)  # names of files in the same folder


@dataclass(frozen=True)
class _File:
    where: str
    path: Path
    format: str
    content: Arrays | Tree
    siblings: Siblings

    @property
    def stem(self) -> str:
        name = self.where.rpartition("/")[2]
        return name.rpartition(".")[0] or name


def recognise_outputs(
    where: str, path: Path, format: str, content: Content, siblings: Siblings
) -> Recognised:
    """What a file holds of a model's outputs; those of a weak name (`outputs`) have kind "perhaps"."""
    if not isinstance(content, (Arrays, Tree)):
        return Recognised()
    file, found = _File(where, path, format, content, siblings), Recognised()
    place = kind_of_place(where)
    entries = list(_entries(content))
    if place in ("", WEAK) and has_feature_key(e.parts[-1] for e in entries if e.parts):
        return found  # keypoints with the probabilities that a detector gave them
    sides = _sides(entries) if place == "embeddings" else ()
    groups: dict[tuple[str, str], list[_Entry]] = {}
    for entry in entries:
        kind, at = (place, 0) if entry.parts in sides else _told(entry.parts, place)
        is_column = len(entry.shape) < 3 and entry.parts and entry.parts[-1].lower() in COLUMNS
        if kind and _fits(kind, entry.shape) and not is_column:
            named = entry.parts[at] if at >= 0 else ""
            rest = tuple(p for i, p in enumerate(entry.parts) if i != at)
            groups.setdefault((kind, named), []).append(replace(entry, parts=rest))
    taken: dict[tuple[str, str, str], str] = {}
    for (kind, named), mine in sorted(groups.items(), key=lambda item: prefers(item[0][1])):
        split = split_of_name(named) or split_of_name(where)
        tower = tower_of(named) or tower_of(where) if kind == "embeddings" else ""
        if taken.setdefault((kind, split, tower), named) != named:
            continue  # the same once more, as logits beside log-probabilities
        output = _output(file, kind, named, mine, found)
        if output is not None:
            found.outputs.append(replace(output, split=split, tower=tower))
    if any(o.kind != WEAK for o in found.outputs):
        found.outputs = [o for o in found.outputs if o.kind != WEAK]
    return found


def _sides(entries: Sequence[_Entry]) -> Sequence[tuple[str, ...]]:
    """The two members of a file that are named for the sides of a pair: video and text."""
    named = [(tower_of(e.parts[0]), e) for e in entries if len(e.parts) == 1]
    sides = [(tower, e) for tower, e in named if tower]
    if sorted(tower for tower, _ in sides) != ["text", "video"]:
        return ()
    same = len({e.shape[0] for _, e in sides}) == 1
    return [e.parts for _, e in sides] if same and all(len(e.shape) == 2 for _, e in sides) else ()


def _told(parts: Sequence[str], place: str) -> tuple[str, int]:
    """The kind of an array, and which part of the way to it says so; -1 where only the path does."""
    kinds = [kind_of_word(part) for part in parts]
    sure = [i for i, kind in enumerate(kinds) if kind not in ("", WEAK)]
    if sure:
        return kinds[sure[-1]], sure[-1]
    if place in ("", WEAK) and WEAK in kinds:
        return WEAK, kinds.index(WEAK)
    # logits.npz with the members train and dev: a batch each
    of_split = len(parts) - 1 if parts and split_of_word(parts[-1]) else -1
    return place, of_split


def _fits(kind: str, shape: tuple[int, ...]) -> bool:
    if kind == "embeddings":
        vectors = len(shape) == 2 or (len(shape) == 3 and shape[1] == 1)  # [N, 1, D]: batches of one
        return (len(shape) == 1 and shape[0] > 1) or (vectors and shape[-1] > 1)
    return len(shape) in (2, 3) and min(shape, default=0) > 0 and sum(size > 1 for size in shape) > 1


def _tops(content: Arrays | Tree) -> Iterator[tuple[str, Any]]:
    """The names at the top of a file, with what is there."""
    if isinstance(content, Arrays):
        yield from content.members.items()
        yield from content.extras.items()
    elif isinstance(content.value, dict):
        yield from ((str(key), value) for key, value in content.value.items())


def _entries(content: Arrays | Tree) -> Iterator[_Entry]:
    """Every array that may be one of outputs."""
    if isinstance(content, Arrays):
        for name, info in content.members.items():
            if _is_output(np.dtype(info.dtype), info.shape):
                yield _Entry(tuple(name.split("/")) if name else (), info.shape, "", member(name))
    else:
        yield from _of_tree(content.value, (), "")


def _is_output(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bool:
    """Floating-point numbers, or whole ones in a batch [B, T, C]: quantised logits."""
    return dtype.kind == "f" or (dtype.kind in "iu" and len(shape) == 3)


def _of_tree(value: Any, parts: tuple[str, ...], name: str) -> Iterator[_Entry]:
    if isinstance(value, np.ndarray) and _is_output(value.dtype, value.shape):
        yield _Entry(parts, value.shape, name, way(*parts))
    elif len(parts) >= DEEPEST:
        return
    elif isinstance(value, dict):
        own = next((str(value[k]) for k in IDS if isinstance(value.get(k), (str, int))), name)
        for key, inner in value.items():
            yield from _of_tree(inner, (*parts, str(key)), own)
    elif isinstance(value, (list, tuple)):
        if value and not isinstance(value[0], (dict, list, tuple, np.ndarray)):
            return  # a long list of numbers or texts
        for number, inner in enumerate(value):
            yield from _of_tree(inner, (*parts, str(number)), name)


def _output(
    file: _File, kind: str, named: str, entries: Sequence[_Entry], found: Recognised
) -> OutputFile | None:
    alone = len(entries) == 1 and not entries[0].parts
    if not alone:
        return _of_many(file, kind, named, entries, found)
    shape = entries[0].shape
    clip = Clip(file.stem, file.path, file.format, entries[0].place)
    ids = _companion(file, IDS, found, shape, shape[0] if kind == "embeddings" else 0)
    labels = _companion(file, LABELS, found, shape, len(ids))
    if kind == "embeddings":
        labels = labels if len(labels) == shape[0] else ()
        of_folder = not named and kind_of_word(file.stem) != kind and not ids
        if of_folder and len(shape) == 2 and shape[0] > 1:
            return None  # a vector a frame: features
        return OutputFile(file.where, file.format, kind, "", (clip,), ids, labels)
    lengths = numbers(_companion(file, LENGTHS, found, shape, len(ids)))
    if len(shape) == 2 and lengths and sum(lengths) == shape[0]:
        return _of_rows(file, kind, clip, lengths, ids, labels)
    return OutputFile(file.where, file.format, kind, "", (clip,), ids, labels, lengths)


def _of_rows(
    file: _File, kind: str, clip: Clip, lengths: Sequence[int], ids: Sequence[str], labels: Sequence[str]
) -> OutputFile:
    """The frames of all samples one after the other: a clip each."""
    ends = np.cumsum(lengths).tolist()
    known = ids if len(ids) == len(lengths) else [str(i) for i in range(len(lengths))]
    clips = tuple(
        replace(clip, key=key, rows=(end - length, end))
        for key, length, end in zip(known, lengths, ends, strict=False)
    )
    same = len(labels) == len(clips)
    return OutputFile(file.where, file.format, kind, "", clips, labels=tuple(labels) if same else ())


def _of_many(
    file: _File, kind: str, named: str, entries: Sequence[_Entry], found: Recognised
) -> OutputFile | None:
    """An array a sample in one file, by id or in a list."""
    if kind == "embeddings" and any(len(e.shape) == 2 and e.shape[0] > 1 for e in entries):
        return None  # a vector a frame: features
    ids = _companion(file, IDS, found, (len(entries),))
    by_place = len(ids) == len(entries) and all(e.parts[-1].isdigit() for e in entries)
    clips = []
    for number, entry in enumerate(entries):
        key = ids[number] if by_place else entry.name or "/".join(entry.parts)
        clips.append(Clip(key or named, file.path, file.format, entry.place))
    labels = _companion(file, LABELS, found, (len(entries),))
    return OutputFile(file.where, file.format, kind, "", tuple(clips), labels=labels)


def _companion(
    file: _File, names: Sequence[str], found: Recognised, shape: tuple[int, ...], count: int = 0
) -> tuple[str, ...]:
    """One text a sample, from the same file or one beside it; () where there is none that fits.

    `count` is the number of samples, 0 where it is one of the array's first two sizes.
    """
    content = file.content
    for key, value in _tops(content):
        if key.rpartition("/")[2].lower() in names:
            is_member = isinstance(content, Arrays) and key in content.members
            texts = listed(content.load(key) if is_member else value)  # type: ignore[union-attr]
            # beside the frames of all samples in one array only lengths tell how many there are
            open_count = not count and len(shape) == 2
            if texts and (open_count or len(texts) in ({count} if count else shape[:2])):
                return texts
    for name in names_beside(file.stem, names) if isinstance(content, Arrays) else ():
        texts = listed_content(file.siblings(name))
        if texts and len(texts) in ({count} if count else shape[: len(shape) - 1]):
            found.companions.add(name)
            return texts
    return ()
