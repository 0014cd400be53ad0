"""Folds of a cross-validation: the same samples, split anew in each fold."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from slrdoctor.artifacts.run import AnnotationFile, Choice
from slrdoctor.words.folds import fold_of_name
from slrdoctor.words.sample_ids import bare_id
from slrdoctor.words.splits import SPLITS, split_of_name

ALIKE = 0.9  # share of all samples that every fold has: a few may be left out of one
Fold = list[AnnotationFile]


def one_fold(files: Sequence[AnnotationFile]) -> tuple[list[AnnotationFile], list[Choice]]:
    """The annotation files with one fold of each cross-validation, and what was chosen.

    A sample that is in train of one fold is in dev of another, and that is no leak: splits are
    compared within a fold. The first fold is taken, or the one whose own splits share most samples.
    """
    homes: dict[str, dict[str, Fold]] = {}
    for file in files:
        home, fold = fold_of_name(file.where)
        if fold:
            homes.setdefault(home, {}).setdefault(fold, []).append(file)
    left: set[str] = set()
    choices = []
    for folds in homes.values():
        if not _are_of_one_set(list(folds.values())):
            continue
        names = sorted(folds, key=lambda name: (len(name), name))
        taken = max(names, key=lambda name: len(_in_two_splits(folds[name])))
        others = tuple(f.where for name in names if name != taken for f in folds[name])
        left |= set(others)
        choices.append(_choice(folds[taken], others, taken, len(names)))
    return [f for f in files if f.where not in left], choices


def _are_of_one_set(folds: list[Fold]) -> bool:
    """Whether all have several splits of nearly the same samples, and not all split them alike."""
    by_split = [_by_split(fold) for fold in folds]
    if len(folds) < 2 or any(len(splits) < 2 for splits in by_split):
        return False
    samples = [set().union(*splits.values()) for splits in by_split]
    every = set().union(*samples)
    shared = samples[0].intersection(*samples[1:])
    return len(shared) >= ALIKE * len(every) and any(splits != by_split[0] for splits in by_split)


def _by_split(fold: Fold) -> dict[str, set[object]]:
    """Samples by split, each its id, target and signer: a count alone tells of other samples."""
    splits: dict[str, set[object]] = {}
    for file in fold:
        told = split_of_name(file.where)
        for row in file.rows:
            if (split := row.split or told) in SPLITS:
                splits.setdefault(split, set()).add(
                    (bare_id(row.id), row.glosses or row.text, row.signer)
                )
    return splits


def _in_two_splits(fold: Fold) -> set[object]:
    pairs = combinations(_by_split(fold).values(), 2)
    return {sample for one, other in pairs for sample in one & other}


def _choice(taken: Fold, others: tuple[str, ...], name: str, count: int) -> Choice:
    return Choice(
        "annotations",
        ", ".join(f.where for f in taken),
        others,
        f"it is fold {name} of {count} of the same samples, and splits are compared within a fold",
        f'[annotations]\ntrain = "{others[0]}"',
    )
