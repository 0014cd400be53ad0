"""Experiments on a tiny run, as `slrdoctor overfit` makes them: in a child process, or in this one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.core.registry import Unavailable
from slrdoctor.core.report import Report
from slrdoctor.examination.overfit import overfit
from slrdoctor.probes import fitting, trials
from slrdoctor.probes.crossover import Crossover
from slrdoctor.probes.experiment import Experiment
from slrdoctor.probes.typed_json import to_json

MODELS = Path(__file__).with_name("user_models.py")
SENTENCES = {"a": "BOOK GO", "b": "GO HOUSE", "c": "HOUSE BOOK GO"}
FRAMES, VALUES = 16, 8
STEPS = 240  # in this process: with five seeds a sound model needed 70 to 90 of them
Tried = Callable[[str], tuple[Report, Crossover | Unavailable]]


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three clips of 16 frames and 8 values, whose glosses look different from each other."""
    root, rng = tmp_path_factory.mktemp("tiny"), np.random.default_rng(0)
    looks = {gloss: 2 * rng.normal(size=VALUES) for gloss in ("BOOK", "GO", "HOUSE")}
    (root / "features" / "train").mkdir(parents=True)
    for number, (name, glosses) in enumerate(SENTENCES.items()):
        clip = 0.1 * rng.normal(size=(FRAMES - 2 * number, VALUES))
        signs = glosses.split()
        for part, gloss in zip(np.array_split(np.arange(len(clip)), len(signs)), signs):
            clip[part[:-1]] += looks[gloss]
        np.save(root / "features" / "train" / f"{name}.npy", clip.astype(np.float32))
    rows = [f"{name}|{glosses}" for name, glosses in SENTENCES.items()]
    (root / "train.csv").write_text("\n".join(["id|gloss", *rows]) + "\n", encoding="utf-8")
    vocabulary = {"<blank>": 0} | {gloss: i for i, gloss in enumerate(looks, start=1)}
    (root / "vocabulary.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    return root


def _experiment(name: str) -> Experiment:
    model = f"{MODELS}:{name}" if name else ""
    return Experiment(samples=len(SENTENCES), seconds=600, model=model, device="cpu")


@pytest.fixture(scope="session")
def tried(tiny_run: Path) -> Tried:
    """A model of user_models.py, or the reference model, in a child process; each is tried once."""
    known: dict[str, tuple[Report, Crossover | Unavailable]] = {}

    def run(name: str) -> tuple[Report, Crossover | Unavailable]:
        if name not in known:
            result = overfit(tiny_run, experiment=_experiment(name))
            known[name] = result.report, result.crossover
        return known[name]

    return run


@pytest.fixture
def tried_here(tiny_run: Path, monkeypatch: pytest.MonkeyPatch) -> Tried:
    """The same in this process: without controls, with one learning rate, and with few steps.

    So the answer does not hang on the time that a machine takes for a step.
    """
    from slrdoctor.probes.child import Child
    from slrdoctor.probes.handles import UserHandle

    def in_this_process(_module: str, folder: Path, *_: Any, **__: Any) -> dict[str, Any]:
        child = Child(folder)
        child.request = replace(child.request, with_controls=False)
        found: dict[str, Any] = json.loads(to_json(child.run()))
        return found

    monkeypatch.setattr(trials, "run_in_child", in_this_process)
    monkeypatch.setattr(UserHandle, "rates", (6e-3,))
    monkeypatch.setattr(fitting, "MOST_STEPS", STEPS)

    def run(name: str) -> tuple[Report, Crossover | Unavailable]:
        result = overfit(tiny_run, experiment=_experiment(name))
        return result.report, result.crossover

    return run
