"""Small runs to retrain, of each task: signs are paths of six numbers, a clip is a few of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest
from numpy.typing import NDArray

DIMS = 6
GLOSSES = ("BOOK", "GO", "HOUSE", "RAIN")
WORDS = {"BOOK": "a book", "GO": "goes", "HOUSE": "the house", "RAIN": "it rains"}
Clip = NDArray[np.float32]


def clip_of(sentence: Sequence[str], random: np.random.Generator) -> Clip:
    """Each gloss holds its own pose for five to seven noisy frames."""
    poses = np.random.default_rng(99).normal(0, 1, (len(GLOSSES), DIMS))
    held = [np.repeat(poses[[GLOSSES.index(g)]], random.integers(5, 8), axis=0) for g in sentence]
    frames = np.concatenate(held)
    return (frames + random.normal(0, 0.1, frames.shape)).astype(np.float32)


def make_run(folder: Path, task: str, *, train: int = 16, dev: int = 6) -> Path:
    """A run directory of the task, with features, annotations and no training."""
    random = np.random.default_rng(0)
    for split, count in (("train", train), ("dev", dev)):
        if not count:
            continue
        (folder / "features" / split).mkdir(parents=True)
        rows = []
        for number in range(count):
            length = 1 if task == "classification" else random.integers(2, 4)
            sentence = [str(gloss) for gloss in random.choice(GLOSSES, size=length, replace=False)]
            name = f"{split}_{number:03d}"
            np.save(folder / "features" / split / f"{name}.npy", clip_of(sentence, random))
            texts = task in ("translation", "retrieval")
            rows.append((name, " ".join(WORDS[g] for g in sentence) if texts else " ".join(sentence)))
        column = {"classification": "label", "ctc": "gloss"}.get(task, "text")
        with (folder / f"{split}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, delimiter="|").writerows([("id", column), *rows])
    (folder / "config.json").write_text(json.dumps({"task": task, "lr": 0.001}))
    return folder


class MakeRun(Protocol):
    def __call__(self, folder: Path, task: str, *, train: int = 16, dev: int = 6) -> Path: ...


@pytest.fixture(name="make_run", scope="session")
def _make_run() -> MakeRun:
    return make_run
