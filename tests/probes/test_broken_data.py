"""Data that no model can learn from: the experiment blames them."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.programs import program

ROOT = Path(__file__).resolve().parents[2]


command = partial(program, "overfit", "--seconds", "60")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    root = tmp_path / "run"
    shutil.copytree(ROOT / "examples" / "healthy", root)
    return root


@pytest.mark.slow
def test_features_shuffled_among_samples_are_the_datas_fault(run: Path) -> None:
    for split in ("train", "dev"):
        paths = sorted((run / "features" / split).glob("*.npy"))
        clips = [np.load(path) for path in paths]
        order = np.random.default_rng(1).permutation(len(paths))
        for path, place in zip(paths, order):
            np.save(path, clips[place])

    done = command(run, "-q")

    assert done.returncode == 1, done.stderr
    assert done.stdout.split()[:3] == ["BLOCKED", "The", "data:"], done.stdout
    assert "reproduces" in done.stdout  # by heart, as any model can


@pytest.mark.slow
def test_clips_too_short_for_their_targets_are_the_datas_fault(run: Path) -> None:
    for path in sorted((run / "features").rglob("*.npy")):
        np.save(path, np.load(path)[::9])

    done = command(run, "--format", "json")

    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert report["findings"][0]["code"] == "CTC401"


@pytest.mark.slow
def test_equal_clips_with_different_targets_are_the_datas_fault(run: Path) -> None:
    one = np.load(run / "features" / "train" / "train_001.npy")
    for path in sorted((run / "features").rglob("*.npy")):
        np.save(path, one)

    done = command(run, "-q")

    assert done.returncode == 1, done.stderr
    assert "DATA AT FAULT   The fault is in the data: " in done.stdout, done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--model", "no_such_model"), "no reference model is called"),
        (("--model", "gone.py:build"), "there is no file"),
        (("--model", "sign2text"), "sign2text is for translation, and the task is ctc"),
    ],
)
def test_what_cannot_be_tried_is_exit_code_2(run: Path, arguments: tuple[str, ...], said: str) -> None:
    done = command(run, *arguments)

    assert done.returncode == 2
    assert said in " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_draws_the_curves(run: Path, tmp_path: Path) -> None:
    picture = tmp_path / "curves.png"
    done = program("overfit", run, "-q", "--picture", picture, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")
