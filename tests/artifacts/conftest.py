"""A run to which the tests of outputs add what a model gave."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.artifacts.output_files import FRAMES, IDS, RNG, TOKENS


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A run with features, annotations and a vocabulary, to which outputs are added."""
    (tmp_path / "features" / "dev").mkdir(parents=True)
    for name in IDS:
        values = RNG.normal(size=(FRAMES, 42)).astype(np.float32)
        np.save(tmp_path / "features" / "dev" / f"{name}.npy", values)
    rows = "".join(f"{name}|G1 G2\n" for name in IDS)
    (tmp_path / "dev.csv").write_text(f"id|gloss\n{rows}", encoding="utf-8")
    tokens = {token: i for i, token in enumerate(TOKENS)}
    (tmp_path / "vocabulary.json").write_text(json.dumps(tokens), encoding="utf-8")
    return tmp_path
