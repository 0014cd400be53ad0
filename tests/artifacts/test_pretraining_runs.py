"""A run that only prepared weights, and several data sets with a run each."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import slrdoctor

LEARNS = [0.25, 0.4375, 0.5625, 0.6875, 0.75, 0.8125, 0.8125, 0.875, 0.875, 0.875]
GUESSES = [0.25, 0.2, 0.3, 0.25, 0.25, 0.3, 0.2, 0.25, 0.25, 0.25]


def data(folder: Path, words: tuple[str, ...], name: str, points: int = 30) -> None:
    """Clips [24, points] of two splits, in folder/clips, and their tables."""
    draw = np.random.default_rng(len(name))
    (folder / "clips").mkdir(parents=True)
    for split, count in (("train", 48), ("val", 16)):
        rows = [(f"{name}{split}{i}", words[i % len(words)]) for i in range(count)]
        (folder / f"{split}.csv").write_text("id,label\n" + "".join(f"{i},{w}\n" for i, w in rows))
        for clip, word in rows:
            values = draw.normal(words.index(word), 1, (24, points)).cumsum(axis=0) / 10
            np.save(folder / "clips" / f"{clip}.npy", values.astype(np.float32))


def run(path: Path, accuracy: list[float], name: str = "", words: tuple[str, ...] = ()) -> None:
    loss = [math.log(4) * (1 - a) / 0.75 for a in accuracy]
    rows = "".join(
        f"{e},{v:.4f},{v * 1.1:.4f},{a}\n"
        for e, (v, a) in enumerate(zip(loss, accuracy, strict=True), 1)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"epoch,train_loss,val_loss,val_acc\n{rows}")
    if words:
        right = max(accuracy) > 0.5
        pairs = [(words[i % 4], words[i % 4 if right and i > 1 else 0 if i else 1]) for i in range(16)]
        lines = "".join(f"{name}val{i},{r},{h}\n" for i, (r, h) in enumerate(pairs))
        (path.parent / "val_predictions.csv").write_text(f"id,label,prediction\n{lines}")


def pretraining(path: Path, loss: str) -> None:
    rows = "".join(f"{e},{6 * 0.93**e:.3f},{6.2 * 0.94**e:.3f}\n" for e in range(1, 13))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"epoch,{loss},val_{loss}\n{rows}")


WORDS = ("CASA", "AGUA", "COMER", "LIBRO")
OTHER = ("haus", "hund", "brot", "buch")
PREPARING = [
    ("pretrain/log.csv", "loss"),
    ("stage1_contrastive/metrics.csv", "loss"),
    ("a/history.csv", "mlm_loss"),
    ("vortraining/verlauf.csv", "loss"),
    ("ssl/log.csv", "recon_loss"),
]


@pytest.mark.parametrize(("where", "loss"), PREPARING)
@pytest.mark.parametrize("accuracy", [LEARNS, GUESSES], ids=["sound", "broken"])
def test_a_pretraining_without_scores_leaves_the_verdict_to_what_came_of_it(
    where: str, loss: str, accuracy: list[float], tmp_path: Path
) -> None:
    data(tmp_path, WORDS, "a")
    pretraining(tmp_path / where, loss)
    run(tmp_path / "finetune" / "log.csv", accuracy, "a", WORDS)
    report = slrdoctor.scan(tmp_path)
    assert report.verdict == ("healthy" if accuracy is LEARNS else "broken")
    verdicts = {one.name: one.verdict for one in report.runs}
    assert verdicts[where.split("/")[0]] == "pretraining"
    assert not any(where.split("/")[0] in f["cases"] for f in report.findings)


def test_a_config_says_which_run_another_began_with(tmp_path: Path) -> None:
    data(tmp_path, WORDS, "a")
    pretraining(tmp_path / "exp01" / "log.csv", "loss")
    run(tmp_path / "exp02" / "log.csv", LEARNS, "a", WORDS)
    assert slrdoctor.scan(tmp_path).verdict == "unknown"
    (tmp_path / "exp02" / "config.yaml").write_text("model:\n  init_from: exp01/best.pt\n")
    report = slrdoctor.scan(tmp_path)
    assert report.verdict == "healthy"
    assert {one.name: one.verdict for one in report.runs}["exp01"] == "pretraining"


def test_a_pretraining_alone_is_a_run_as_any(tmp_path: Path) -> None:
    data(tmp_path, WORDS, "a")
    pretraining(tmp_path / "pretrain" / "log.csv", "loss")
    report = slrdoctor.scan(tmp_path)
    assert report.verdict != "healthy" and not any(r.verdict == "pretraining" for r in report.runs)


@pytest.mark.parametrize("broken", ["", "one", "two"])
def test_two_data_sets_with_a_run_each_are_judged_with_their_own_clips(
    broken: str, tmp_path: Path
) -> None:
    for name, words, points in (("one", WORDS, 30), ("two", OTHER, 44)):
        data(tmp_path / name, words, name, points)
        run(tmp_path / name / "log.csv", GUESSES if broken == name else LEARNS, name, words)
    report = slrdoctor.scan(tmp_path)
    assert report.verdict == ("broken" if broken else "healthy")
    clips = {a["path"]: a["samples"] for a in report.run["artifacts"] if a["kind"] == "features"}
    assert sorted(clips.values()) == [64, 64]
    assert sum(one.verdict == "learned" for one in report.runs) == (1 if broken else 2)
