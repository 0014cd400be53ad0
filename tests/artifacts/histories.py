"""Histories as the tests of their readers ask for them."""

from __future__ import annotations

from slrdoctor.artifacts.content import Content, Text
from slrdoctor.artifacts.kinds.history import recognise_history
from slrdoctor.artifacts.kinds.history.logs import recognise_log
from slrdoctor.artifacts.run import HistoryFile, Scalar


def histories(content: Content, where: str = "history.json") -> tuple[HistoryFile, ...]:
    return recognise_history(where, "json", content)


def one(content: Content, where: str = "history.json") -> HistoryFile:
    [history] = histories(content, where)
    return history


def log(text: str, where: str = "work_dir/train.log") -> HistoryFile:
    history = recognise_log(where, Text(text.splitlines()))
    assert history is not None
    return history


def of(history: HistoryFile, split: str, quantity: str, per: str = "epoch") -> Scalar:
    """The one series of a quantity of a split."""
    [series] = [s for s in history.series if (s.split, s.quantity, s.per) == (split, quantity, per)]
    return series
