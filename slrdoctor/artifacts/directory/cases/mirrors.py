"""Folders that show a run again: `latest`, a copy of its folder, what a tracker keeps of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from slrdoctor.artifacts.run import HistoryFile

FEWEST = 3  # values of one quantity that have to be the same
NEAR = 0.01  # relative: a console rounds what a table has in full
SMALL = 5e-4  # of a value that is itself near 0
SHARE = 0.95  # of the values
_LATEST = re.compile(
    r"(?:^|[^a-z])(?:latest|current|newest|most[-_]recent|last[-_]run|mirror|copy)(?:[^a-z]|$)"
)
_TRACKER = re.compile(r"(?:^|/)(?:wandb|mlruns|mlflow|clearml|neptune|comet|aim)(?:/|$)")


def mirrored_folders(
    histories: Sequence[HistoryFile], folder_of: Callable[[HistoryFile], str]
) -> dict[str, str]:
    """The folders that are named as mirrors and whose history is another folder's, by that folder."""
    found: dict[str, str] = {}
    for history in histories:
        mine = folder_of(history)
        for other in histories:
            folder = folder_of(other)
            if folder != mine and _rank(folder) < _rank(mine) and _is_the_same(history, other):
                found.setdefault(mine, folder)
    return {mirror: _end(folder, found) for mirror, folder in found.items()}


def _end(folder: str, mirrors: Mapping[str, str]) -> str:
    """Where a way from mirror to mirror ends; each step leads to a folder of a lower rank."""
    while folder in mirrors:
        folder = mirrors[folder]
    return folder


def _rank(folder: str) -> int:
    """0 for the folder of a run itself, higher for what shows it again by its name."""
    return 2 * bool(_LATEST.search(folder.lower())) + bool(_TRACKER.search(folder.lower()))


def _is_the_same(one: HistoryFile, other: HistoryFile) -> bool:
    """Whether all losses and scores that both have are the same, in order, as far as both go."""
    if one.run or other.run:
        return False
    judged = [
        {
            (s.split, s.quantity): s.values
            for s in history.series
            if s.quantity in ("loss", "wer", "accuracy")
        }
        for history in (one, other)
    ]
    shared = judged[0].keys() & judged[1].keys()
    pairs = [list(zip(judged[0][key], judged[1][key], strict=False)) for key in shared]
    return bool(pairs) and all(len(some) >= FEWEST and _agree(some) for some in pairs)


def _judged(history: HistoryFile) -> dict[tuple[str, str], tuple[float, ...]]:
    """The losses and scores of every epoch, by split and quantity."""
    return {
        (series.split, series.quantity): series.values
        for series in history.series
        if series.quantity in ("loss", "wer", "accuracy") and series.per == "epoch"
    }


def _agree(pairs: Sequence[tuple[float, float]]) -> bool:
    same = sum(a == b or abs(a - b) <= max(NEAR * abs(b), SMALL) for a, b in pairs)
    return same >= SHARE * len(pairs)
