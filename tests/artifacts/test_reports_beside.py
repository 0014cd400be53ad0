"""Arrays of what a training gave, beside its history: they make no folder of features."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.directory.discovery import discover

HISTORY = {
    "train_loss": [2.0 - i / 10 for i in range(12)],
    "val_loss": [2.1 - i / 12 for i in range(12)],
}
MATRIX, SHARES = np.eye(8, dtype=int) * 2, np.linspace(0.5, 1, 8)


@pytest.mark.parametrize(
    "beside",
    [
        {"confusion_matrix": MATRIX},
        {"cm": MATRIX, "accuracy_per_class": SHARES},
        {"confusion_matrix_dev": MATRIX, "confusion_matrix_train": MATRIX * 5, "class_acc": SHARES},
        {"conf_mat": MATRIX / 2, "class_wers": SHARES},
    ],
)
@pytest.mark.parametrize("folder", ["", "results"])
def test_a_history_is_read_beside_other_arrays_of_the_run(
    tmp_path: Path, beside: Mapping[str, Any], folder: str
) -> None:
    (tmp_path / folder).mkdir(exist_ok=True)
    np.save(tmp_path / folder / "history.npy", np.array(HISTORY, dtype=object), allow_pickle=True)
    for name, values in beside.items():
        np.save(tmp_path / folder / f"{name}.npy", values)

    [(data, [run])] = discover(tmp_path).cases

    assert not data.features
    assert [len(series.values) for series in run.histories[0].series] == [12, 12]


def test_clips_of_signs_that_are_called_as_reports_are_clips(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("history_01", "history_02", "loss_01", "matrix_01"):
        np.save(tmp_path / "data" / f"{name}.npy", np.random.default_rng(0).random((20, 75)))

    [(data, _)] = discover(tmp_path).cases

    assert len(data.features[0].clips) == 4
