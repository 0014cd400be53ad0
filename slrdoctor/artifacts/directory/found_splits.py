"""Which split samples are in where their own rows do not say it: lists of splits, and folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.kinds.features.clip_names import key_of
from slrdoctor.artifacts.kinds.features.matching import match_names
from slrdoctor.artifacts.run import AnnotationFile, FeatureSet, Row
from slrdoctor.words.sample_ids import bare_id
from slrdoctor.words.splits import split_of_name

DISTINCT = 0.9  # share of the clips that lie in one split only


def fill_splits(found: Found) -> None:
    """Give samples the split that their folders say, or a list beside the annotations.

    Where neither does, features say it that lie in a folder or a file of one split alone.
    """
    found.annotations = _by_folders(found.annotations)
    for split_of in (found.split_of, _of_features(found.features)):
        if split_of:
            found.annotations = [
                replace(a, rows=tuple(_with_splits(a.rows, split_of))) for a in found.annotations
            ]


def _with_splits(rows: Sequence[Row], split_of: Mapping[str, str]) -> list[Row]:
    """The rows with the splits of what they are called; else of what they match as clips do."""
    listed = _by_bare_id(split_of)
    filled = [_with_split(row, split_of, listed) for row in rows]
    left = [i for i, row in enumerate(filled) if not row.split]
    claimed = {bare_id(row.id).rpartition("/")[2] for row in filled if row.split}
    names = [name for name in listed if "/" not in name and name not in claimed]
    for i, name in match_names([filled[i] for i in left], list(map(key_of, names))).hits.items():
        filled[left[i]] = replace(filled[left[i]], split=listed[names[name]])
    return filled


def _with_split(row: Row, split_of: Mapping[str, str], listed: Mapping[str, str]) -> Row:
    if row.split:
        return row
    name = bare_id(row.id)
    split = split_of.get(row.id) or listed.get(name) or listed.get(name.rpartition("/")[2], "")
    return replace(row, split=split)


def _of_features(sets: Sequence[FeatureSet]) -> dict[str, str]:
    """The split of each clip that lies in one split only, where there are some to train on and others.

    Clips are named as in their set, and by the last part of that where no other has it.
    """
    splits: dict[str, set[str]] = {}
    for one in sets:
        for clip in one.clips if one.split and not one.counted else ():
            name = bare_id(clip.key)
            for called in {name, name.rpartition("/")[2]}:
                splits.setdefault(called, set()).add(one.split)
    split_of = {name: min(several) for name, several in splits.items() if len(several) == 1}
    there = set(split_of.values())
    # names that begin anew in every split are no names of samples
    distinct = len(split_of) >= DISTINCT * len(splits)
    return split_of if distinct and "train" in there and len(there) > 1 else {}


def _by_bare_id(split_of: Mapping[str, str]) -> dict[str, str]:
    """The splits of ids without suffixes and folders: a list may have `s1`, and a table `clips/s1.mp4`.

    Left out are those that two splits have, such as `train/s1` and `dev/s1`, and of the names in
    folders those that two have, such as `Anna/s1` and `Ben/s1`.
    """
    splits: dict[str, set[str]] = {}
    inner: dict[str, set[str]] = {}  # the names by their last part
    for name, split in split_of.items():
        bare = bare_id(name)
        splits.setdefault(bare, set()).add(split)
        inner.setdefault(bare.rpartition("/")[2], set()).add(bare)
    listed = {name: min(several) for name, several in splits.items() if len(several) == 1}
    last = {part: min(names) for part, names in inner.items() if len(names) == 1}
    return {part: listed[name] for part, name in last.items() if name in listed} | listed


def _by_folders(files: list[AnnotationFile]) -> list[AnnotationFile]:
    """Where each of several folders named for a split has a file of one name, the folders tell.

    set/train/train.csv and set/test/train.csv: that both files are called train says nothing.
    """
    families: dict[
        tuple[str, str], dict[str, str]
    ] = {}  # (place of the folders, name) -> where -> split
    for file in files:
        folder, _, name = file.where.rpartition("/")
        above, _, own = folder.rpartition("/")
        split = split_of_name(own)
        if split and split_of_name(name):
            families.setdefault((above, name), {})[file.where] = split
    split_of = {
        where: split
        for family in families.values()
        if len(set(family.values())) == len(family) > 1
        for where, split in family.items()
    }
    return [_all_in(file, split_of[file.where]) if file.where in split_of else file for file in files]


def _all_in(file: AnnotationFile, split: str) -> AnnotationFile:
    """The samples in another split, where the file's name alone has told of theirs."""
    named = split_of_name(file.where)
    if any(row.split != named for row in file.rows):
        return file
    return replace(file, rows=tuple(replace(row, split=split) for row in file.rows))
