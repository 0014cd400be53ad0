"""Experiments on other data beside a run: each is taken by itself, with what lies in its folder."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import slrdoctor
from slrdoctor.artifacts.directory.discovery import discover
from slrdoctor.artifacts.run import DataSet, TrainingRun

OURS = ("RAIN", "SUN", "WIND", "SNOW", "CLOUD", "NORTH")
THEIRS = tuple(f"OTHER{letter}" for letter in "ABCDEFGHIJKLMNOPQRST")
WHOLE = frozenset(("features", "annotations", "vocabulary", "checkpoint"))


def experiment(
    folder: Path,
    glosses: tuple[str, ...],
    size: int,
    prefix: str,
    parts: frozenset[str] = WHOLE,
    outputs: int = 0,
) -> None:
    """A run with a history, on data of its own or without them."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(size)
    rows = "".join(f"{e},{4 * 0.85**e + 0.2:.4f},{4 * 0.87**e + size / 100:.4f}\n" for e in range(1, 21))
    (folder / "history.csv").write_text("epoch,train_loss,val_loss\n" + rows)
    ids = [f"{prefix}{i}" for i in range(30)]
    if "features" in parts:
        (folder / "features").mkdir()
        for name in ids:
            np.save(folder / f"features/{name}.npy", chance.normal(size=(25, size)).astype(np.float32))
    if "annotations" in parts:
        lines = [f"{name},{' '.join(chance.choice(glosses, 3))}\n" for name in ids]
        (folder / "train.csv").write_text("id,gloss\n" + "".join(lines))
    if "vocabulary" in parts:
        held = {"<blank>": 0} | {gloss: i + 1 for i, gloss in enumerate(glosses)}
        (folder / "vocab.json").write_text(json.dumps(held))
    if "checkpoint" in parts:
        classes = outputs or len(glosses) + 1
        state = {
            "proj.weight": torch.randn(16, size), "proj.bias": torch.randn(16),
            "head.weight": torch.randn(classes, 16), "head.bias": torch.randn(classes),
        }  # fmt: skip
        torch.save({"model": state, "epoch": 20}, folder / "best.pt")


def cases(root: Path) -> dict[str, tuple[DataSet, tuple[TrainingRun, ...]]]:
    return {data.name: (data, runs) for data, runs in discover(root).cases}


@pytest.mark.parametrize("folder", ["exp_other", "experiments/autsl_v2", "a_first", "runs/mine"])
@pytest.mark.parametrize(
    "parts",
    [
        WHOLE,
        WHOLE - {"features"},
        WHOLE - {"annotations"},
        frozenset(("vocabulary", "checkpoint")),
        frozenset(("checkpoint",)),
    ],
)
def test_a_run_on_other_data_has_what_lies_in_its_folder(
    parts: frozenset[str], folder: str, tmp_path: Path
) -> None:
    experiment(tmp_path, OURS, 30, "clip")
    experiment(tmp_path / folder, THEIRS, 54, "video", parts)

    found = cases(tmp_path)

    assert list(found) == ["", folder]
    (ours, (run,)), (theirs, (other,)) = found.values()
    assert [v.where for v in ours.vocabularies] == ["vocab.json"]
    assert [c.where for c in run.checkpoints] == ["best.pt"]
    assert len(theirs.vocabularies) == ("vocabulary" in parts)
    assert [c.where for c in other.checkpoints] == [f"{folder}/best.pt"]
    assert "LAB210" not in {f["code"] for f in slrdoctor.scan(tmp_path).findings}


@pytest.mark.parametrize(("ours", "theirs"), [(11, 0), (0, 13)])
def test_a_head_that_does_not_fit_its_own_vocabulary_is_found_in_either(
    ours: int, theirs: int, tmp_path: Path
) -> None:
    experiment(tmp_path, OURS, 30, "clip", outputs=15 * bool(ours))
    experiment(tmp_path / "exp_other", THEIRS, 54, "video", outputs=7 * bool(theirs))

    (finding,) = (f for f in slrdoctor.scan(tmp_path).findings if f["code"] == "LAB210")

    assert ("exp_other/best.pt" in finding["message"]) is bool(theirs)


@pytest.mark.parametrize("parts", [frozenset(("vocabulary", "checkpoint")), frozenset(("checkpoint",))])
def test_runs_on_the_same_data_share_them(parts: frozenset[str], tmp_path: Path) -> None:
    experiment(tmp_path, OURS, 30, "clip")
    experiment(tmp_path / "runs/second", OURS, 30, "clip", parts)

    ((data, runs),) = discover(tmp_path).cases

    assert len(data.features[0].clips) == 30 and len(runs) == 2


def test_a_history_in_a_folder_with_a_list_of_other_words_is_still_of_the_only_run(
    tmp_path: Path,
) -> None:
    experiment(tmp_path, OURS, 30, "clip", WHOLE - {"checkpoint"})
    (tmp_path / "history.csv").unlink()
    experiment(tmp_path / "exp", THEIRS, 30, "clip", frozenset(("vocabulary", "checkpoint")), 7)

    ((data, (run,)),) = discover(tmp_path).cases

    assert data.features and run.histories
