"""What most people write who write it themselves: npy, csv, json, yaml, a few .pt files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import yaml

from slrdoctor.simulation.conventions import writing
from slrdoctor.simulation.records import Row, Run, Style


def write(run: Run, style: Style, root: Path) -> None:
    for sample in filter(lambda s: s.stored, run.world.samples):
        path = root / "features" / sample.split / f"{run.file_of(sample)}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, sample.clip)
    named = writing.LABEL[run.world.task]
    for split in writing.splits_of(run):
        header: list[tuple[Any, ...]] = [("id", named, "signer", "frames")]
        samples = run.rows(split)
        rows = [(s.name, writing.label_of(run, s), s.signer, s.frames) for s in samples]
        columns = 4 if any(s.frames for s in samples) else 3
        writing.text(root / f"{split}.csv", writing.table(r[:columns] for r in header + rows))
    tokens = {token: index for index, token in enumerate(run.coder.tokens)}
    writing.as_json(root / "vocabulary.json", tokens)
    writing.as_json(root / "history.json", _rows(run, style))
    writing.text(root / "config.yaml", yaml.safe_dump(run.config, sort_keys=False))
    if run.predictions:
        pairs = [
            {"id": i, "reference": " ".join(r), "hypothesis": " ".join(h)} for i, h, r in run.predictions
        ]
        writing.as_json(root / "dev_predictions.json", pairs)
    for name, checkpoint in run.checkpoints.items():
        writing.save(
            root / "checkpoints" / f"{name}.pt",
            {
                "epoch": checkpoint["epoch"] - 1 + style.first_epoch,
                "model_state_dict": checkpoint["model"],
                "optimizer_state_dict": checkpoint["optimizer"],
                "config": run.config,
            },
        )
    if run.log:
        lines = [*run.log, *(_line(row) for row in _rows(run, style))]
        writing.text(root / "train.log", "\n".join(lines) + "\n")
    writing.dump(run, root / "outputs" / "dev")


def _rows(run: Run, style: Style) -> list[Row]:
    return writing.renamed(writing.logged(run, style), {"dev_recall": "dev_recall@1"})


def _line(row: Row) -> str:
    told = ", ".join(f"{name}: {value:.4f}" for name, value in row.items() if name != "epoch")
    return f"2026-01-05 10:00:00 Epoch {int(row['epoch'])} - {told}"
