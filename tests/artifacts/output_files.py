"""A run to which the tests of outputs add what a model gave."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.run import OutputFile
from tests.folders import only_case

RNG = np.random.default_rng(0)
IDS = [f"clip{i}" for i in range(6)]
TOKENS = ["<blank>", *(f"G{i}" for i in range(8))]
FRAMES = 20
Floats = NDArray[np.float32]


def log_probs(*shape: int) -> Floats:
    values = RNG.normal(size=(*shape, len(TOKENS)))
    return np.asarray(values - np.log(np.exp(values).sum(-1, keepdims=True)), np.float32)


def only_output(root: Path) -> OutputFile:
    """The one output; features and annotations must be what they were without it."""
    data, run = only_case(root)
    assert [s.where for s in data.features] == ["features/dev"]
    assert [a.where for a in data.annotations] == ["dev.csv"]
    assert [v.where for v in data.vocabularies] == ["vocabulary.json"]
    [output] = run.outputs
    return output
