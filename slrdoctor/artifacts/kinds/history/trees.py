"""Histories in nested containers: dicts of lists, lists of dicts, by split, by run.

Whatever the nesting, a history becomes a table of epochs, and is read as one.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import Table
from slrdoctor.artifacts.kinds.history.mmengine import with_epochs_of_evaluations
from slrdoctor.artifacts.kinds.history.tables import SCORES, histories_of_table
from slrdoctor.artifacts.run import HistoryFile
from slrdoctor.words.series_names import is_known, meaning_of, words_of

MAIN = frozenset((*SCORES, "possim"))
DEEPEST = 5
MOST_KEYS = 500  # of a dict that may be a history; vocabularies and annotations have more
MOST_FACTS = 200
BATCHES_AT_LEAST = 20  # a list that many times longer than the dev one is of batches, not of epochs
_TRANSPARENT = re.compile(
    r"(?:train(?:ing)?_?)?(?:hist(?:ory)?|log_?history|logs?|metrics|curves|epochs|records|rows)"
)
_EPOCH_KEY = re.compile(r"(?:epoch[ _-]?)?(\d+)", re.IGNORECASE)
_TOKENS = frozenset(("vocab", "vocabulary", "classes", "gloss", "glosses", "labels"))
_HYPOTHESES = frozenset(("hyp", "hyps", "hypothesis", "hypotheses", "decoded", "refs", "references"))
_NAMES = ("run", "name", "run_name", "experiment", "model", "id", "fold", "seed")


def histories_of_tree(where: str, value: Any) -> tuple[HistoryFile, ...]:
    """One history a run in the tree; none where there is no history in it."""
    found = list(_runs(value, "", value if isinstance(value, Mapping) else {}, 0))
    histories: list[HistoryFile] = []
    for name, beside, table in found:
        facts = facts_beside(beside)
        for history in histories_of_table(where, table):
            run = " ".join(part for part in (name if len(found) > 1 else "", history.run) if part)
            histories.append(dataclasses.replace(history, run=run, facts={**facts, **history.facts}))
    return tuple(histories)


def _runs(
    value: Any, name: str, beside: Mapping[Any, Any], depth: int
) -> Iterator[tuple[str, Mapping[Any, Any], Table]]:
    """(name, the dict that holds it, table) of every history below `value`."""
    table = _table(value)
    if table is not None:
        yield name, value if isinstance(value, Mapping) and not _is_numbered(value) else beside, table
        return
    if depth == DEEPEST:
        return
    for key, child in _children(value):
        if isinstance(child, (Mapping, list)):
            named = name if _TRANSPARENT.fullmatch(key.lower()) else f"{name}/{key}" if name else key
            yield from _runs(child, named, value if isinstance(value, Mapping) else beside, depth + 1)


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and len(value) <= MOST_KEYS:
        yield from ((str(key), child) for key, child in value.items())
    elif isinstance(value, list) and len(value) <= MOST_KEYS:
        for number, child in enumerate(value):
            if isinstance(child, Mapping):
                named = next((str(child[k]) for k in _NAMES if isinstance(child.get(k), (str, int))), "")
                yield named or str(number), child


def _table(value: Any) -> Table | None:
    """The table of epochs that a list of records or a dict of lists is."""
    if isinstance(value, list):
        return _table_of_records(value)
    if not isinstance(value, Mapping) or not 0 < len(value) <= MOST_KEYS:
        return _table_of_numbered(value) if isinstance(value, Mapping) and value else None
    numbered = _table_of_numbered(value)
    if numbered is not None:
        return numbered
    for key, child in value.items():
        if isinstance(child, list) and _TRANSPARENT.fullmatch(str(key).lower()):
            table = _table_of_records(child)
            if table is not None:
                return table
    return _table_of_lists(dict(_lists(value, "", 0)))


def _table_of_numbered(value: Mapping[Any, Any]) -> Table | None:
    """{"1": {"train_loss": ...}, "epoch_2": {...}}: the keys are the epochs."""
    if not _is_numbered(value) or _are_decodings(value):
        return None
    matches = [_EPOCH_KEY.fullmatch(str(key).strip()) for key in value]
    records = [
        {"epoch": float(m[1]), **record} for m, record in zip(matches, value.values(), strict=False) if m
    ]
    return _table_of_records(records)


def _are_decodings(value: Mapping[Any, Any]) -> bool:
    """Whether numbered records are decodings of one model: hypotheses by beam width."""
    first = next(iter(value.values()))
    names = [name for name, _ in flat(first, "", 0)]
    held = [first, *(child for child in first.values() if isinstance(child, Mapping))]
    return any(_holds_hypotheses(record) for record in held) and not any(
        meaning_of(name).split == "train" or meaning_of(name).quantity == "learning_rate"
        for name in names
    )


def _holds_hypotheses(record: Mapping[Any, Any]) -> bool:
    return any(
        isinstance(child, (list, tuple, Mapping))
        and len(child) > 1
        and _HYPOTHESES & set(words_of(str(key)))
        for key, child in record.items()
    )


def _is_numbered(value: Mapping[Any, Any]) -> bool:
    return all(_EPOCH_KEY.fullmatch(str(key).strip()) for key in value) and all(
        isinstance(record, Mapping) for record in value.values()
    )


def _table_of_records(records: Sequence[Any]) -> Table | None:
    records_flat = [dict(flat(r, "", 0)) for r in records[:20] if isinstance(r, Mapping)]
    if not records_flat or not any(
        meaning_of(name).quantity in MAIN for record in records_flat for name in record
    ):
        return None
    names: dict[str, int] = {}
    rows: list[dict[str, Any]] = []
    for record in with_epochs_of_evaluations(records):
        if (
            isinstance(record, Mapping) and "train_runtime" not in record
        ):  # the trainer's summary at the end
            rows.append(dict(flat(record, "", 0)))
            for name in rows[-1]:
                names.setdefault(name, len(names))
    return Table(tuple(names), [[row.get(name) for name in names] for row in rows])


def flat(record: Mapping[Any, Any], path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """The scalars of a record, by their paths: {"val": {"loss": 1}} has "val/loss"."""
    for key, value in record.items():
        name = f"{path}/{key}" if path else str(key)
        if isinstance(value, Mapping) and depth < 2:
            yield from flat(value, name, depth + 1)
        elif isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.size == 1):
            yield name, value.item()
        elif value is None or isinstance(value, (str, int, float)):
            yield name, value


def _lists(value: Mapping[Any, Any], path: str, depth: int) -> Iterator[tuple[str, list[Any]]]:
    """The lists of numbers below a dict, as long as the keys on the way belong to a series' name."""
    for key, child in value.items():
        name = f"{path}/{key}" if path else str(key)
        if isinstance(child, np.ndarray) and child.ndim == 1 and child.dtype.kind in "fiuO":
            child = child.tolist()
        if isinstance(child, (list, tuple)) and len(child) < 1_000_000:
            if (
                _TRANSPARENT.fullmatch(str(key).lower())
                and path == ""
                and meaning_of(name).quantity != "epoch"
            ):
                continue
            numbers = _numbers(child)
            if numbers is not None:
                yield name, numbers
            elif child and isinstance(child[0], Mapping) and _is_of_series(str(key)):
                yield from ((f"{name}/{inner}", column) for inner, column in _columns_of(child))
        elif (
            isinstance(child, Mapping)
            and depth < 3
            and len(child) <= MOST_KEYS
            and _is_of_series(str(key))
        ):
            yield from _lists(child, name, depth + 1)


def _columns_of(records: Sequence[Any]) -> Iterator[tuple[str, list[Any]]]:
    """{"train": [{"loss": 1}, ...]}: the columns of a split's records."""
    records_flat = [dict(flat(r, "", 0)) for r in records if isinstance(r, Mapping)]
    for name in records_flat[0] if records_flat else ():
        numbers = _numbers([record.get(name) for record in records_flat])
        if numbers is not None:
            yield name, numbers


def _is_of_series(key: str) -> bool:
    words = words_of(key)
    return bool(words) and all(is_known(word) for word in words)


def _numbers(values: Sequence[Any]) -> list[float | None] | None:
    """Numbers, NaN and None; a list of numbers, one a batch, becomes its mean. None for other lists."""
    numbers: list[float | None] = []
    for value in values:
        if isinstance(value, np.ndarray):
            value = value.tolist()
        if isinstance(value, (list, tuple)):
            batches = [_number(item) for item in value]
            if not batches or not all(isinstance(item, float) for item in batches):
                return None
            value = float(np.mean(np.array(batches, np.float64)))
        number = _number(value)
        if number is None and value is not None:
            return None
        numbers.append(number)
    return numbers


def _number(value: Any) -> float | None:
    """A number of a series; None for anything else, True and False among it."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str) and value.strip().lower() in ("nan", "inf", "-inf", "infinity"):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:  # an integer of hundreds of digits
        return None


def _table_of_lists(lists: dict[str, list[Any]]) -> Table | None:
    told = {name: meaning_of(name) for name in lists}
    epochs = next((lists[name] for name, m in told.items() if m.quantity == "epoch"), None)
    epochs = None if epochs is None or None in epochs else epochs
    series = {n: v for n, v in lists.items() if told[n].quantity not in ("epoch", "step", "other")}
    main = {n: v for n, v in series.items() if told[n].quantity in MAIN}
    losses = any("loss" in told[n].quantity for n in main)
    if not main or not (losses or any(told[n].split for n in main) or epochs is not None):
        return None
    longest = max(len(values) for values in main.values())
    if longest == 1 and not losses:
        return None
    dev = [len(v) for n, v in main.items() if told[n].split in ("dev", "test") and v]
    count = len(epochs) if epochs else min(dev, default=longest)
    if not epochs and longest < BATCHES_AT_LEAST * count:
        count = longest  # dev was evaluated every few epochs
    columns: dict[str, dict[float, Any]] = {}
    for name, values in series.items():
        if len(values) > count > 0 and not epochs:
            values = _folded(values, count)  # one a batch
        columns[name] = dict(zip(_epochs_of(values, count, epochs), values, strict=False))
    every = sorted({at for column in columns.values() for at in column})
    rows = [[at, *(column.get(at) for column in columns.values())] for at in every]
    return Table(("epoch", *columns), rows)


def _folded(values: Sequence[Any], count: int) -> list[float]:
    """A value a batch as a mean an epoch: NaN where one of its batches was."""
    numbers = np.array([np.nan if v is None else float(v) for v in values])
    return [float(np.mean(part)) for part in np.array_split(numbers, count)]


def _epochs_of(values: Sequence[Any], count: int, epochs: Sequence[Any] | None) -> list[float]:
    """At which epoch each value of a list stands."""
    if epochs and len(values) == len(epochs):
        return [float(e) for e in epochs]
    if 0 < len(values) < count and count % len(values) == 0:  # one every few epochs
        return [float((number + 1) * (count // len(values))) for number in range(len(values))]
    return [float(number + 1) for number in range(len(values))]


def facts_beside(beside: Mapping[Any, Any], depth: int = 0) -> dict[str, Any]:
    """What stands beside a history: parameters, classes, a config, best and test scores."""
    facts: dict[str, Any] = {}
    for key, value in beside.items():
        name = str(key)
        words = set(words_of(name))
        if len(facts) == MOST_FACTS:
            break
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, (bool, int, float)) or (isinstance(value, str) and len(value) <= 200):
            facts[name] = value
        elif isinstance(value, Mapping) and depth < 3 and not _EPOCH_KEY.fullmatch(name):
            inner = facts_beside(value, depth + 1)
            facts |= {name: inner} if inner else {}
        elif isinstance(value, (list, tuple)) and words & _TOKENS and len(value) <= MOST_KEYS * 100:
            facts[name] = tuple(map(str, value))
    return facts
