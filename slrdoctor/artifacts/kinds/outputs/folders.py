"""Find folders of outputs, put the shards of one dump together, and tell outputs from features."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.clip_places import Entry, Member, Way, Whole
from slrdoctor.artifacts.content import Content, Unreadable
from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.directory.listing import File
from slrdoctor.artifacts.formats import reader_of
from slrdoctor.artifacts.kinds.annotations.batch_labels import BATCH_LABELS
from slrdoctor.artifacts.kinds.features.clips import OpenClip, open_clip, opened_clips
from slrdoctor.artifacts.kinds.outputs import Recognised, recognise_outputs
from slrdoctor.artifacts.kinds.outputs.names import WEAK, is_named_like_outputs, kind_of_place
from slrdoctor.artifacts.run import Clip, FeatureSet, OutputFile
from slrdoctor.words.splits import split_of_name

MANY = 3  # files of a kind in one folder that are looked at together
PEEKED_ROWS = 64
NEAR_ONE = 0.05  # how far a row's sum may be from one: half precision keeps three digits
_SHARD = re.compile(r"(?:shard|part|batch|chunk)?[_-]?\d+")


def named_for_outputs(folder: str, files: Sequence[File]) -> list[File]:
    """The files that their own name or their folder's says to be outputs."""
    if kind_of_place(folder) not in ("", WEAK):
        return list(files)
    return [file for file in files if is_named_like_outputs(file.path.name)]


def output_folder(files: Sequence[File]) -> list[OutputFile] | None:
    """The outputs in files of one folder and suffix; None where they are something else.

    Where a file is a sample only the first, the middle and the last are opened; of batches
    all are, since each says for itself whose outputs it has.
    """
    if len(files) < MANY:
        return None
    picked = [files[i] for i in dict.fromkeys((0, len(files) // 2, len(files) - 1))]
    peeked = [found for file in picked if (found := _recognised(file))]
    if not peeked or any(len(found.outputs) != 1 for found in peeked):
        return None
    first = peeked[0].outputs[0]
    if all(_is_sample(found.outputs[0]) for found in peeked):
        return list(_samples(first, files))
    return [output for file in files if (found := _recognised(file)) for output in found.outputs]


def _samples(like: OutputFile, files: Sequence[File]) -> Iterator[OutputFile]:
    """Files of one sample each, by the split that their names or their folder's tell."""
    of_split: dict[str, list[Clip]] = {}
    for file in files:
        clip = replace(like.clips[0], key=file.path.stem, path=file.path)
        of_split.setdefault(split_of_name(file.where), []).append(clip)
    for split, clips in of_split.items():
        yield replace(like, where=files[0].folder or ".", split=split, clips=tuple(clips))


def _recognised(file: File) -> Recognised | None:
    try:
        reader = reader_of(file.path)
        if reader is None:
            return None
        return recognise_outputs(file.where, file.path, reader.name, reader.read(file.path), _alone)
    except Unreadable:
        return None


def _alone(_: str) -> Content | None:
    return None


def _is_sample(output: OutputFile) -> bool:
    """Whether a file holds one sample: [T, C], [1, T, C], or an embedding [D] or [1, D]."""
    if len(output.clips) != 1 or output.ids or output.clips[0].rows:
        return False
    values = _peek(output.clips[0])
    sizes = [size for size in values.shape if size > 1] if values is not None else []
    return len(sizes) == (1 if output.kind == "embeddings" else 2)


def merged(outputs: Sequence[OutputFile]) -> list[OutputFile]:
    """Numbered shards of one folder as one, an entry a sample; of an id that occurs twice the last.

    Batches whose axes are not known yet stay apart.
    """

    def family(output: OutputFile) -> tuple[str, str, str, str]:
        folder, _, name = output.where.rpartition("/")
        is_shard = _SHARD.fullmatch(PurePosixPath(name).stem.lower()) is not None
        place = folder if is_shard and (output.kind == "embeddings" or output.clips[0].rows) else ""
        return place or f"{output.where}#", output.kind, output.split, output.tower

    whole: list[OutputFile] = []
    for (place, *_), group in groupby(sorted(outputs, key=family), family):
        parts = list(group)
        if len(parts) == 1:
            whole += parts
            continue
        entries = {key: (clip, label) for part in parts for key, clip, label in _entries(part)}
        labels = tuple(label for _, label in entries.values())
        clips = tuple(clip for clip, _ in entries.values())
        known = labels if any(labels) else ()
        whole.append(replace(parts[0], where=place, clips=clips, ids=(), labels=known))
    return whole


def _entries(part: OutputFile) -> Iterator[tuple[str, Clip, str]]:
    """Id, clip and label of every sample of a shard."""
    labels = part.labels or ("",) * max(len(part.ids), len(part.clips))
    if part.ids and len(part.clips) == 1:
        [clip] = part.clips
        assert isinstance(clip.place, (Whole, Member, Way))
        for row, (key, label) in enumerate(zip(part.ids, labels, strict=False)):
            yield key, replace(clip, key=key, place=Entry(clip.place, row)), label
    else:
        yield from ((clip.key, clip, label) for clip, label in zip(part.clips, labels, strict=False))


def settle(found: Found) -> None:
    """Decide what only all files together tell: shards, companions, and outputs without a name.

    An array whose rows are distributions over as many classes as the vocabulary asks for is
    what a model gave, whatever it is called; and so is one of a weak name (`outputs`) that has
    as many columns.
    """
    sizes = {len(v.tokens) + extra for v in found.vocabularies if v.target != "text" for extra in (0, 1)}
    with opened_clips() as opened:
        _settle_arrays(found, sizes, opened)
    found.perhaps.clear()
    found.outputs = merged(found.outputs)
    found.annotations = [a for a in found.annotations if a.where not in found.companions]
    if any(a.convention != BATCH_LABELS for a in found.annotations):
        # y_true.npy of an evaluation tells of no samples where other files do
        sizes = {len(f.clips) for f in found.features if all(c.key.isdecimal() for c in f.clips)}
        found.annotations = [
            a for a in found.annotations if a.convention != BATCH_LABELS or len(a.rows) in sizes
        ]
    found.vocabularies = [v for v in found.vocabularies if v.where not in found.companions]


def _settle_arrays(found: Found, sizes: set[int], open_clip: OpenClip) -> None:
    for one in list(found.features):
        is_of_frames = one.layout == "folder of frames per sample"
        if one.clips and not is_of_frames and _gives_classes(one, sizes, open_clip):
            found.features.remove(one)
            found.outputs.append(_of_features(one))
    for perhaps in found.perhaps:
        known = {output.where for output in found.outputs}
        if perhaps.where not in known and _has_width(perhaps.clips[0], sizes, open_clip):
            found.outputs.append(replace(perhaps, kind="log_probs"))
            found.features = [one for one in found.features if one.where != perhaps.where]


def _gives_classes(one: FeatureSet, sizes: set[int], open_clip: OpenClip) -> bool:
    if not _has_width(one.clips[0], sizes, open_clip):
        return False
    values = _peek(one.clips[0], open_clip)
    return values is not None and _rows_are_distributions(values)


def _has_width(clip: Clip, sizes: set[int], open_clip: OpenClip) -> bool:
    values = _peek(clip, open_clip)
    return values is not None and values.ndim in (2, 3) and bool(sizes & set(values.shape))


def _peek(clip: Clip, open_clip: OpenClip = open_clip) -> NDArray[Any] | None:
    try:
        return open_clip(clip)
    except Unreadable:
        return None


def _rows_are_distributions(values: NDArray[Any]) -> bool:
    if not values.size:
        return False
    rows = np.asarray(values[:PEEKED_ROWS], np.float64).reshape(-1, values.shape[-1])[: 4 * PEEKED_ROWS]
    if np.isnan(rows).any():
        return False
    with np.errstate(over="ignore"):
        log_sums = np.exp(rows).sum(axis=1)
    shares = rows.sum(axis=1) if rows.min() >= 0 else np.zeros(len(rows))
    return bool((np.abs(log_sums - 1) < NEAR_ONE).all() or (np.abs(shares - 1) < NEAR_ONE).all())


def _of_features(one: FeatureSet) -> OutputFile:
    """The same clips as outputs; entries cut out of one [N, T, C] array become that array again."""
    entry = one.clips[0].place
    if not isinstance(entry, Entry):
        return OutputFile(one.where, one.format, "log_probs", one.split, one.clips)
    whole = replace(one.clips[0], key=PurePosixPath(one.where).stem, place=entry.of, length=None)
    keys = tuple(clip.key for clip in one.clips)
    ids = keys if keys != tuple(str(i) for i in range(len(keys))) else ()
    lengths = tuple(c.length for c in one.clips if c.length is not None)
    return OutputFile(
        one.where, one.format, "log_probs", one.split, (whole,), ids,
        lengths=lengths if len(lengths) == len(keys) else (),
    )  # fmt: skip


def as_features(output: OutputFile) -> FeatureSet:
    """The same arrays as features, where the user says that they are."""
    clips = output.clips
    if output.ids and len(clips) == 1:
        clips = tuple(clip for _, clip, _ in _entries(output))
    return FeatureSet(output.split, output.where, output.format, "file per sample", clips)
