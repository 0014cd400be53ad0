"""A training run as it is, before anybody writes it: what every layout must tell alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.float32]
Row = dict[str, float]
SCORES = {"ctc": "dev_wer", "classification": "dev_accuracy", "translation": "dev_bleu"}
TARGETS = {"ctc": "gloss", "classification": "label", "translation": "text"}


@dataclass(frozen=True)
class Sample:
    """One clip. `name` says nothing of its split, its signer or its target."""

    name: str
    split: str  # train, dev or test
    signer: str
    frames: Frames  # [T, D]
    target: str  # glosses separated by spaces, one class, or a text


@dataclass(frozen=True)
class Prediction:
    """What the model said of a sample of dev, or of train."""

    name: str
    hypothesis: str
    reference: str


@dataclass(frozen=True)
class Subject:
    """One run. Scores are shares, BLEU up to 100; epochs count from 1."""

    name: str
    task: str  # ctc, classification or translation
    codes: tuple[str, ...]  # what may stand first; () of a healthy run
    sentence: str
    samples: tuple[Sample, ...]
    tokens: tuple[str, ...]  # the classes in order, the blank among them
    blank: str
    history: tuple[Row, ...]
    checkpoints: dict[str, dict[str, Any]]  # best and last: epoch, model, optimizer
    config: dict[str, Any]
    predictions: tuple[Prediction, ...]  # on dev

    @property
    def is_healthy(self) -> bool:
        return not self.codes

    @property
    def score(self) -> str:
        """The name of the score in the history."""
        return SCORES[self.task]

    @property
    def target(self) -> str:
        """The usual name of the column of targets."""
        return TARGETS[self.task]

    @property
    def width(self) -> int:
        return max(int(sample.frames.shape[1]) for sample in self.samples)

    @property
    def splits(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(sample.split for sample in self.samples))

    def of(self, split: str) -> list[Sample]:
        return [sample for sample in self.samples if sample.split == split]
