"""Faults that leave every file sound: features and labels that do not belong together, another scale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import slrdoctor

Run = Any  # RunInMemory of conftest.py
LAYOUTS = ("npy and csv", "h5 and jsonl", "signjoey", "vac")


def shuffle_features(run: Run) -> None:
    for split in ("train", "dev"):
        names = [n for n, s in run.splits.items() if s == split]
        clips = [run.clips[n] for n in names]
        for name, place in zip(names, np.random.default_rng(5).permutation(len(names))):
            run.clips[name] = clips[place]


def store_noise(run: Run) -> None:
    rng = np.random.default_rng(6)
    for name, clip in run.clips.items():
        run.clips[name] = (0.5 + 0.1 * rng.normal(size=clip.shape)).astype(np.float32)


def shift_labels(run: Run) -> None:
    train = [i for i, (_, split, _) in enumerate(run.rows) if split == "train"]
    glosses = [run.rows[i][2] for i in train]
    for i, moved in zip(train, glosses[1:] + glosses[:1]):
        run.rows[i] = (*run.rows[i][:2], moved)


def leave_dev_in_pixels(run: Run) -> None:
    for name, split in run.splits.items():
        if split == "dev":
            run.clips[name] = run.clips[name] * 640


def standardise_train_only(run: Run) -> None:
    train = [n for n, s in run.splits.items() if s == "train"]
    frames = np.concatenate([run.clips[n] for n in train])
    for name in train:
        run.clips[name] = (run.clips[name] - frames.mean(0)) / frames.std(0)


CASES = [
    ("FEA114", shuffle_features),
    ("FEA114", store_noise),
    ("LAB209", shift_labels),
    ("FEA112", leave_dev_in_pixels),
    ("FEA112", standardise_train_only),
]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("code", "put"), CASES, ids=[put.__name__ for _, put in CASES])
def test_the_first_cause_is_the_fault_that_was_put_in(
    healthy_run: Run,
    written: Callable[[Run, str], Path],
    code: str,
    put: Callable[[Run], None],
    layout: str,
) -> None:
    run = healthy_run.copy()
    put(run)

    report = slrdoctor.scan(written(run, layout))

    assert not report.crashed, report.crashed
    said = [(d.check.code, d.finding.message) for d in report.diagnoses]
    assert said and said[0][0] == code, said


@pytest.mark.parametrize("layout", LAYOUTS)
def test_probes_look_at_the_healthy_run_and_find_nothing(
    healthy_run: Run, written: Callable[[Run, str], Path], layout: str
) -> None:
    report = slrdoctor.scan(written(healthy_run, layout), select=["FEA112", "FEA114", "LAB209"])

    assert {entry.code for entry in report.passed} == {"FEA112", "FEA114", "LAB209"}
