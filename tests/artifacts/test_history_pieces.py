"""A history in many files, a curve or an epoch each, and one in a table of Markdown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.run import HistoryFile

LOSS = [4.0, 3.0, 2.0, 1.5, 1.25]
WER = [1.0, 0.9, 0.7, 0.6, 0.55]


def histories(run: Path) -> tuple[HistoryFile, ...]:
    return tuple(history for _, runs in discover(run).cases for one in runs for history in one.histories)


def values(history: HistoryFile, split: str, quantity: str) -> tuple[float, ...]:
    [found] = [s for s in history.series if (s.split, s.quantity) == (split, quantity)]
    return found.values


def lines(run: Path) -> None:
    (run / "train_loss.txt").write_text("".join(f"{v}\n" for v in LOSS))
    (run / "dev_wer.txt").write_text("".join(f"{v}\n" for v in WER))


def arrays(run: Path) -> None:
    np.save(run / "trainLosses.npy", np.array(LOSS))
    np.save(run / "val_wer.npy", np.array(WER))


def epochs(run: Path) -> None:
    for epoch in (3, 1, 2, 5, 4):
        record = {"train_loss": LOSS[epoch - 1], "dev_wer": WER[epoch - 1], "seconds": 12}
        (run / f"metrics_epoch{epoch:02d}.json").write_text(json.dumps(record))


def numbered(run: Path) -> None:
    for epoch, (loss, wer) in enumerate(zip(LOSS, WER, strict=True)):
        record = {"epoch": epoch, "loss": {"x": 1}, "train/loss": loss, "dev/WER": wer}
        (run / f"epoch-{epoch}.json").write_text(json.dumps(record))


def markdown(run: Path) -> None:
    rows = "".join(f"| {n} | {LOSS[n - 1]} | **{WER[n - 1]}** |\n" for n in range(1, 6))
    models = "| model | epochs | dev WER |\n|---|---|---|\n| ours | 40 | 0.2 |\n\n"
    table = f"| Epoch | Train loss | Dev WER |\n|:--|--:|---|\n{rows}\nThe end.\n"
    (run / "NOTES.md").write_text(f"# Results\n\n{models}{table}")


@pytest.mark.parametrize("write", [lines, arrays, epochs, numbered, markdown])
def test_pieces_are_one_history(tmp_path: Path, write: Callable[[Path], None]) -> None:
    (tmp_path / "logs").mkdir()
    write(tmp_path / "logs")
    [history] = histories(tmp_path)
    assert values(history, "train", "loss") == pytest.approx(LOSS)
    assert values(history, "dev", "wer") == pytest.approx(WER)
    assert len(history.row_epochs) == len(LOSS)


def test_folders_are_runs_of_their_own(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        lines(tmp_path / name)
    assert len(histories(tmp_path)) == 2


def test_a_nan_of_a_curve_is_kept(tmp_path: Path) -> None:
    (tmp_path / "train_loss.txt").write_text("3.0\n2.0\nnan\nnan\n")
    [history] = histories(tmp_path)
    assert np.isnan(values(history, "train", "loss")[2:]).all()


def test_what_is_named_like_a_curve_and_holds_words_is_none(tmp_path: Path) -> None:
    (tmp_path / "train_loss.txt").write_text("3.0\n2.0\nHELLO\n")
    (tmp_path / "test_loss.txt").write_text("0.5\n")
    (tmp_path / "epoch_1.json").write_text(json.dumps({"epoch": 1, "train_loss": 2.0}))
    (tmp_path / "README.md").write_text("| model | WER |\n|---|---|\n| ours | 0.2 |\n")
    (tmp_path / "config.yaml").write_text("batch_size: 8\nlr: 0.1\n")
    assert not any(history.series for history in histories(tmp_path))
