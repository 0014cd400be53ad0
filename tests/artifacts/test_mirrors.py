"""One run that lies in several folders: links, copies, checkpoints' own histories, trackers."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.run import TrainingRun


def table(path: Path, factor: float = 1.0, epochs: int = 12) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = "".join(f"{e},{loss(e, factor)},{loss(e, factor) + 0.4}\n" for e in range(1, epochs + 1))
    path.write_text("epoch,train_loss,val_loss\n" + rows)


def console(path: Path, factor: float = 1.0, epochs: int = 12) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (
        f"epoch {e} train_loss: {loss(e, factor):.3f} val_loss: {loss(e, factor) + 0.4:.3f}\n"
        for e in range(1, epochs + 1)
    )
    path.write_text("".join(lines))


def loss(epoch: int, factor: float) -> float:
    return factor * (3 * 0.8**epoch + 0.2)


def runs(root: Path) -> dict[str, TrainingRun]:
    return {run.name: run for _, group in discover(root).cases for run in group}


def link(path: Path, target: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.symlink_to(os.path.relpath(target, path.parent), target_is_directory=True)
    except (OSError, NotImplementedError):
        pytest.skip("this file system has no links")


@pytest.mark.parametrize("place", ["runs/latest", "a_link", "runs/exp_0", "wandb/latest-run"])
def test_a_link_to_a_run_is_no_run_and_takes_no_name(place: str, tmp_path: Path) -> None:
    for number in (1, 2, 3):
        table(tmp_path / f"runs/exp_{number}/log.csv", number)
    link(tmp_path / place, tmp_path / "runs/exp_3")

    assert set(runs(tmp_path)) == {"runs/exp_1", "runs/exp_2", "runs/exp_3"}


@pytest.mark.parametrize("mirror", ["latest", "runs/latest_run", "current", "exp_2_copy"])
def test_a_copy_that_is_named_so_is_the_run_that_it_copies(mirror: str, tmp_path: Path) -> None:
    for number in (1, 2):
        table(tmp_path / f"runs/exp_{number}/log.csv", number)
    (tmp_path / "runs/exp_2/best.pt").write_bytes(b"\x80\x02N.")
    shutil.copytree(tmp_path / "runs/exp_2", tmp_path / mirror)

    found = runs(tmp_path)

    assert set(found) == {"runs/exp_1", "runs/exp_2"}
    where = {file.where for file in found["runs/exp_2"].checkpoints}
    assert where == {"runs/exp_2/best.pt", f"{mirror}/best.pt"}


def test_a_folder_that_is_named_so_and_has_another_history_is_a_run_of_its_own(tmp_path: Path) -> None:
    for number, name in enumerate(("exp_1", "exp_2", "latest"), start=1):
        table(tmp_path / f"runs/{name}/log.csv", number)

    assert set(runs(tmp_path)) == {"runs/exp_1", "runs/exp_2", "runs/latest"}


def test_two_runs_with_the_same_history_and_names_of_their_own_stay_two(tmp_path: Path) -> None:
    for name in ("lr_1e-3", "lr_1e-4"):
        table(tmp_path / f"runs/{name}/log.csv")

    assert set(runs(tmp_path)) == {"runs/lr_1e-3", "runs/lr_1e-4"}


@pytest.mark.parametrize("tracker", ["wandb/run-2024010{}_abcd/files", "mlruns/0/{}ab/artifacts"])
def test_the_console_that_a_tracker_keeps_is_of_the_run_that_printed_it(
    tracker: str, tmp_path: Path
) -> None:
    for number in range(3):
        table(tmp_path / f"multirun/{number}/log.csv", number + 1)
        console(tmp_path / tracker.format(number) / "output.log", number + 1)

    found = runs(tmp_path)

    assert set(found) == {f"multirun/{number}" for number in range(3)}
    assert all(len(run.histories) == 2 for run in found.values())


@pytest.mark.parametrize("name", ["checkpoint-{}", "checkpoint_{}", "global_step{}", "epoch_{}"])
def test_the_folders_of_checkpoints_are_of_one_run(name: str, tmp_path: Path) -> None:
    for epoch in (4, 8, 12):
        entries = [{"epoch": e, "step": 10 * e, "loss": loss(e, 1)} for e in range(1, epoch + 1)]
        folder = tmp_path / "output" / name.format(epoch)
        folder.mkdir(parents=True)
        (folder / "trainer_state.json").write_text(json.dumps({"log_history": entries}))
        (folder / "pytorch_model.bin").write_bytes(b"\x80\x02N.")

    (run,) = runs(tmp_path).values()

    assert len(run.checkpoints) == 3
