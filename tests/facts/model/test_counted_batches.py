"""The batches that batch normalisation counted, against the steps of the optimizer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import slrdoctor
from slrdoctor.facts.model.counted_batches import Counts, dev_batches
from slrdoctor.facts.training.epoch_size import EpochSize

SIZE = EpochSize(None, 240, 96, None, None, None, {}, "train.csv, dev.csv")


@pytest.mark.parametrize(
    ("train", "dev", "trained", "evaluated"),
    [(240, 96, 15, 6), (1000, 519, 63, 33), (418, 50, 53, 7), (640, 64, 64, 7)],
)
def test_the_batches_of_dev_are_seen_in_each_epoch(
    train: int, dev: int, trained: int, evaluated: int
) -> None:
    size = replace(SIZE, train_samples=train, dev_samples=dev)

    assert dev_batches(Counts(9 * (trained + evaluated), 9 * trained, 9), 9, size) == evaluated
    assert dev_batches(Counts(9 * (trained + evaluated), 9 * trained, 8), 9, size) == evaluated


@pytest.mark.parametrize(
    ("counted", "steps", "epochs", "why"),
    [
        (135, 135, 9, "a sound run"),
        (150, 80, 10, "gradients of two batches to a step, 15 batches and 8 steps an epoch"),
        (300, 150, 10, "two passes a step"),
        (225, 150, 15, "resumed after 5 of 15 epochs without the optimizer"),
        (135 + 54, 135, 8, "of an epoch that does not divide the steps"),
        (135 + 55, 135, 9, "not as many in every epoch"),
        (135 + 9 * 9, 135, 9, "more than dev has with the batches of training"),
        (15 * 2 + 6 * 2, 15 * 2, 2, "of the second epoch"),
        (5_000_000, 135, 9, "counted by a pretrained model"),
    ],
)
def test_other_differences_are_not_taken_for_dev(
    counted: int, steps: int, epochs: int, why: str
) -> None:
    assert dev_batches(Counts(counted, steps, epochs), epochs, SIZE) == 0, why


def test_nothing_is_concluded_where_the_samples_of_dev_are_unknown() -> None:
    assert dev_batches(Counts(189, 135, 9), 9, replace(SIZE, dev_samples=None)) == 0
    assert dev_batches(Counts(189, 135, 9), 9, replace(SIZE, train_samples=None)) == 0


def test_another_checkpoint_shows_batches_of_another_size() -> None:
    last, best = Counts(14 * 24, 14 * 20, 13), Counts(5 * 24, 5 * 20, 4)

    assert dev_batches(last, 14, SIZE, best) == 4
    assert dev_batches(last, 14, SIZE) == 0, "24 samples to a batch of dev, 12 to one of training"


def test_another_checkpoint_shows_a_run_that_was_resumed() -> None:
    later, earlier = Counts(14 * 14, 10 * 14, 14), Counts(12 * 14, 8 * 14, 12)

    assert dev_batches(later, 14, SIZE) == 4, "one checkpoint alone looks as if dev was counted"
    assert dev_batches(later, 14, SIZE, earlier) == 0


def test_the_counts_are_read_from_the_checkpoints_of_a_run(tmp_path: Path) -> None:
    for name, epoch in (("best.pt", 4), ("last.pt", 6)):
        store(tmp_path / name, epoch, batches=epoch * (15 + 6))

    (finding,) = [f for f in scanned(tmp_path)["findings"] if f["code"] == "MDL611"]

    assert "6 more in each of " in finding["message"]


def test_a_checkpoint_that_counted_as_many_batches_as_steps_is_sound(tmp_path: Path) -> None:
    store(tmp_path / "last.pt", 6, batches=6 * 15)

    passed = {judged["code"]: judged["message"] for judged in scanned(tmp_path)["passed"]}

    assert passed["MDL611"] == "batch normalisation counted 90 batches in 90 steps"


def store(path: Path, epoch: int, batches: int) -> None:
    """A net of fifteen steps an epoch that has counted so many batches."""
    torch.manual_seed(0)
    norm = nn.BatchNorm1d(8)
    net = nn.Sequential(nn.Linear(4, 8), norm, nn.Linear(8, 3))
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.randn(5, 4)).sum().backward()
    optimizer.step()
    for state in optimizer.state.values():
        state["step"].fill_(15 * epoch)
    assert norm.num_batches_tracked is not None
    norm.num_batches_tracked.fill_(batches)
    torch.save({"epoch": epoch, "model": net.state_dict(), "optimizer": optimizer.state_dict()}, path)


def scanned(folder: Path) -> Any:
    for split, count in (("train", 240), ("dev", 96)):
        lines = [f"{split}_{i:03d},{'ABC'[i % 3]}" for i in range(count)]
        (folder / f"{split}.csv").write_text("\n".join(["id,label", *lines]), encoding="utf-8")
    return slrdoctor.scan(folder).as_dict()
