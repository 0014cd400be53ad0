"""Runs whose checkpoints are files that torch saved."""

from __future__ import annotations

from pathlib import Path

import torch

from slrdoctor.artifacts.run import CheckpointFile, Problem, TrainingRun


def run_of(folder: Path, *names: str, problems: tuple[Problem, ...] = ()) -> TrainingRun:
    """A run with checkpoints of these names; the first is the one that is judged."""
    files = tuple(CheckpointFile(name, folder / name, "torch", 0) for name in names)
    return TrainingRun("", folder, checkpoints=files, problems=problems)


def saved(folder: Path, **contents: object) -> TrainingRun:
    """A run whose checkpoints are what torch saves of `contents`, by their names without the ending."""
    for name, content in contents.items():
        torch.save(content, folder / f"{name}.pt")
    return run_of(folder, *(f"{name}.pt" for name in contents))
