"""Histories in a text of several parts, such as what the cells of a notebook printed."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from slrdoctor.artifacts.content import Text
from slrdoctor.artifacts.kinds.history.logs import recognise_log
from slrdoctor.artifacts.kinds.history.tables import histories_of_table, table_of_lines
from slrdoctor.artifacts.run import HistoryFile


def histories_of_text(where: str, content: Text) -> tuple[HistoryFile, ...]:
    """The histories of a text: of each part where it has parts, and else of the whole."""
    if len(content.parts) < 2:
        return _of_lines(where, content)
    by_part = [
        (name, history)
        for name, part in _parts(content)
        for history in _of_lines(where, part)
        if history.series
    ]
    joined = _joined(by_part)
    if not joined:
        return _of_lines(where, content)
    # classes and devices are printed by other cells than the one that trains
    log = recognise_log(where, content)
    facts, notes = (log.facts, log.notes) if log is not None else ({}, ())
    return tuple(
        dataclasses.replace(
            history,
            run=" ".join(filter(None, (name, history.run))) if len(joined) > 1 else history.run,
            facts={**_of_whole(facts), **history.facts},
            notes=notes if len(joined) == 1 else history.notes,
        )
        for name, history in joined
    )


def _of_lines(where: str, content: Text) -> tuple[HistoryFile, ...]:
    table = table_of_lines(content.lines)
    if table is not None:
        return histories_of_table(where, table)
    log = recognise_log(where, content)
    return (log,) if log is not None else ()


def _parts(content: Text) -> Iterator[tuple[str, Text]]:
    ends = [start for _, start in content.parts[1:]] + [len(content.lines)]
    for (name, start), end in zip(content.parts, ends, strict=True):
        yield name, Text(content.lines[start:end], content.encoding)


def _joined(by_part: list[tuple[str, HistoryFile]]) -> list[tuple[str, HistoryFile]]:
    """The histories with those put together that go on where the one before them ended."""
    joined: list[tuple[str, HistoryFile]] = []
    for name, history in by_part:
        before = joined[-1][1] if joined else None
        if before is not None and _goes_on(before, history):
            joined[-1] = (joined[-1][0], _together(before, history))
        else:
            joined.append((name, history))
    return joined


def _goes_on(before: HistoryFile, after: HistoryFile) -> bool:
    """Whether the epochs of `after` begin right where those of `before` end, with the same series."""
    names = {(s.name, s.split, s.per) for s in before.series}
    return (
        bool(before.row_epochs and after.row_epochs)
        and 0 < after.row_epochs[0] - before.row_epochs[-1] <= 1
        and any((s.name, s.split, s.per) in names for s in after.series)
    )


def _together(before: HistoryFile, after: HistoryFile) -> HistoryFile:
    series = {(s.name, s.split, s.per): s for s in before.series}
    for scalar in after.series:
        key = (scalar.name, scalar.split, scalar.per)
        first = series.get(key)
        series[key] = scalar if first is None else dataclasses.replace(
            first,
            epochs=tuple(itertools.chain(first.epochs, scalar.epochs)),
            values=tuple(itertools.chain(first.values, scalar.values)),
        )  # fmt: skip
    return dataclasses.replace(
        before,
        series=tuple(series.values()),
        row_epochs=(*before.row_epochs, *after.row_epochs),
        facts={**after.facts, **before.facts},
    )


def _of_whole(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What a text says of the run and not of single epochs."""
    return {key: value for key, value in facts.items() if key not in ("nan_batches", "stages", "log")}
