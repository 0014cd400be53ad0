"""What settings name of arrays of many samples: `data.npz`, or one array of it, `data.npz#X_train`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from slrdoctor.artifacts.run import AnnotationFile, FeatureSet


def named_sets(detected: Sequence[FeatureSet], written: Sequence[str], split: str) -> list[FeatureSet]:
    """The sets in the files that are named, for a split those of it; none where it is another file.

    Their labels and lengths lie in other files, so that what was detected of all together is kept.
    """
    found = [one for path in written for one in detected if _is_at(one.where, path)]
    if len({path for path in written if any(_is_at(s.where, path) for s in found)}) < len(written):
        return []
    own = [one for one in found if one.split == split]
    return own or found if all(one.layout == "container" for one in found) else []


def named_labels(
    detected: Sequence[AnnotationFile], written: Sequence[str], split: str
) -> list[AnnotationFile]:
    """The labels of such arrays in the files that are named, for a split those of it."""
    found = [a for path in written for a in detected if _is_at(a.where, path)]
    if not found or not all(row.stored for file in found for row in file.rows):
        return []
    return [file for one in found if (file := _of_split(one, split)).rows] or found


def _of_split(file: AnnotationFile, split: str) -> AnnotationFile:
    return replace(file, rows=tuple(row for row in file.rows if row.split == split))


def _is_at(where: str, written: str) -> bool:
    path = PurePosixPath(written).as_posix()
    return path in (where, where.partition("#")[0])
