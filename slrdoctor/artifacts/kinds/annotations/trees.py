"""Annotations in nested containers: json, yaml, pickled lists and dicts, object arrays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import Opaque
from slrdoctor.artifacts.kinds.annotations import cells
from slrdoctor.artifacts.kinds.annotations.samples import Found, recognise_records
from slrdoctor.artifacts.kinds.annotations.skeletons import recognise_skeletons
from slrdoctor.artifacts.kinds.plain_values import name_of, plain
from slrdoctor.artifacts.run import AnnotationFile, Row
from slrdoctor.words.splits import split_of_name, split_of_word

_ENVELOPES = (
    *(
        "annotations",
        "data",
        "samples",
        "videos",
        "utterances",
        "items",
        "entries",
        "database",
        "records",
        "rows",
    ),
    *("dataset", "clips", "sentences", "root", "info", "labels", "splits"),
)
_ABOUT_CLASSES = re.compile(r"vocab|count|freq|hist|stat|weight|map|2id|to_?i|dict|config|class_names")
_HINTED = re.compile(r"label|annot|gloss|transcript|target|caption|sentence")
_SPOKEN = re.compile(r"caption|sentence|translation|(?:^|[^a-z])texts?(?:[^a-z]|$)")
_FILE = re.compile(r"\.(?:mp4|mov|avi|npy|npz|pt|pkl|pose|webm|mkv|h5|csv|parquet|json)$", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_MOST = 5_000_000  # values of a column
_FEW = 8  # entries; fewer, under a name that tells nothing, may be settings of layers or stages
_DEEPEST = 3  # containers around the samples: {"data": {"train": {id: ...}}}


def recognise_tree(where: str, format: str, value: Any, depth: int = 0) -> AnnotationFile | None:
    """Samples from nested plain containers."""
    value = plain(value)
    skeletons = recognise_skeletons(where, format, value)
    if skeletons is not None:
        return skeletons
    if isinstance(value, (list, tuple)):
        return _of_list(where, format, value)
    if not isinstance(value, dict) or not value:
        return None
    return (
        _by_split(where, format, value)
        or _of_wlasl_splits(where, format, value)
        or _of_dicts(where, format, value)
        or _of_columns(where, format, value)
        or _of_values(where, format, value)
        or _of_classes(where, format, value)
        or _in_envelope(where, format, value, depth)
    )


def is_empty_of_samples(value: Any) -> bool:
    """Whether a container has the form of annotations and no sample: [], {} or a lone prefix."""
    value = plain(value)
    if isinstance(value, dict):
        return not any(isinstance(item, (dict, list)) for item in value.values()) and set(value) <= {
            "prefix"
        }
    return isinstance(value, (list, tuple)) and not value


def _of_list(where: str, format: str, value: Sequence[Any]) -> AnnotationFile | None:
    items = [plain(item) for item in value]
    dicts = [item for item in items if isinstance(item, dict)]
    if dicts and all(isinstance(item.get("instances"), list) for item in dicts[:20]):
        return _of_wlasl(where, format, dicts)
    if dicts:
        return recognise_records(
            where, format, Found([(i, item, "") for i, item in enumerate(items)], "list of records")
        )
    pairs = [(i, item) for i, item in enumerate(items) if _is_pair(item)]
    if len(pairs) < max(2, 0.9 * len(items)):
        return None
    names = [cells.identifier(item[0]) for _, item in pairs]
    # two-word sentences are pairs too; ids have digits and do not repeat
    if len(set(names)) < len(names) or not all(_DIGIT.search(name) for name in names):
        return None
    records = [(i, {"id": item[0], "target": item[1]}, "") for i, item in pairs]
    return recognise_records(where, format, Found(records, "list of pairs"))


def _is_pair(item: Any) -> bool:
    return isinstance(item, (list, tuple)) and len(item) == 2 and isinstance(item[0], str)


def _of_wlasl(where: str, format: str, glosses: Sequence[Mapping[str, Any]]) -> AnnotationFile | None:
    """WLASL: a list of {gloss, instances}, the clips below their class."""
    rows: list[Row] = []
    skipped: list[tuple[int, str]] = []
    for line, entry in enumerate(glosses):
        gloss = cells.label(entry.get("gloss", entry.get("label", entry.get("word"))))
        for instance in map(
            plain, entry["instances"] if isinstance(entry.get("instances"), list) else ()
        ):
            name = cells.identifier(instance.get("video_id")) if isinstance(instance, dict) else ""
            if not name or gloss is None:
                skipped.append((line, "no video_id" if gloss else "no gloss"))
                continue
            rate = cells.number(instance.get("fps"))
            rows.append(
                Row(
                    id=name,
                    split=split_of_name(name_of(instance.get("split"))) or split_of_name(where),
                    glosses=(gloss,),
                    signer=cells.identifier(instance.get("signer_id")) or None,
                    # frame_start and frame_end cut the clip out of its video; whether stored
                    # features were cut so, they do not say
                    fps=rate if rate is not None and rate > 0 else None,
                    line=line,
                )
            )
    return (
        AnnotationFile(where, format, "WLASL json", tuple(rows), True, tuple(skipped)) if rows else None
    )


def _of_wlasl_splits(where: str, format: str, value: Mapping[Any, Any]) -> AnnotationFile | None:
    """WLASL's nslt_*.json: {video_id: {subset, action: [class, start, end]}}."""
    entries = [(name_of(key), item) for key, item in value.items() if isinstance(item, dict)]
    if not entries or not all("action" in item and "subset" in item for _, item in entries[:20]):
        return None
    rows: list[Row] = []
    skipped: list[tuple[int, str]] = []
    for line, (name, item) in enumerate(entries):
        action = plain(item.get("action"))
        action = action.tolist() if hasattr(action, "tolist") else action
        index = cells.identifier(action[0] if isinstance(action, (list, tuple)) and action else action)
        if index:
            split = split_of_name(name_of(item.get("subset"))) or split_of_name(where)
            rows.append(Row(id=name, split=split, glosses=(index,), line=line))
        else:
            skipped.append((line, "no class in `action`"))
    return (
        AnnotationFile(where, format, "WLASL nslt json", tuple(rows), True, tuple(skipped))
        if rows
        else None
    )


def _by_split(where: str, format: str, value: Mapping[Any, Any]) -> AnnotationFile | None:
    """{"train": [...], "dev": [...]}: samples gathered from each split's container."""
    parts = [
        (split_of_word(name_of(key)), item)
        for key, item in value.items()
        if isinstance(item, (dict, list))
    ]
    if not parts or not all(split for split, _ in parts):
        return None
    records = [record for split, part in parts for record in _with_split(part, split)]
    return recognise_records(where, format, Found(records, "records by split")) if records else None


def _with_split(part: Any, split: str) -> Iterator[tuple[int, Any, str]]:
    if isinstance(part, dict):
        for line, (key, item) in enumerate(part.items()):
            own = item if isinstance(item, dict) else {"target": item}
            yield line, {"id": name_of(key), **own}, split
    else:
        for line, item in enumerate(map(plain, part)):
            yield line, {"id": item[0], "target": item[1]} if _is_pair(item) else item, split


def _of_dicts(where: str, format: str, value: Mapping[Any, Any]) -> AnnotationFile | None:
    """{name: {gloss, text, ...}}, as GFSLT and VAC have it; `prefix` may stand among them."""
    records = {key: plain(item) for key, item in value.items() if key != "prefix"}
    dicts = {key: item for key, item in records.items() if isinstance(item, (dict, Opaque))}
    if not dicts or len(dicts) < 0.8 * len(records):
        return None
    own = [_own_name(item) for item in dicts.values() if isinstance(item, dict)]
    # a name inside the record is the sample's unless it says something else: a title, the signer;
    # keys that only count the records are no names
    counted = all(name_of(key).isdecimal() for key in dicts)
    inside = all(own) and (counted or len(set(own)) > 0.9 * len(own))
    lined = [
        (line, item if inside or not isinstance(item, dict) else {**item, "fileid": name_of(key)}, "")
        for line, (key, item) in enumerate(dicts.items())
    ]
    return recognise_records(where, format, Found(lined, "records by name"))


def _own_name(record: Mapping[Any, Any]) -> str:
    return cells.identifier(record.get("fileid", record.get("name", record.get("id"))))


def _of_columns(where: str, format: str, value: Mapping[Any, Any]) -> AnnotationFile | None:
    """{"id": [...], "gloss": [...]}: a column a key, all of one length."""
    columns = {name_of(key): plain(item) for key, item in value.items()}
    columns = {key: item for key, item in columns.items() if _is_column(item)}
    if len(columns) < 2 or len({len(column) for column in columns.values()}) != 1:
        return None
    rows = (dict(zip(columns, row, strict=False)) for row in zip(*columns.values(), strict=False))
    return recognise_records(
        where, format, Found([(i, row, "") for i, row in enumerate(rows)], "columns")
    )


def _is_column(value: Any) -> bool:
    flat = isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "iu"
    return (flat or isinstance(value, (list, tuple))) and 0 < len(value) <= _MOST


def _of_values(where: str, format: str, value: Mapping[Any, Any]) -> AnnotationFile | None:
    """{id: "GLOSS GLOSS"}, {id: ["GLOSS", "GLOSS"]} or {id: class}."""
    name = where.rpartition("/")[2].lower()
    found = {name_of(key): item for key, raw in value.items() if _is_target(item := plain(raw))}
    if len(found) < max(2, 0.9 * len(value)) or _ABOUT_CLASSES.search(name):
        return None
    hinted = bool(split_of_name(name) or _HINTED.search(name))
    digits = sum(bool(_DIGIT.search(key)) for key in found)
    if digits < (0.5 if hinted else 0.9) * len(found) or (len(found) < _FEW and not hinted):
        return None
    targets = [cells.tokens(item) or () for item in found.values()]
    longer = sum(len(target) > 1 for target in targets) >= 0.3 * len(targets)
    distinct = len(set(targets))
    if _is_numbered(list(found)) and distinct > 0.9 * len(targets) and not (longer and hinted):
        return None  # {index: token}
    numbers = all(isinstance(item, (int, float)) for item in found.values())
    # {token: index} has every number once; a class comes again and again, and there are several
    if numbers and not 1 < distinct <= 0.7 * len(targets):
        return None
    key = "text" if _SPOKEN.search(name) or cells.are_sentences(found.values()) else "target"
    records = [(i, {"fileid": k, key: item}, "") for i, (k, item) in enumerate(found.items())]
    return recognise_records(where, format, Found(records, "targets by id"))


def _of_classes(where: str, format: str, value: Mapping[Any, Any]) -> AnnotationFile | None:
    """{class: [file, file, ...]}: the samples of each class below its name."""
    lists = {name_of(key): plain(item) for key, item in value.items()}
    if len(lists) < 2 or not all(isinstance(item, list) and item for item in lists.values()):
        return None
    if all(split_of_word(name) for name in lists):
        return None  # a list of splits tells no class
    files = [(label, plain(file)) for label, item in lists.items() for file in item]
    named = [file for _, file in files if isinstance(file, str) and _FILE.search(file)]
    if len(named) < 0.9 * len(files) or len(set(named)) < 0.9 * len(named):
        return None
    records = [(i, {"path": file, "class": label}, "") for i, (label, file) in enumerate(files)]
    return recognise_records(where, format, Found(records, "files by class"))


def _is_target(value: Any) -> bool:
    if isinstance(value, bool) or value is None or isinstance(value, float):
        return False
    return cells.tokens(value) is not None and not isinstance(value, dict)


def _is_numbered(keys: Sequence[str]) -> bool:
    return all(key.isdecimal() and len(key) < 10 and str(int(key)) == key for key in keys)


def _in_envelope(where: str, format: str, value: Mapping[Any, Any], depth: int) -> AnnotationFile | None:
    """{"annotations": [...], "version": 1}: the samples one key further down."""
    if depth >= _DEEPEST:
        return None
    for key in _ENVELOPES:
        inner = value.get(key)
        if isinstance(inner, (dict, list)) and inner:
            found = recognise_tree(where, format, inner, depth + 1)
            if found is not None:
                return found
    return None
