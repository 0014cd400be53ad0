"""Small runs on disk whose features tell their labels, with a history that a test writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CLASSES, DIMS = 10, 24
WORDS = ["regen", "sonne", "wind", "nord", "sued", "schnee", "nebel", "warm", "kalt", "morgen"]
Clips = NDArray[np.float64]


def as_it_is(clips: Clips) -> Clips:
    return clips


def run_of_classes(
    root: Path,
    accuracy: float = 0.1,
    *,
    dev: Callable[[Clips], Clips] = as_it_is,
    train: Callable[[Clips], Clips] = as_it_is,
    loss: Sequence[float] = (2.3,) * 10,
    held_out: int = 60,
) -> Path:
    """Ten classes whose clips lie about a place of their own, and ten epochs at one dev accuracy."""
    rng = np.random.default_rng(5)
    homes = rng.normal(size=(CLASSES, DIMS))
    for split, count, change in (("train", 160, train), ("dev", held_out, dev)):
        labels = np.arange(count) % CLASSES
        clips = homes[labels][:, None, :] + rng.normal(size=(count, 20, DIMS)) * 0.8
        _store(root, split, change(clips), "label", [f"SIGN{label}" for label in labels])
    rows = [
        {"epoch": i + 1, "train_loss": loss, "dev_loss": 2.4, "dev_acc": accuracy}
        for i, loss in enumerate(loss)
    ]
    (root / "history.json").write_text(json.dumps(rows), encoding="utf-8")
    return root


def run_of_sentences(root: Path, column: str, scores: dict[str, float]) -> Path:
    """Clips that are made of their words one after the other, and ten epochs at the same scores."""
    rng = np.random.default_rng(6)
    homes = rng.normal(size=(len(WORDS), DIMS))
    for split, count in (("train", 240), ("dev", 60)):
        texts = [rng.choice(len(WORDS), size=4, replace=False) for _ in range(count)]
        clips = np.stack([np.repeat(homes[text], 6, axis=0) for text in texts])
        noisy = clips + rng.normal(size=clips.shape) * 0.6
        _store(root, split, noisy, column, [" ".join(WORDS[i] for i in text) for text in texts])
    rows = [{"epoch": i + 1, "train_loss": 3.0, **scores} for i in range(10)]
    (root / "history.json").write_text(json.dumps(rows), encoding="utf-8")
    return root


def shuffled(clips: Clips) -> Clips:
    return clips[np.random.default_rng(0).permutation(len(clips))]


def _store(root: Path, split: str, clips: Clips, column: str, labels: Sequence[str]) -> None:
    folder = root / "features" / split
    folder.mkdir(parents=True)
    lines = [f"id,{column}"]
    for i, (clip, label) in enumerate(zip(clips, labels, strict=True)):
        np.save(folder / f"{split}_{i:03d}.npy", clip.astype(np.float32))
        lines.append(f"{split}_{i:03d},{label}")
    (root / f"{split}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
