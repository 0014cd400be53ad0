"""Histories in pieces: a file a curve, or a file an epoch, which are one history together."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from slrdoctor.artifacts.content import Arrays, Content, Text, Tree
from slrdoctor.artifacts.kinds.history.series import SeriesOfRun
from slrdoctor.artifacts.kinds.history.trees import MAIN, histories_of_tree
from slrdoctor.artifacts.run import HistoryFile
from slrdoctor.words.series_names import meaning_of

FEWEST = 3  # values of a curve, epochs with a file of their own
LONGEST = 100_000  # values of a curve
MOST_KEYS = 100  # of an epoch's record
_OF_AN_EPOCH = re.compile(r"(?i)(?:^|[^a-z])(?:epochs?|ep)[ _.=-]*(\d{1,6})(?!\d)")


@dataclass(frozen=True)
class Piece:
    """A curve, or the record of one epoch: either is empty."""

    where: str
    format: str
    curve: tuple[float, ...] = ()
    record: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def folder(self) -> str:
        return self.where.rpartition("/")[0]

    @property
    def stem(self) -> str:
        return self.where.rpartition("/")[2].rpartition(".")[0]


def recognise_piece(where: str, format: str, content: Content) -> Piece | None:
    """A file with nothing but one curve, named for it, or with the scores of one epoch."""
    piece = Piece(where, format)
    if isinstance(content, Tree):
        record = _record_of(piece.stem, content.value)
        return dataclasses.replace(piece, record=record) if record else None
    if meaning_of(piece.stem).quantity not in (*MAIN, "learning_rate"):
        return None
    curve = _numbers(content)
    return dataclasses.replace(piece, curve=curve) if len(curve) >= FEWEST else None


def histories_of_pieces(pieces: Iterable[Piece]) -> list[HistoryFile]:
    """One history a folder: of its curves, and of its epochs."""
    curves: dict[str, list[Piece]] = {}
    epochs: dict[str, list[Piece]] = {}
    for piece in pieces:
        (curves if piece.curve else epochs).setdefault(piece.folder, []).append(piece)
    histories = [_of_curves(group) for group in curves.values()]
    for group in epochs.values():
        if len(group) >= FEWEST:
            first = group[0]
            found = histories_of_tree(first.where, [dict(piece.record) for piece in group])
            histories += [dataclasses.replace(history, format=first.format) for history in found]
    return histories


def _of_curves(pieces: list[Piece]) -> HistoryFile:
    series = SeriesOfRun()
    for piece in pieces:
        for number, value in enumerate(piece.curve):
            series.read(piece.stem, meaning_of(piece.stem), float(number + 1), value)
    longest = max(len(piece.curve) for piece in pieces)
    rows = tuple(float(number + 1) for number in range(longest))
    return HistoryFile(pieces[0].where, pieces[0].format, series.finished(), row_epochs=rows)


def _record_of(stem: str, value: Any) -> dict[str, Any]:
    """What a file of one epoch says, with its epoch; empty for other files."""
    if not isinstance(value, Mapping) or not 0 < len(value) <= MOST_KEYS:
        return {}
    named = _OF_AN_EPOCH.search(stem)
    epoch = value.get("epoch", float(named[1]) if named else None)
    scored = any(
        meaning_of(str(key)).quantity in MAIN and _is_number(child) for key, child in value.items()
    )
    if named is None or not _is_number(epoch) or not scored:
        return {}
    return {**{str(key): child for key, child in value.items()}, "epoch": epoch}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _numbers(content: Content) -> tuple[float, ...]:
    """The numbers of a file that has nothing else: one a line, or one array with one axis."""
    if isinstance(content, Arrays):
        info = content.members.get("")
        if info is None or len(info.shape) != 1 or info.shape[0] > LONGEST or len(content.members) > 1:
            return ()
        if np.dtype(info.dtype).kind != "f":
            return ()
        return tuple(map(float, content.load("").tolist()))
    if not isinstance(content, Text) or len(content.lines) > LONGEST:
        return ()
    try:
        return tuple(float(line) for line in content.lines if line.strip())
    except ValueError:
        return ()
