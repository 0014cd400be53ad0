"""What a training leaves, before it is written: history, checkpoints, predictions, outputs, config."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slrdoctor.simulation.coding import Coder
from slrdoctor.simulation.recipes import Recipe
from slrdoctor.simulation.scoring import Score
from slrdoctor.simulation.signing import Array
from slrdoctor.simulation.worlds import Sample, World

Row = dict[str, float]
Prediction = tuple[str, tuple[str, ...], tuple[str, ...]]  # id, hypothesis, reference


@dataclass
class Outputs:
    """On dev, a row or an array a sample: log-probabilities [T', C] or embeddings [E]."""

    kind: str  # log_probs | logits | embeddings
    ids: list[str]
    arrays: list[Array]
    references: list[str]


@dataclass
class Run:
    world: World
    recipe: Recipe
    coder: Coder
    history: list[Row]
    predictions: list[Prediction]
    outputs: Outputs | None
    checkpoints: dict[str, dict[str, Any]]  # best and last
    config: dict[str, Any]
    score: Score
    log: list[str] = field(default_factory=list)  # lines before the epochs
    renamed: dict[str, str] = field(default_factory=dict)  # feature files that no longer bear the id
    files: dict[str, bytes] = field(default_factory=dict)  # written as they are, over what is there

    @property
    def metric(self) -> str:
        return f"dev_{self.score.metric}"

    def file_of(self, sample: Sample) -> str:
        """The name of a sample's features."""
        return self.renamed.get(sample.name, sample.name)

    def rows(self, split: str) -> list[Sample]:
        return self.world.of(split)


@dataclass
class Style:
    """Details of writing that people do differently."""

    percent: bool = False
    first_epoch: int = 1
    loss_factor: float = 1.0  # on the losses as they are logged


@dataclass
class Written:
    """A run in its folder."""

    run: Run
    folder: Path
    convention: str
