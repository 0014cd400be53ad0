"""As in the tutorials: a folder a class with a file a clip, and what Keras calls a history."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from slrdoctor.simulation.conventions import writing
from slrdoctor.simulation.records import Run, Style

NAMES = {
    "train_loss": "loss", "dev_loss": "val_loss", "train_accuracy": "accuracy",
    "dev_accuracy": "val_accuracy", "learning_rate": "lr",
}  # fmt: skip


def write(run: Run, style: Style, root: Path) -> None:
    for sample in run.world.samples:
        folder = root / "data" / sample.split / sample.glosses[0]
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / f"{sample.name}.npy", sample.clip)
    writing.text(root / "classes.txt", "\n".join(run.coder.tokens) + "\n")
    rows = writing.renamed(writing.logged(run, style), NAMES)
    names = [name for name in (rows[0] if rows else ()) if name != "epoch"]
    writing.as_json(root / "history.json", {name: writing.column(rows, name) for name in names})
    writing.as_json(root / "config.json", run.config)
    for name, checkpoint in run.checkpoints.items():
        writing.save(root / f"{name}_model.pt", checkpoint["model"])
    if run.predictions:
        pairs = [("file", "true", "predicted"), *((i, *r, *(h or ("",))) for i, h, r in run.predictions)]
        writing.text(root / "predictions_val.csv", writing.table(pairs))
    if run.log:
        writing.text(root / "train.log", "\n".join(run.log) + "\n")
