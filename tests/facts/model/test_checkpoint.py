from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from slrdoctor.artifacts.run import EARLIER, OF_NO_RUN, PRETRAINED, CheckpointFile, Problem, TrainingRun
from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.model import checkpoint as module
from slrdoctor.facts.model.checkpoint import Checkpoint, CheckpointFiles, Pickled
from slrdoctor.facts.model.checkpoint_values import EveryCheckpointsValues
from tests.facts.model.checkpoints import run_of
from tests.making import measured


def save(path: Path, **more: Any) -> None:
    torch.manual_seed(0)
    torch.save({"model": nn.Linear(63, 5).state_dict(), **more}, path)


def test_every_checkpoint_is_opened_and_the_first_is_judged(tmp_path: Path) -> None:
    save(tmp_path / "best.pt", epoch=7)
    save(tmp_path / "epoch_12.pt")
    run = run_of(tmp_path, "best.pt", "epoch_12.pt")

    files = measured(CheckpointFiles, run)

    assert [(r.where, r.stored_epoch, r.named_epoch, r.epoch, r.takes) for r in files.rows] == [
        ("best.pt", 7, None, 7, (63,)),
        ("epoch_12.pt", None, 12, 12, (63,)),
    ]
    assert files.rows[0].signature == files.rows[1].signature
    assert measured(Checkpoint, run).where == "best.pt"


def test_what_cannot_be_opened_is_broken_and_the_next_is_judged(tmp_path: Path) -> None:
    save(tmp_path / "best.pt")
    (tmp_path / "best.pt").write_bytes((tmp_path / "best.pt").read_bytes()[:300])
    save(tmp_path / "last.pt")
    pointer = Problem("old.pt", "checkpoint", "lfs-pointer", "a Git LFS pointer, not the file itself")
    other = Problem("x.npy", "features", "empty", "zero bytes")

    run = run_of(tmp_path, "best.pt", "last.pt", problems=(pointer, other))
    files = measured(CheckpointFiles, run)

    assert [p.where for p in files.broken] == ["old.pt", "best.pt"]
    assert [r.where for r in files.rows] == ["last.pt"]
    assert measured(Checkpoint, run).where == "last.pt"


def test_what_is_no_checkpoint_is_neither_broken_nor_judged(tmp_path: Path) -> None:
    torch.save([torch.zeros(30, 63)], tmp_path / "final_clips.pt")
    (tmp_path / "weights.bin").write_bytes(b"\x07" * 64)

    run = run_of(tmp_path, "final_clips.pt", "weights.bin")

    assert measured(CheckpointFiles, run).left_out == ("final_clips.pt", "weights.bin")
    with pytest.raises(Unavailable, match="none of the run's checkpoints could be read"):
        measured(Checkpoint, run)


def test_of_many_checkpoints_some_are_only_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_OPENED", 2)
    names = [f"epoch_{i}.pt" for i in range(4)]
    for name in names:
        save(tmp_path / name)

    files = measured(CheckpointFiles, run_of(tmp_path, *names))

    assert len(files.rows) == 2 and files.left_out == ("epoch_2.pt", "epoch_3.pt")
    assert "2 without a model or not opened" in files.sentence


def test_what_pickles_name_is_told_file_by_file(tmp_path: Path) -> None:
    save(tmp_path / "best.pt")
    torch.save(nn.Linear(3, 2), tmp_path / "whole.pt")
    scaler = Problem("scaler.pkl", "", "imports", "sklearn.preprocessing._data.StandardScaler")
    hostile = Problem("train.npy", "", "imports", "posix.system")

    found = measured(Pickled, run_of(tmp_path, "best.pt", "whole.pt", problems=(scaler, hostile)))

    assert found.names == (
        ("whole.pt", ("torch.nn.modules.linear.Linear",)),
        ("train.npy", ("posix.system",)),
    )
    assert (found.checkpoints, found.looked) == (1, 4)


def test_a_run_without_pickles_has_none_to_judge(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no other pickle"):
        measured(Pickled, run_of(tmp_path))


@pytest.mark.parametrize("standing", [PRETRAINED, EARLIER, OF_NO_RUN])
def test_what_lies_beside_is_opened_and_never_judged(standing: str, tmp_path: Path) -> None:
    save(tmp_path / "x.pt")
    torch.save(nn.Linear(3, 2), tmp_path / "whole.pt")
    files = [CheckpointFile(n, tmp_path / n, "torch", 0, standing) for n in ("x.pt", "whole.pt")]
    run = TrainingRun("", tmp_path, beside=tuple(files))

    found = measured(CheckpointFiles, run)

    assert not found.rows and [row.standing for row in found.beside] == [standing, standing]
    assert measured(Pickled, run).names == (("whole.pt", ("torch.nn.modules.linear.Linear",)),)
    with pytest.raises(Unavailable, match=f"x.pt is {standing}"):
        measured(Checkpoint, run)


def test_the_values_of_every_checkpoint_are_looked_at(tmp_path: Path) -> None:
    save(tmp_path / "best.pt")
    for name in ("last.pt", "pretrained.pt", "stray.pt"):
        torch.save({"model": {"fc.weight": torch.full((3, 3), float("nan"))}}, tmp_path / name)
    stray = CheckpointFile("stray.pt", tmp_path / "stray.pt", "torch", 0, OF_NO_RUN)
    started = CheckpointFile("pretrained.pt", tmp_path / "pretrained.pt", "torch", 0, PRETRAINED)
    run = replace(run_of(tmp_path, "best.pt", "last.pt"), beside=(started, stray))

    found = measured(EveryCheckpointsValues, run)

    assert [file.read_from for file in found.files] == [
        "best.pt",
        "last.pt",
        "pretrained.pt",
        "stray.pt",
    ]
    assert [file.read_from for file in found.unsound] == ["last.pt", "stray.pt"]
