"""Containers: a h5 file a split with a data set a clip, json lines, a csv history with CRLF."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from slrdoctor.simulation.conventions import writing
from slrdoctor.simulation.records import Run, Style

NAMES = {
    "dev_loss": "val_loss", "dev_wer": "val_wer", "dev_accuracy": "val_acc", "dev_recall": "val_R@1",
    "dev_bleu": "val_bleu4", "dev_pos_sim": "val_pos_sim", "dev_neg_sim": "val_neg_sim",
    "learning_rate": "lr",
}  # fmt: skip


def write(run: Run, style: Style, root: Path) -> None:
    data = root / "data"
    data.mkdir(parents=True)
    for split in writing.splits_of(run):
        _split(run, split, data)
    if run.coder.tokenizer is None:
        writing.text(data / "vocab.txt", "\n".join(run.coder.tokens) + "\n")
    else:
        writing.as_json(data / "vocab.json", run.coder.tokens)
    rows = writing.renamed(writing.logged(run, style), NAMES)
    header = list(rows[0]) if rows else ["epoch", "train_loss", "val_loss"]
    lines_of: list[list[Any]] = [header, *(list(row.values()) for row in rows)]
    writing.text(root / "logs" / "metrics.csv", writing.table(lines_of, end="\r\n"))
    writing.as_json(root / "config.json", run.config)
    if run.predictions:
        pairs = [(i, " ".join(r), " ".join(h)) for i, h, r in run.predictions]
        header = ["video_id", "ground_truth", "predicted"]
        writing.text(root / "results" / "dev_predictions.csv", writing.table([header, *pairs]))
    for name, checkpoint in run.checkpoints.items():
        _checkpoint(root / f"model_{name}.pth", checkpoint, style)
    if run.log:
        writing.text(root / "logs" / "train.log", "\n".join(run.log) + "\n")
    writing.dump(run, root / "outputs" / "dev")


def _split(run: Run, split: str, data: Path) -> None:
    """A container of clips, and a line a sample."""
    import h5py

    named = writing.LABEL[run.world.task]
    with h5py.File(data / f"{split}.h5", "w") as file:
        for sample in run.rows(split):
            if sample.stored and run.file_of(sample) not in file:
                file.create_dataset(run.file_of(sample), data=sample.clip)
    rows = ({"id": s.name, named: writing.label_of(run, s), "signer": s.signer} for s in run.rows(split))
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    writing.text(data / f"{split}.jsonl", "".join(f"{line}\n" for line in lines))


def _checkpoint(path: Path, checkpoint: Mapping[str, Any], style: Style) -> None:
    stored = {
        "epoch": checkpoint["epoch"] - 1 + style.first_epoch,
        "state_dict": checkpoint["model"],
        "optimizer": checkpoint["optimizer"],
    }
    writing.save(path, stored)
