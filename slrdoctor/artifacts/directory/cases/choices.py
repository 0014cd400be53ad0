"""Where there are several candidates for one artifact: which is taken, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from slrdoctor.artifacts.directory.cases.surroundings import outputs_of_vocabulary
from slrdoctor.artifacts.kinds.outputs.names import WEAK, kind_of_place
from slrdoctor.artifacts.kinds.vocabulary import is_named_like_vocabulary
from slrdoctor.artifacts.run import AnnotationFile, Choice, FeatureSet, VocabularyFile
from slrdoctor.words.splits import without_splits

NEARLY_ALL = 0.9  # of the annotated glosses: dev may have some that the vocabulary of train lacks


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
    candidates: Sequence[VocabularyFile],
    files: Sequence[AnnotationFile],
    name: str,
    outputs: Callable[[], frozenset[int]],
) -> tuple[list[VocabularyFile], list[Choice]]:
    """The vocabulary that covers the most annotated tokens first; the name decides on a tie.

    Of those that cover nearly all of them, one that fits the number of outputs of the model comes
    first: a list of another data set may be wider.
    """
    glosses = {g for f in files for r in f.rows for g in r.glosses or ()}
    heads = outputs() if len(candidates) > 1 else frozenset()

    def worth(one: VocabularyFile) -> tuple[float, ...]:
        tokens = {t for t in one.tokens if t}
        covered = len(glosses & tokens) / max(len(glosses), 1)
        fits = head_fits(one, heads)
        return (
            round(min(covered, NEARLY_ALL) if heads else covered, 3),
            fits,
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
    fits, covered = worth(first)[1:3]
    why = f"it has {covered:.0%} of the annotated glosses" if glosses else "its name says so"
    if fits > worth(ordered[1])[1]:
        why = "it fits the number of outputs of the model"
    others = tuple(v.where for v in ordered[1:])
    how = f'[vocabulary]\npath = "{others[0]}"'
    return ordered, [Choice("vocabulary", first.where, others, why, how)]


def head_fits(vocabulary: VocabularyFile, outputs: frozenset[int]) -> int:
    """How well a vocabulary fits one of these heads: 2 with at most a blank more, 1 within reach, 0."""
    glosses, most = outputs_of_vocabulary(vocabulary)
    size = len(vocabulary.tokens)
    if not outputs.isdisjoint((size, size + 1)):
        return 2
    return int(any(glosses <= n <= most for n in outputs))
