"""Which of several lists of samples, one inside the other, is the one a run is about."""

from __future__ import annotations

from collections.abc import Sequence

from slrdoctor.artifacts.run import AnnotationFile, DataSet, Row
from slrdoctor.words.sample_ids import bare_id

MUCH_SMALLER = 0.8  # of the larger list: a list that lacks a few samples is the same list
STORED = 0.98  # share of the stored clips that a list must name to be the one they were made for


def narrowest_list(data: DataSet) -> tuple[AnnotationFile, frozenset[str]] | None:
    """The smallest list that names nearly all stored clips, and its ids; None without nested lists.

    WLASL comes as nslt_100.json inside nslt_300.json inside WLASL_v0.3.json: the clips
    on disk tell which of them was used. Without clips nothing tells.
    """
    ids = {file.where: frozenset(bare_id(row.id) for row in file.rows) for file in data.annotations}
    inner = [f for f in data.annotations if any(_is_inside(f, g, ids) for g in data.annotations)]
    if not inner:
        return None
    stored = {bare_id(clip.key.rpartition("/")[2]) for s in data.features for clip in s.clips}
    named = stored & frozenset().union(*ids.values())
    fitting = [f for f in inner if named and len(named & ids[f.where]) >= STORED * len(named)]
    best = min(fitting, key=lambda f: len(ids[f.where]), default=None)
    return (best, ids[best.where]) if best is not None else None


def _is_inside(one: AnnotationFile, other: AnnotationFile, ids: dict[str, frozenset[str]]) -> bool:
    a, b = ids[one.where], ids[other.where]
    if not a or len(a) > MUCH_SMALLER * len(b) or not a <= b:
        return False
    # a list of the train split is inside a list of all splits, and yet not another choice
    return _splits(one.rows) == _splits(other.rows)


def _splits(rows: Sequence[Row]) -> set[str]:
    return {row.split for row in rows}
