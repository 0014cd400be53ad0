"""Histories by hand: curves, and a training run whose files tell of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.run import HistoryFile, Scalar, TrainingRun
from slrdoctor.facts.training.history import Curve, History

MakeCurve = Callable[..., Curve]
MakeHistory = Callable[..., History]
MakeRun = Callable[..., TrainingRun]


@pytest.fixture
def make_curve() -> MakeCurve:
    """`make_curve("dev", "loss", [3.2, 2.0])`: epochs count from 1 unless given."""

    def make(
        split: str,
        quantity: str,
        values: Sequence[float],
        epochs: Sequence[float] | None = None,
        **more: Any,
    ) -> Curve:
        at = np.arange(1, len(values) + 1) if epochs is None else epochs
        told = {"name": f"{split}_{quantity}", "read_from": "history.csv"} | more
        return Curve(
            split=split,
            quantity=quantity,
            epochs=np.asarray(at, np.float64),
            values=np.asarray(values, np.float64),
            **told,
        )

    return make


@pytest.fixture
def make_history(make_curve: MakeCurve) -> MakeHistory:
    """`make_history(train_loss=[...], dev_wer=[...])`: split and quantity in the names."""

    def make(**series: Sequence[float]) -> History:
        curves = [make_curve(*name.split("_", 1), values) for name, values in series.items()]
        return History(tuple(curves), "history.csv")

    return make


@pytest.fixture
def make_run() -> MakeRun:
    """`make_run(scalars, facts=..., run={...})`: a run with one history file."""

    def make(*scalars: Scalar, run: dict[str, Any] | None = None, **file: Any) -> TrainingRun:
        told = {"where": "history.csv", "format": "csv", "series": scalars} | file
        return TrainingRun("", Path(), **({"histories": (HistoryFile(**told),)} | (run or {})))

    return make
