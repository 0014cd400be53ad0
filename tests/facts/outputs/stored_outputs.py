"""Outputs of made-up models, stored as a run stores them, and their targets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.run import Clip, OutputFile, Row, TrainingRun
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.labels.vocabulary import BlankIndex, Vocabulary
from slrdoctor.facts.outputs.output_pass import OutputPass, output_pass

RNG = np.random.default_rng(2)
TOKENS = ("<blank>", *(f"G{i}" for i in range(1, 11)))
CTC = Task("ctc", "", "")
Floats = NDArray[np.float64]
Target = tuple[str, ...]


def peaky(target: Sequence[int], frames: int, classes: int, blank: int, sharp: float = 9.0) -> Floats:
    """Logits of a model that puts each gloss into one frame and the blank into all others."""
    values = RNG.normal(size=(frames, classes))
    values[:, blank] += sharp
    at = np.linspace(1, frames - 2, len(target)).astype(int)
    values[at, blank] -= sharp
    values[at, list(target)] += sharp
    return values


def log_softmax(values: Floats) -> Floats:
    return np.asarray(values - np.log(np.exp(values).sum(axis=-1, keepdims=True)))


def run_of(folder: Path, clips: dict[str, Floats], split: str = "dev", **more: Any) -> TrainingRun:
    stored = []
    for name, values in clips.items():
        path = folder / f"{split}_{name}.npy"
        np.save(path, values.astype(np.float32))
        stored.append(Clip(name, path, "npy"))
    where = f"log_probs/{split}"
    return TrainingRun(
        "", folder, outputs=(OutputFile(where, "npy", "log_probs", split, tuple(stored)),), **more
    )


def annotated(targets: dict[str, Target], split: str = "dev") -> Samples:
    return Samples(tuple(Row(name, split, glosses) for name, glosses in targets.items()), "dev.csv")


def passed(
    run: TrainingRun,
    targets: dict[str, Target],
    tokens: tuple[str | None, ...] = TOKENS,
    specials: tuple[int, ...] = (0,),
    blank: BlankIndex | None = None,
) -> OutputPass:
    words = Vocabulary(tokens, specials, "vocabulary.json")
    return output_pass(run, CTC, annotated(targets) if targets else None, words, blank, None)


def sentences(count: int, glosses: int = 10) -> dict[str, list[int]]:
    return {f"s{i}": RNG.integers(1, glosses + 1, RNG.integers(2, 6)).tolist() for i in range(count)}


def named(targets: dict[str, list[int]]) -> dict[str, Target]:
    return {name: tuple(f"G{g}" for g in target) for name, target in targets.items()}
