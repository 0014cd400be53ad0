"""Which of several lists of samples, one inside the other, is the one a run is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slrdoctor.artifacts.kinds.features.matching import best_match
from slrdoctor.artifacts.run import AnnotationFile, DataSet
from slrdoctor.words.sample_ids import bare_id
from slrdoctor.words.splits import without_splits

MUCH_SMALLER = 0.8  # of the larger list: a list that lacks a few samples is the same list
STORED = 0.98  # share of the stored clips that a list must name to be the one they were made for


@dataclass(frozen=True)
class _List:
    """The samples of one file, or of the files of a family: train.csv and dev.csv in one folder."""

    where: str
    ids: frozenset[str]
    splits: frozenset[str]


def narrowest_list(data: DataSet) -> tuple[str, frozenset[str]] | None:
    """The place and ids of the smallest list that names nearly all stored clips, if any are nested.

    WLASL comes as nslt_100.json inside nslt_300.json inside WLASL_v0.3.json, and lists of the
    splits lie beside that of the whole corpus: the clips on disk tell which of them was used.
    Without clips nothing tells.
    """
    lists = _lists(data.annotations)
    inner = [one for one in lists if any(_is_inside(one, other) for other in lists)]
    if not inner:
        return None
    named = _with_clips(data)
    fitting = [one for one in inner if named and len(named & one.ids) >= STORED * len(named)]
    best = min(fitting, key=lambda one: len(one.ids), default=None)
    return (best.where, best.ids) if best is not None else None


def _with_clips(data: DataSet) -> set[str]:
    """The ids that name a stored clip."""
    rows = list({bare_id(row.id): row for file in data.annotations for row in file.rows}.values())
    return {bare_id(rows[i].id) for one in data.features for i in best_match(rows, one).hits}


def _lists(files: Sequence[AnnotationFile]) -> list[_List]:
    families: dict[str, list[AnnotationFile]] = {}
    for file in files:
        families.setdefault(without_splits(file.where), []).append(file)
    groups = [[file] for file in files]
    groups += [several for several in families.values() if len(several) > 1]
    return [_list(group) for group in groups]


def _list(files: Sequence[AnnotationFile]) -> _List:
    rows = [row for file in files for row in file.rows]
    ids = frozenset(bare_id(row.id) for row in rows)
    return _List(", ".join(file.where for file in files), ids, frozenset(row.split for row in rows))


def _is_inside(one: _List, other: _List) -> bool:
    if not one.ids or len(one.ids) > MUCH_SMALLER * len(other.ids) or not one.ids <= other.ids:
        return False
    # a list of the train split is inside a list of all splits, and yet not another choice
    is_whole = len(one.splits) > 1 and other.splits - {""} <= one.splits
    return one.splits == other.splits or is_whole
