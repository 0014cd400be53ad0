"""Which split samples are in where their own rows do not say it: lists of splits, and folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from slrdoctor.artifacts.directory.found import Found
from slrdoctor.artifacts.run import AnnotationFile, Row
from slrdoctor.words.sample_ids import bare_id
from slrdoctor.words.splits import split_of_name


def fill_splits(found: Found) -> None:
    """Give samples the split that their folders say, or a list beside the annotations."""
    found.annotations = _by_folders(found.annotations)
    if found.split_of:
        listed = _by_bare_id(found.split_of)
        found.annotations = [
            replace(a, rows=tuple(_with_split(row, found.split_of, listed) for row in a.rows))
            for a in found.annotations
        ]


def _with_split(row: Row, split_of: Mapping[str, str], listed: Mapping[str, str]) -> Row:
    if row.split:
        return row
    return replace(row, split=split_of.get(row.id) or listed.get(bare_id(row.id), ""))


def _by_bare_id(split_of: Mapping[str, str]) -> dict[str, str]:
    """The splits of ids without suffixes, as a list may have `s1` and the annotations `s1.mp4`.

    Left out are those that two splits have, such as `train/s1` and `dev/s1`.
    """
    splits: dict[str, set[str]] = {}
    for name, split in split_of.items():
        splits.setdefault(bare_id(name), set()).add(split)
    return {name: min(several) for name, several in splits.items() if len(several) == 1}


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
