"""What a run needs to go on after a kill: written whole or not at all, tensors and containers only."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from slrdoctor.artifacts.storage import whole_file

LAST, BEST = "last.pt", "best.pt"


@dataclass
class State:
    """Where training stands. Sums are over the samples of the epoch so far."""

    epoch: int = 1  # that is being trained, from 1
    batch: int = 0  # of it that are done
    step: int = 0  # of all epochs
    loss_sum: float = 0.0
    norm_sum: float = 0.0
    seen: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)
    ended: str = ""  # why training is over
    finished: bool = False  # everything is written and told
    threads: int = 0  # that computed it: with as many, a run that goes on ends alike


def save(path: Path, model: Any, optimizer: Any, recipe: dict[str, Any], state: State) -> None:
    """The whole of a training, random numbers included."""
    whole = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": recipe,
        "epoch": state.epoch,
        "training": asdict(state),
        "random": _random_states(),
    }
    whole_file.write_whole(path, lambda file: torch.save(whole, file))


def load(path: Path, model: Any, optimizer: Any, device: str) -> tuple[dict[str, Any], State]:
    """Put a training back as it was; returns the recipe's state and the training's."""
    whole = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(whole["model"])
    optimizer.load_state_dict(whole["optimizer"])
    _set_random_states(whole["random"], device)
    return whole["scheduler"], State(**whole["training"])


def save_best(path: Path, model: Any, epoch: int, metric: str, score: float) -> None:
    whole = {"model": model.state_dict(), "epoch": epoch, metric: score}
    whole_file.write_whole(path, lambda file: torch.save(whole, file))


def load_weights(path: Path, model: Any) -> int:
    """Give the model the weights of a checkpoint; returns its epoch."""
    whole = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(whole["model"])
    return int(whole["epoch"])


def mark_finished(path: Path) -> None:
    """Write down that everything was told, so that the same command is not taken up again."""
    whole = torch.load(path, map_location="cpu", weights_only=True)
    whole["training"]["finished"] = True
    whole_file.write_whole(path, lambda file: torch.save(whole, file))


def is_finished(path: Path) -> bool:
    whole = torch.load(path, map_location="cpu", weights_only=True)
    return bool(whole["training"]["finished"])


def _random_states() -> dict[str, Any]:
    states: dict[str, Any] = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        states["cuda"] = torch.cuda.get_rng_state()
    if torch.backends.mps.is_available():
        states["mps"] = torch.mps.get_rng_state()
    return states


def _set_random_states(states: dict[str, Any], device: str) -> None:
    torch.set_rng_state(states["cpu"])
    if device == "cuda" and "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"])
    if device == "mps" and "mps" in states:
        torch.mps.set_rng_state(states["mps"])
