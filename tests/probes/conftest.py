"""An experiment on the bundled examples, as `slrdoctor overfit` makes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from slrdoctor.core.registry import Unavailable
from slrdoctor.core.report import Report
from slrdoctor.examination.scan import overfit
from slrdoctor.probes.crossover import Crossover
from slrdoctor.probes.experiment import Experiment

ROOT = Path(__file__).resolve().parents[2]
MODELS = Path(__file__).with_name("user_models.py")
Tried = tuple[Report, Crossover | Unavailable]


@pytest.fixture(scope="session")
def tried() -> Callable[[str], Tried]:
    """A model of user_models.py on five samples of the healthy example; each is tried once."""
    known: dict[str, Tried] = {}

    def run(name: str) -> Tried:
        if name not in known:
            experiment = Experiment(seconds=60, model=f"{MODELS}:{name}" if name else "")
            known[name] = overfit(ROOT / "examples" / "healthy", experiment=experiment)
        return known[name]

    return run
