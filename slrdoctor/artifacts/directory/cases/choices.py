"""Where there are several candidates for one artifact: which is taken, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from slrdoctor.artifacts.directory.cases.surroundings import ADDED, outputs_of_vocabulary
from slrdoctor.artifacts.kinds.vocabulary import is_named_like_vocabulary
from slrdoctor.artifacts.run import AnnotationFile, Choice, VocabularyFile

FEWEST = 3  # annotated glosses that tell whose a vocabulary is
NEARLY_ALL = 0.9  # of the annotated glosses: dev may have some that the vocabulary of train lacks


def choose_vocabulary(
    candidates: Sequence[VocabularyFile],
    files: Sequence[AnnotationFile],
    name: str,
    outputs: Callable[[], frozenset[int]],
    is_users_choice: bool,
) -> tuple[list[VocabularyFile], list[Choice]]:
    """The vocabulary that covers the most annotated tokens first; the name decides on a tie.

    Of those that cover nearly all of them, one that fits the number of outputs of the model comes
    first: a list of another data set may be wider. None is taken where all are of other classes.
    """
    glosses = {g for f in files for r in f.rows for g in r.glosses or ()}
    left = "" if is_users_choice or not candidates else _left_out(candidates, files, glosses, outputs)
    if left:
        wheres = tuple(v.where for v in candidates)
        return [], [Choice("vocabulary", "", wheres, left, f'[vocabulary]\npath = "{wheres[0]}"')]
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

    ordered = _without_copies(sorted(candidates, key=worth, reverse=True))
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


def _without_copies(candidates: Sequence[VocabularyFile]) -> list[VocabularyFile]:
    """The same tokens in the same order are one vocabulary, wherever they are written again."""
    unique: dict[tuple[str | None, ...], VocabularyFile] = {}
    for candidate in candidates:
        unique.setdefault(candidate.tokens, candidate)
    return list(unique.values())


def _left_out(
    candidates: Sequence[VocabularyFile],
    files: Sequence[AnnotationFile],
    glosses: set[str],
    outputs: Callable[[], frozenset[int]],
) -> str:
    """Why none of the vocabularies is of this run, "" where one may be."""
    if not any(outputs_of_vocabulary(one)[0] for one in candidates):  # special tokens at most
        folders = {file.where.rpartition("/")[0] for file in files}
        lie_elsewhere = all(one.where.rpartition("/")[0] not in folders for one in candidates)
        most = max(outputs(), default=0) if folders and lie_elsewhere else 0
        return f"it is empty, and the model has {most} outputs" if most > ADDED else ""
    words = {gloss.strip().casefold() for gloss in glosses}
    if len(words) < FEWEST or all(map(str.isdecimal, words)):
        return ""
    if any(token and token.strip().casefold() in words for one in candidates for token in one.tokens):
        return ""
    heads = outputs()
    are_of_glosses = any(len(glosses) <= n <= len(glosses) + ADDED for n in heads)
    if not are_of_glosses or any(head_fits(one, heads) for one in candidates):
        return ""
    return "it has none of the annotated glosses, and the model has as many outputs as these need"


def head_fits(vocabulary: VocabularyFile, outputs: frozenset[int]) -> int:
    """How well a vocabulary fits one of these heads: 2 with at most a blank more, 1 within reach, 0."""
    glosses, most = outputs_of_vocabulary(vocabulary)
    size = len(vocabulary.tokens)
    if not outputs.isdisjoint((size, size + 1)):
        return 2
    return int(any(glosses <= n <= most for n in outputs))
