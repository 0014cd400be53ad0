from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from slrdoctor.artifacts.run import CheckpointFile, HistoryFile, PredictionFile, Scalar
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.training.dev_score import dev_score
from slrdoctor.facts.training.logged_epochs import epoch_named, kept_checkpoint, logged_epochs

BANNER = HistoryFile("log.txt", "text", (), started=False)


def checkpoints(*names: str) -> tuple[CheckpointFile, ...]:
    return tuple(CheckpointFile(name, Path(name), "torch", 1) for name in names)


@pytest.mark.parametrize(
    ("where", "epoch"),
    [
        ("ckpts/epoch_12.ckpt", 12),
        ("dev_23.80_epoch35_model.pt", 35),
        ("epoch=7-step=700.ckpt", 7),
        ("model_e3.pth", 3),
        ("best_model.pth", None),
        ("resnet18.pth", None),
        ("epoch_9/model.pt", None),
    ],
)
def test_the_epoch_of_a_checkpoint_is_in_its_name(where: str, epoch: int | None) -> None:
    assert epoch_named(where) == epoch


def test_finished_epochs_are_counted_over_all_files(make_run: Any) -> None:
    scalar = Scalar("loss", "train", "loss", (1.0, 2.0, 3.0), (3.0, 2.0, 1.0))
    files = (BANNER, HistoryFile("h.csv", "csv", (scalar,)))
    told = logged_epochs(make_run(run={"histories": files}))
    assert (told.epochs, told.unstarted, told.files) == (3, ("log.txt",), 2)
    assert logged_epochs(make_run(run={"histories": (BANNER,)})).epochs == 0


@pytest.mark.parametrize(
    ("left", "shown"),
    [
        ({"checkpoints": checkpoints("epoch_3.pt")}, "epoch_3.pt"),
        ({"checkpoints": checkpoints("epoch_0.pt", "init.pt")}, ""),
        (
            {"predictions": (PredictionFile("h.json", "json", "dev", ("a",), ((),), (("A",),)),)},
            "h.json",
        ),
    ],
)
def test_later_checkpoints_and_predictions_show_that_something_was_trained(
    make_run: Any, left: dict[str, Any], shown: str
) -> None:
    assert logged_epochs(make_run(run={"histories": (BANNER,), **left})).trained_otherwise == shown


def test_no_history_is_unavailable(make_run: Any) -> None:
    with pytest.raises(Unavailable):
        logged_epochs(make_run(run={"histories": ()}))


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (("best.pt", "last.pt"), True),
        (("checkpoint_epoch_2.pt", "checkpoint_epoch_5.pt"), True),
        (("checkpoint_epoch_5.pt",), False),
        (("asbestos.pt",), False),
        ((), False),
    ],
)
def test_the_best_checkpoint_is_told_by_its_name_or_its_epoch(
    make_run: Any, make_history: Any, names: tuple[str, ...], kept: bool
) -> None:
    score = dev_score(make_history(dev_wer=[0.9, 0.2, 0.5]), None)
    told = kept_checkpoint(make_run(run={"checkpoints": checkpoints(*names)}), score)
    assert told.best_kept is kept and told.kept == names


def test_a_script_that_logs_its_best_score_has_seen_it(make_run: Any, make_history: Any) -> None:
    score = dev_score(make_history(dev_wer=[0.9, 0.2, 0.5]), None)
    assert kept_checkpoint(make_run(facts={"best_val_wer": 0.2}), score).best_kept


def batches(**facts: Any) -> HistoryFile:
    scalar = Scalar("loss", "train", "loss", (1.1, 1.2, 1.3), (4.0, 3.9, 3.8), "batch")
    return HistoryFile("console.log", "text", (scalar,), facts=facts)


def summary(epoch: float) -> HistoryFile:
    scalar = Scalar("train/loss", "train", "loss", (epoch,), (3.8,))
    return HistoryFile("wandb-summary.json", "json", (scalar,), facts={"log": "W&B summary"})


def test_batches_and_the_summary_of_a_run_are_no_finished_epochs(make_run: Any) -> None:
    told = logged_epochs(make_run(run={"histories": (batches(ended_by="Killed"), summary(1.0))}))
    assert (told.epochs, told.unstarted, told.ended_by) == (0, ("console.log",), "Killed")


def test_a_run_that_is_in_its_first_epoch_has_not_failed(make_run: Any) -> None:
    told = logged_epochs(make_run(run={"histories": (batches(), summary(1.0))}))
    assert (told.epochs, told.unstarted) == (0, ())


def test_an_error_after_a_finished_epoch_is_no_failed_start(make_run: Any) -> None:
    file = replace(batches(ended_by="KeyboardInterrupt"), row_epochs=(1.0, 2.0))
    told = logged_epochs(make_run(run={"histories": (file,)}))
    assert (told.epochs, told.unstarted) == (2, ())


def test_a_log_by_steps_shows_that_something_was_trained(make_run: Any) -> None:
    scalar = Scalar("loss", "train", "loss", (100.0, 200.0), (4.0, 3.9), "step")
    file = HistoryFile("steps.csv", "csv", (scalar,))
    told = logged_epochs(make_run(run={"histories": (BANNER, file)}))
    assert (told.epochs, told.trained_otherwise) == (0, "steps.csv")
