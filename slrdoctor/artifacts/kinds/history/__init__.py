"""Recognise what a training run wrote down of itself: tables, trees, arrays and logs."""

from __future__ import annotations

import dataclasses

import numpy as np

from slrdoctor.artifacts.content import Arrays, Content, Table, Text, Tree
from slrdoctor.artifacts.kinds.history.parts import histories_of_text
from slrdoctor.artifacts.kinds.history.series import SeriesOfRun
from slrdoctor.artifacts.kinds.history.tables import histories_of_table
from slrdoctor.artifacts.kinds.history.trackers import history_of_tracker
from slrdoctor.artifacts.kinds.history.trees import histories_of_tree
from slrdoctor.artifacts.run import HistoryFile
from slrdoctor.words.series_names import Meaning, meaning_of
from slrdoctor.words.splits import split_of_name

LONGEST_ARRAY = 1_000_000  # values of a stored series


def recognise_history(where: str, format: str, content: Content) -> tuple[HistoryFile, ...]:
    """The training histories that a file holds, one a run that it tells apart; none for other files."""
    if isinstance(content, Table):
        found = histories_of_table(where, content)
    elif isinstance(content, Tree):
        tracked = history_of_tracker(where, content.value)
        found = tracked if tracked is not None else histories_of_tree(where, content.value)
    elif isinstance(content, Text):
        found = histories_of_text(where, content)
    else:
        found = _of_arrays(where, content)
    return tuple(dataclasses.replace(history, format=format) for history in found)


def _of_arrays(where: str, content: Arrays) -> tuple[HistoryFile, ...]:
    """One-dimensional arrays named as series: `train_loss` in an npz, `val_losses.npy`."""
    stem = where.rpartition("/")[2].partition(".")[0]
    told: dict[str, Meaning] = {}
    for name, info in content.members.items():
        if (
            len(info.shape) == 1
            and info.shape[0] <= LONGEST_ARRAY
            and np.dtype(info.dtype).kind in "fiu"
        ):
            told[name] = meaning_of(name.rpartition("/")[2] if name else stem)
    if len(told) < len(content.members) or not any(
        m.quantity in ("loss", "part_loss") for m in told.values()
    ):
        return ()
    series = SeriesOfRun()
    longest = 0
    epochs: list[float] = next(
        (content.load(n).tolist() for n, m in told.items() if m.quantity == "epoch"), []
    )
    for name, meaning in told.items():
        values = [] if meaning.quantity == "epoch" else content.load(name).tolist()
        longest = max(longest, len(values))
        for number, value in enumerate(values):
            at = float(epochs[number]) if len(epochs) == len(values) else float(number + 1)
            series.read(name or stem, meaning, at, float(value))
    rows = (
        tuple(map(float, epochs))
        if len(epochs) == longest
        else tuple(float(n + 1) for n in range(longest))
    )
    return (
        HistoryFile(
            where, "", series.finished(split_of_name(stem)), row_epochs=rows, started=longest > 0
        ),
    )
