"""Predictions that were counted: a confusion matrix, or a report of a classifier that says one thing.

Rows are the true classes and columns the predicted ones, as scikit-learn has them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.content import Arrays, Content, Table, Text, Tree
from slrdoctor.artifacts.kinds.plain_values import name_of
from slrdoctor.artifacts.kinds.predictions.tokens import Pair

_NAMED = re.compile(r"(?:^|[^a-z])(?:confusion|conf_?mat(?:rix)?)(?:[^a-z]|$)|confusion_?matrix")
MOST_CLASSES = 5_000
MOST_SAMPLES = 200_000
# a row of sklearn.metrics.classification_report: the class, precision, recall, f1-score, support
_HEAD = re.compile(r"\s*precision\s+recall\s+f1-score\s+support\s*")
_ROW = re.compile(r"\s*(\S.*?)\s+([01]\.\d+)\s+([01]\.\d+)\s+([01]\.\d+)\s+(\d{1,9})\s*")
_AVERAGES = ("micro avg", "macro avg", "weighted avg", "samples avg")
ROUNDED = 0.006  # of precision and recall, which a report has with two digits


def pairs_of_counts(where: str, content: Content) -> list[Pair] | None:
    """A pair a counted sample; None where a file is neither a confusion matrix nor such a report."""
    if isinstance(content, Text):
        return _of_report(content.lines)
    is_named = bool(_NAMED.search(where.rpartition("/")[2].lower()))
    if isinstance(content, Tree):
        return _of_tree(content.value, is_named)
    if not is_named:
        return None
    if isinstance(content, Table):
        return _of_table(content)
    return _of_arrays(content)


def _of_arrays(content: Arrays) -> list[Pair] | None:
    if len(content.members) != 1:
        return None
    [(name, info)] = content.members.items()
    is_square = len(info.shape) == 2 and info.shape[0] == info.shape[1]
    return _of_matrix(content.load(name), ()) if is_square and info.shape[0] <= MOST_CLASSES else None


def _of_table(table: Table) -> list[Pair] | None:
    """A matrix with the names of the classes in its first column, its header, both, or neither."""
    rows = [list(row) for row in table.rows]
    width = {len(row) for row in rows}
    if width == {len(rows) + 1}:
        names = [str(row[0]).strip() for row in rows]
        header = [str(c).strip() for c in table.columns or ()][1:]
        return _of_matrix([row[1:] for row in rows], header or names)
    if width == {len(rows)}:
        return _of_matrix(rows, [str(c).strip() for c in table.columns or ()])
    return None


def _of_tree(value: Any, is_named: bool) -> list[Pair] | None:
    """{"confusion_matrix": [[...]], "labels": [...]}, or the lists alone in a file of that name."""
    names: Sequence[Any] = ()
    if isinstance(value, Mapping):
        keys = {name_of(key).lower(): key for key in value}
        key = next((keys[k] for k in keys if _NAMED.search(k)), None)
        if key is None:
            return None
        named = next((value[keys[k]] for k in ("labels", "classes", "class_names") if k in keys), ())
        names = named if isinstance(named, (list, tuple)) else ()
        value = value[key]
    elif not is_named:
        return None
    if not isinstance(value, (list, tuple, np.ndarray)) or not 2 <= len(value) <= MOST_CLASSES:
        return None
    return _of_matrix(value, [str(name) for name in names])


def _of_matrix(rows: Any, names: Sequence[str]) -> list[Pair] | None:
    """The pairs of a square matrix of counts; None of shares, or of something else."""
    try:
        counts: NDArray[np.float64] = np.asarray(rows, np.float64)
    except (TypeError, ValueError):
        return None
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or not 2 <= len(counts) <= MOST_CLASSES:
        return None
    if not np.isfinite(counts).all() or (counts < 0).any() or (counts != np.trunc(counts)).any():
        return None
    total = float(counts.sum())
    if not len(counts) < total <= MOST_SAMPLES:  # with a sample a class or fewer it may be anything
        return None
    if len(names) != len(counts) or len(set(names)) < len(names) or not all(names):
        names = [str(i) for i in range(len(counts))]
    pairs: list[Pair] = []
    for true, predicted in np.argwhere(counts > 0).tolist():
        for _ in range(int(counts[true, predicted])):
            pairs.append((str(len(pairs)), [names[predicted]], [names[true]]))
    return pairs


def _of_report(lines: Sequence[str]) -> list[Pair] | None:
    """The samples of a report in which one class alone is ever predicted.

    Of any other report it is unknown what the wrong ones were taken for.
    """
    start = next((i for i, line in enumerate(lines) if _HEAD.fullmatch(line)), None)
    if start is None:
        return None
    found: dict[str, tuple[float, float, int]] = {}
    for line in lines[start + 1 : start + 1 + MOST_CLASSES]:
        match = _ROW.fullmatch(line)
        if match is not None and match[1] not in _AVERAGES:
            found[match[1]] = float(match[2]), float(match[3]), int(match[5])
        elif found and line.strip():
            break
    total = sum(support for _, _, support in found.values())
    said = [name for name, (precision, recall, _) in found.items() if precision or recall]
    if len(found) < 2 or len(said) != 1 or not 0 < total <= MOST_SAMPLES:
        return None
    precision, recall, support = found[said[0]]
    if recall < 1 or abs(precision - support / total) > ROUNDED:
        return None
    names = [name for name, (_, _, count) in found.items() for _ in range(count)]
    return [(str(i), [said[0]], [name]) for i, name in enumerate(names)]
