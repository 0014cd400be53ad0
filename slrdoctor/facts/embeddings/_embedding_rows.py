"""Stored embeddings as unit vectors with their samples' labels, block by block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import Unreadable
from slrdoctor.artifacts.kinds.features.clips import OpenClip, open_clip, opened_clips
from slrdoctor.artifacts.kinds.features.matching import best_match
from slrdoctor.artifacts.run import Clip, FeatureSet, OutputFile
from slrdoctor.facts.labels.samples import Samples

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BLOCK_VALUES = 1 << 22  # of a block: 32 MiB in double precision, and a few such at a time
MOST_ROWS = 100_000
MOST_STACKED = 1 << 26  # values of vectors in files of their own, which are held together
LABELLED = 0.5  # share of the rows that must have a label for labels to count
SEED = 4099  # of which rows are taken, where there are too many
_STAGE = re.compile(r"(?:epoch|ep|step|steps|iter|iteration)[_-]?(\d+)")


@dataclass(frozen=True)
class Vectors:
    """Some rows of an array [M, D], in an order of their own."""

    values: NDArray[Any]
    rows: Ints

    @property
    def dims(self) -> int:
        return int(self.values.shape[1])

    def __len__(self) -> int:
        return len(self.rows)

    def at(self, places: Ints | slice) -> Floats:
        """Unit vectors [n, D]; zero as they are where they have no direction."""
        vectors = np.asarray(self.values[self.rows[places]], np.float64)
        # divided by the largest first: squares of large values overflow
        largest = np.abs(vectors).max(axis=1, keepdims=True)
        vectors = vectors / np.where(largest > 0, largest, 1)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        units: Floats = vectors / np.where(norms > 0, norms, 1)
        return units

    def blocks(self) -> Iterator[tuple[slice, Floats]]:
        step = max(1, BLOCK_VALUES // self.dims)
        for start in range(0, len(self.rows), step):
            places = slice(start, start + step)
            yield places, self.at(places)


@dataclass(frozen=True)
class EmbeddingTable:
    """Embeddings of N samples, one tower or two of the same samples, ordered by label.

    `codes` [N] are the labels as numbers in rising order, -1 each where none are known.
    """

    split: str
    left: Vectors
    right: Vectors  # the same as `left` where there is one tower
    codes: Ints
    labels: str  # what the labels are, "" where there are none
    total: int  # rows that are stored
    read_from: str

    @property
    def towers(self) -> int:
        return 1 if self.left is self.right else 2


@dataclass(frozen=True)
class _Stored:
    """One file's rows that can be compared, with their keys and labels."""

    output: OutputFile
    vectors: Vectors
    keys: tuple[str, ...]  # of the array's rows; () where nothing names them
    labels: tuple[str, ...]  # of the array's rows


def embedding_tables(outputs: Sequence[OutputFile], samples: Samples | None) -> Iterator[EmbeddingTable]:
    """The embeddings of each split, dev first, in their latest stage. Raises nothing."""
    for split in ("dev", "test", "", "train"):
        mine = [o for o in outputs if o.kind == "embeddings" and o.split == split]
        latest = max(map(_stage, mine), default=-1)
        stored = [s for o in mine if _stage(o) == latest and (s := _open(o, samples)) is not None]
        towers = {s.output.tower: s for s in reversed(stored)}
        if {"video", "text"} <= set(towers):
            pair = _paired(towers["video"], towers["text"])
            if pair is not None:
                yield pair
                continue
        # text embeddings alone say nothing of what was seen
        yield from (_single(s) for s in sorted(stored, key=lambda s: s.output.tower == "text")[:1])


def _stage(output: OutputFile) -> int:
    numbers = _STAGE.findall(output.where.lower())
    return int(numbers[-1]) if numbers else -1


def _open(output: OutputFile, samples: Samples | None) -> _Stored | None:
    """None where nothing can be read, or vectors have differing sizes."""
    try:
        values, keys, labels = _values(output)
    except Unreadable:
        return None
    if values.ndim != 2 or values.shape[1] < 2 or not len(values):
        return None
    good = np.flatnonzero(_is_usable(values))
    if len(good) > MOST_ROWS:
        good = np.sort(np.random.default_rng(SEED).choice(good, MOST_ROWS, replace=False))
    stored = _Stored(output, Vectors(values, good), keys, labels)
    return replace(stored, labels=labels or _annotated(stored, samples)) if len(good) > 1 else None


def _values(output: OutputFile) -> tuple[NDArray[Any], tuple[str, ...], tuple[str, ...]]:
    """The rows [M, D] of a file, as stored, with keys and labels where it has as many."""
    if len(output.clips) == 1:
        values = open_clip(output.clips[0])
        values = values[np.newaxis] if values.ndim == 1 else values
        values = values[:, 0] if values.ndim == 3 and values.shape[1] == 1 else values
        keys = output.ids if len(output.ids) == len(values) else ()
        return values, keys, output.labels if len(output.labels) == len(values) else ()
    with opened_clips() as opened:
        rows, places = _stacked(output, opened)
    labelled = len(output.labels) == len(output.clips)
    keys = tuple(output.clips[i].key for i in places)
    return rows, keys, tuple(output.labels[i] for i in places) if labelled else ()


def _stacked(output: OutputFile, open_clip: OpenClip) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Vectors that are clips of their own, some of them where they are many, and which these are."""
    first = open_clip(output.clips[0])
    places = np.arange(len(output.clips))
    most = min(MOST_ROWS, MOST_STACKED // max(1, first.size))
    if len(places) > most:
        places = np.sort(np.random.default_rng(SEED).choice(places, most, replace=False))
    rows: NDArray[np.float32] = np.full((len(places), first.size), np.nan, np.float32)
    for row, place in enumerate(places):
        vector = np.asarray(open_clip(output.clips[place])).ravel()
        if len(vector) != first.size:
            raise Unreadable("vectors of differing sizes", "shape")
        rows[row] = vector
    return rows, places


def _is_usable(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Which rows are finite; and not zero, unless most are: then it is what the model gives."""
    step = max(1, BLOCK_VALUES // values.shape[1])
    finite, directed = [], []
    for start in range(0, len(values), step):
        block = np.asarray(values[start : start + step], np.float64)
        finite.append(np.isfinite(block).all(axis=1))
        directed.append(finite[-1] & block.any(axis=1))
    with_numbers, found = np.concatenate(finite), np.concatenate(directed)
    return found if 2 * found.sum() >= with_numbers.sum() else with_numbers


def why_unusable(output: OutputFile) -> str:
    """What keeps the vectors of a file from being looked at."""
    try:
        values, _, _ = _values(output)
    except Unreadable as error:
        return f"{output.where}: {error}"
    if values.ndim != 2 or values.shape[1] < 2 or not len(values):
        return f"{output.where} has the shape {values.shape}, and [N, D] is needed"
    return f"{output.where}: {_is_usable(values).sum()} of {len(values)} vectors are finite"


def _annotated(stored: _Stored, samples: Samples | None) -> tuple[str, ...]:
    """The target of each row by the annotations; () where too few ids are theirs.

    Rows that are only counted are not taken for the annotations' in their order: a loader that
    shuffles would make sound embeddings look like noise.
    """
    if samples is None or not stored.keys:
        return ()
    output = stored.output
    rows = (samples.of(output.split) if output.split else ()) or samples.rows
    clip = output.clips[0]
    clips = tuple(Clip(key, clip.path, clip.reader) for key in stored.keys)
    found = FeatureSet(output.split, output.where, output.format, "file per sample", clips)
    labels = [""] * len(stored.keys)
    for row, place in best_match(rows, found).hits.items():
        labels[place] = " ".join(rows[row].glosses or ()) or (rows[row].text or "").strip()
    return tuple(labels) if sum(map(bool, labels)) >= LABELLED * len(labels) else ()


def _single(stored: _Stored) -> EmbeddingTable:
    rows = stored.vectors.rows
    total = max(len(stored.output.clips), len(stored.vectors.values))
    split, read_from = stored.output.split, stored.output.where
    if not stored.labels:
        codes = np.full(len(rows), -1)
        return EmbeddingTable(split, stored.vectors, stored.vectors, codes, "", total, read_from)
    rows = rows[[bool(stored.labels[row]) for row in rows]]
    rows, codes = _by_label(rows, [stored.labels[row] for row in rows])
    vectors = Vectors(stored.vectors.values, rows)
    return EmbeddingTable(split, vectors, vectors, codes, "labels", total, read_from)


def _paired(video: _Stored, text: _Stored) -> EmbeddingTable | None:
    """Two towers, row by row of the same sample; None where too few samples are in both."""
    if video.keys and text.keys:
        places = {text.keys[row]: row for row in text.vectors.rows}
        pairs = [(row, places.get(video.keys[row], -1)) for row in video.vectors.rows]
    elif len(video.vectors.values) == len(text.vectors.values):
        usable = set(text.vectors.rows.tolist())
        pairs = [(row, row if int(row) in usable else -1) for row in video.vectors.rows]
    else:
        return None
    pairs = [(row, other) for row, other in pairs if other >= 0]
    if len(pairs) < 2 or video.vectors.dims != text.vectors.dims:
        return None
    rows, others = np.array(pairs, np.int64).T
    known = video.labels or text.labels
    mine = rows if video.labels else others
    # the same sentence twice: either text is right
    labels = [known[row] or f"#{row}" for row in mine] if known else [str(row) for row in rows]
    order, codes = _by_label(np.arange(len(rows)), labels)
    return EmbeddingTable(
        video.output.split,
        Vectors(video.vectors.values, rows[order]),
        Vectors(text.vectors.values, others[order]),
        codes,
        "pairs of clip and text",
        max(len(video.output.clips), len(video.vectors.values)),
        f"{video.output.where} and {text.output.where}",
    )


def _by_label(rows: Ints, labels: Sequence[str]) -> tuple[Ints, Ints]:
    """The rows in the order of their labels, and these as numbers."""
    if not len(rows):
        return rows, np.empty(0, np.int64)
    code = {label: number for number, label in enumerate(sorted(set(labels)))}
    codes = np.array([code[label] for label in labels], np.int64)
    order = np.argsort(codes, kind="stable")
    return rows[order], codes[order]
