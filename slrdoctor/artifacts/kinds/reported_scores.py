"""Scores that a run reports in a file of their own: summary.json, metrics.json, eval_results.yaml."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from slrdoctor.artifacts.content import Content, Tree
from slrdoctor.artifacts.kinds.plain_values import name_of, plain
from slrdoctor.artifacts.score_file import ReportedScore, ScoreFile
from slrdoctor.words.metrics import SCORES
from slrdoctor.words.series_names import meaning_of, words_of
from slrdoctor.words.splits import split_of_name, split_of_word

_NAMED = re.compile(
    r"summar(?:y|ies)|metrics?|results?|scores?|report(?:ed)?|evaluat(?:ion|ed)?|eval|perform"
)
MOST = 400  # values of a file; more are a history, or the scores of samples
DEEPEST = 4
# words around a score that do not make it one of another model, decoder or part
_AROUND = frozenset(
    [
        "summary",
        "metric",
        "metrics",
        "result",
        "results",
        "score",
        "scores",
        "eval",
        "evaluation",
        "corpus",
        "overall",
        "total",
        "all",
        "mean",
        "value",
        "best",
        "final",
        "last",
        "greedy",
        "gloss",
        "recognition",
    ]
)

# of a score by other means than the stored hypotheses, most likely
_OTHER_MEANS = frozenset(
    ["beam", "lm", "oracle", "rescored", "ensemble", "teacher", "baseline", "human", "upper", "lower"]
)


def recognise_reported_scores(where: str, format: str, content: Content) -> ScoreFile | None:
    """The scores of a small tree of numbers under a name that says so; None where there are none.

    What stands below a word that may name another model or decoder is left out.
    """
    name = where.rpartition("/")[2].lower()
    if (
        not isinstance(content, Tree)
        or not isinstance(content.value, Mapping)
        or not _NAMED.search(name)
    ):
        return None
    value = plain(content.value)
    numbers = list(_numbers(value, ()))
    if not 0 < len(numbers) <= MOST:
        return None
    split = split_of_word(str(value.get("split", ""))) or split_of_name(name)
    scores = tuple(score for path, number in numbers for score in _scores(path, number, split))
    return ScoreFile(where, format, scores) if scores else None


def _numbers(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Every number with the way to it; lists are of samples or epochs, and are left out."""
    if isinstance(value, Mapping) and len(path) < DEEPEST:
        for key, item in value.items():
            yield from _numbers(plain(item), (*path, name_of(key)))
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        yield path, float(value)


def _scores(path: tuple[str, ...], number: float, split: str) -> Iterator[ReportedScore]:
    *above, last = path
    if _OTHER_MEANS & set(words_of(last)):
        return
    meaning = meaning_of(last)
    around = {word for part in above for word in words_of(part)}
    splits = {word for word in around if split_of_word(word)}
    names = {word for word in around if meaning_of(word).quantity == meaning.quantity}
    if meaning.quantity in SCORES and not around - splits - names - _AROUND:
        own = meaning.split or next((split_of_word(word) for word in splits), "") or split
        yield ReportedScore("/".join(path), own, meaning.quantity, number)
