"""The labels of skeletons as MMAction2 keeps them: in one pickle with the keypoints of all clips."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slrdoctor.artifacts.kinds.annotations import cells
from slrdoctor.artifacts.kinds.plain_values import name_of, plain
from slrdoctor.artifacts.run import AnnotationFile, Row
from slrdoctor.words.splits import split_of_name, without_splits


def recognise_skeletons(where: str, format: str, value: Any) -> AnnotationFile | None:
    """{"split": {name: [frame_dir]}, "annotations": [{frame_dir, label, keypoint}]}, or such a list."""
    records = value.get("annotations") if isinstance(value, dict) else value
    if not isinstance(records, (list, tuple)) or not records:
        return None
    plainly = [plain(record) for record in records]
    if not all(isinstance(r, dict) and {"frame_dir", "label"} <= set(r) for r in plainly):
        return None
    splits = _splits(value.get("split") if isinstance(value, dict) else None)
    own = split_of_name(where)
    rows = []
    for line, record in enumerate(plainly):
        name, label = cells.identifier(record["frame_dir"]), cells.label(record["label"])
        if name and label is not None:
            rows.append(Row(name, splits.get(name, own), (label,), line=line))
    return AnnotationFile(where, format, "MMAction2 skeletons", tuple(rows), True) if rows else None


def _splits(value: Any) -> dict[str, str]:
    """The split of each clip, of the first of several protocols: xsub_train, xsub_val, xview_train."""
    if not isinstance(value, Mapping):
        return {}
    named = {name_of(key): names for key, names in value.items() if split_of_name(name_of(key))}
    first = without_splits(next(iter(named), ""))
    return {
        cells.identifier(plain(one)): split_of_name(name)
        for name, names in named.items()
        if without_splits(name) == first and isinstance(names, (list, tuple))
        for one in names
    }
