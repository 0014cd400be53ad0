"""Where there are several candidates for one artifact: which is taken, and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from slrdoctor.artifacts.kinds.outputs.names import WEAK, kind_of_place
from slrdoctor.artifacts.kinds.vocabulary import is_named_like_vocabulary
from slrdoctor.artifacts.run import AnnotationFile, CheckpointFile, Choice, FeatureSet, VocabularyFile
from slrdoctor.artifacts.settings.read import Settings
from slrdoctor.words.splits import without_splits

_LAST = re.compile(r"(?:^|[^a-z])(?:last|final|latest)(?:[^a-z]|$)")
# epoch_12.pt, epoch=12-step=300.ckpt, and the 12000.ckpt of signjoey
_NUMBERED = re.compile(
    r"(?:^|[^a-z])(?:epochs?|ep|steps?|iter(?:ation)?|ckpt|checkpoint)[_=. -]?(\d{1,12})|^(\d{1,12})\."
)


def choose_features(
    sets: Sequence[FeatureSet], ids: Sequence[str]
) -> tuple[list[FeatureSet], list[Choice]]:
    """One feature set a split: of rivals that hold the same samples, the one with the most.

    Over all splits first, so that train and dev are of one kind. Sets with different samples
    are all kept: a data set may be stored in parts.
    """
    wanted = {PurePosixPath(i).stem for i in ids} | set(ids)
    kept: list[FeatureSet] = []
    choices: list[Choice] = []
    covered = {id(s): _covered(s, wanted) for s in sets}
    family: Counter[str] = Counter()
    for one in sets:
        family[without_splits(one.where)] += covered[id(one)]

    def order(one: FeatureSet) -> tuple[int, int, int, bool, str]:
        is_called_output = kind_of_place(one.where) not in ("", WEAK)
        mine = family[without_splits(one.where)]
        return -mine, -covered[id(one)], -len(one.clips), is_called_output, one.where

    ordered = sorted(sets, key=order)
    for split in dict.fromkeys(s.split for s in ordered):
        rivals = [s for s in ordered if s.split == split]
        taken: list[FeatureSet] = []
        lost: list[FeatureSet] = []
        for one in rivals:
            twin = next((t for t in taken if _same_samples(t, one)), None)
            (lost if twin is not None else taken).append(one)
        kept += taken
        if lost:
            key = split or "train"
            choices.append(
                Choice(
                    "features",
                    ", ".join(s.where for s in taken),
                    tuple(s.where for s in lost),
                    f"{len(taken[0].clips)} clips, {_covered(taken[0], wanted)} of them annotated",
                    f'[features]\n{key} = "{lost[0].where}"',
                )
            )
    return kept, choices


def _names(one: FeatureSet) -> set[str]:
    return {PurePosixPath(c.key).name for c in one.clips}


def _covered(one: FeatureSet, wanted: set[str]) -> int:
    return sum(c.key in wanted or PurePosixPath(c.key).name in wanted for c in one.clips)


def _same_samples(one: FeatureSet, other: FeatureSet) -> bool:
    a, b = _names(one), _names(other)
    if all(n.isdigit() for n in a | b):
        # counters start again in every class; ids are numbers as well, and differ from part to part
        beside = one.where.rpartition("/")[0] == other.where.rpartition("/")[0]
        same = {int(n) for n in a} & {int(n) for n in b}
        return beside and len(a) == len(b) and len(same) > 0.5 * len(a)
    return len(a & b) > 0.5 * min(len(a), len(b))


def choose_vocabulary(
    candidates: Sequence[VocabularyFile], files: Sequence[AnnotationFile], name: str, settings: Settings
) -> tuple[list[VocabularyFile], list[Choice]]:
    """The vocabulary that covers the most annotated tokens first; the name decides on a tie."""
    glosses = {g for f in files for r in f.rows for g in r.glosses or ()}

    def worth(one: VocabularyFile) -> tuple[float, ...]:
        tokens = {t for t in one.tokens if t}
        covered = len(glosses & tokens) / max(len(glosses), 1)
        return (
            round(covered, 3),
            one.target != "text",
            is_named_like_vocabulary(one.where),
            one.where.startswith(name),
            -one.where.count("/"),
            len(tokens),
        )

    # the same tokens in the same order are one vocabulary, wherever they are written again
    unique: dict[tuple[str | None, ...], VocabularyFile] = {}
    for candidate in sorted(candidates, key=worth, reverse=True):
        unique.setdefault(candidate.tokens, candidate)
    ordered = list(unique.values())
    if len(ordered) < 2:
        return ordered, []
    first = ordered[0]
    covered = worth(first)[0]
    why = f"it has {covered:.0%} of the annotated glosses" if glosses else "its name says so"
    others = tuple(v.where for v in ordered[1:])
    how = f'[vocabulary]\npath = "{others[0]}"'
    return ordered, [Choice("vocabulary", first.where, others, why, how)]


def choose_checkpoint(candidates: Sequence[CheckpointFile]) -> tuple[list[CheckpointFile], list[Choice]]:
    """The best checkpoint by its name first, then the last one: by its name, else by its number."""
    ordered = sorted(candidates, key=lambda c: (*_age(c.where.lower()), c.where))
    if len(ordered) < 2:
        return ordered, []
    others = tuple(c.where for c in ordered[1:])
    name, next_name = ordered[0].where.lower(), ordered[1].where.lower()
    why = "it comes first by name"
    if "best" in name:
        why = "its name says best"
    elif _LAST.search(name.rpartition("/")[2]):
        why = "its name says last"
    elif _age(name) != _age(next_name):
        why = "its number is the highest"
    return ordered, [
        Choice("checkpoint", ordered[0].where, others, why, f'[checkpoint]\npath = "{others[0]}"')
    ]


def _age(where: str) -> tuple[bool, bool, int]:
    """What sorts the best first, then the last, then the highest epoch or step, all by the name."""
    name = where.rpartition("/")[2]
    number = _NUMBERED.search(name)
    return "best" not in where, not _LAST.search(name), -int(number[1] or number[2]) if number else 1
