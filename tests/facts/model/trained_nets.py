"""A small net, a few steps of its training, and the checkpoint of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from slrdoctor.artifacts.run import CheckpointFile


class Net(nn.Module):
    """40 features to 30 classes; each weight has over 1000 values."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(40, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 64))
        self.head = nn.Linear(64, 30)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.head(self.encoder(x))
        return out


def train(model: nn.Module, optimizer: torch.optim.Optimizer, steps: int = 5) -> None:
    for _ in range(steps):
        loss = nn.functional.cross_entropy(model(torch.randn(32, 40)), torch.randint(0, 30, (32,)))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def saved(folder: Path, name: str, model: nn.Module, **more: Any) -> CheckpointFile:
    torch.save({"model": model.state_dict(), **more}, folder / name)
    return CheckpointFile(name, folder / name, "torch", 0)
