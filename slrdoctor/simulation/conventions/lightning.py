"""As a Lightning project: an npz archive a split, metrics.csv, hparams.yaml, .ckpt files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import yaml

from slrdoctor.simulation.conventions import writing
from slrdoctor.simulation.records import Run, Style

VERSION = "2.4.0"
NAMES = {
    "dev_loss": "val_loss", "dev_wer": "val_wer", "dev_accuracy": "val_acc",
    "dev_recall": "val_recall@1",
    "dev_bleu": "val_bleu", "dev_pos_sim": "val_pos_sim", "dev_neg_sim": "val_neg_sim",
}  # fmt: skip


def write(run: Run, style: Style, root: Path) -> None:
    data, version = root / "data", root / "lightning_logs" / "version_0"
    data.mkdir(parents=True)
    version.mkdir(parents=True)
    named = writing.LABEL[run.world.task]
    for split in writing.splits_of(run):
        samples = run.rows(split)
        if samples:
            arrays: dict[str, Any] = {run.file_of(s): s.clip for s in samples if s.stored}
            np.savez(data / f"{split}.npz", **arrays)
        rows = [{"id": s.name, named: writing.label_of(run, s), "signer": s.signer} for s in samples]
        writing.as_json(data / f"{split}.json", rows)
    writing.as_json(data / "vocab.json", run.coder.tokens)
    writing.text(version / "hparams.yaml", yaml.safe_dump(run.config, sort_keys=False))
    _metrics(run, style, version)
    for name, checkpoint in run.checkpoints.items():
        epoch = checkpoint["epoch"] - 1
        step = checkpoint["epoch"] * _steps(run)
        file = f"epoch={epoch}-step={step}.ckpt" if name == "best" else "last.ckpt"
        writing.save(version / "checkpoints" / file, _checkpoint(run, checkpoint, epoch, step))
    if run.predictions:
        pairs = {i: {"hyp": " ".join(h), "ref": " ".join(r)} for i, h, r in run.predictions}
        writing.as_json(root / "dev_hyps.json", pairs)
    if run.log:
        writing.text(root / "train.log", "\n".join(run.log) + "\n")
    writing.dump(run, root / "outputs" / "dev")


def _steps(run: Run) -> int:
    return -(-len(run.rows("train")) // run.recipe.batch)


def _checkpoint(run: Run, checkpoint: dict[str, Any], epoch: int, step: int) -> dict[str, Any]:
    return {
        "epoch": epoch,
        "global_step": step,
        "pytorch-lightning_version": VERSION,
        "state_dict": {f"model.{name}": value for name, value in checkpoint["model"].items()},
        "callbacks": {},
        "optimizer_states": [checkpoint["optimizer"]],
        "lr_schedulers": [],
        "hyper_parameters": run.config,
    }


def _metrics(run: Run, style: Style, version: Path) -> None:
    """The CSV logger writes what validation gave and what training gave in rows of their own."""
    rows = writing.renamed(writing.logged(run, style), NAMES)
    names = list(rows[0]) if rows else ["epoch", "train_loss", "val_loss"]
    of_dev = [name for name in names if name.startswith("val_")]
    header = ["epoch", "step", *(name for name in names if name != "epoch")]
    lines: list[list[Any]] = [header]
    for number, row in enumerate(rows, start=1):
        for part in (of_dev, [name for name in names if name not in of_dev]):
            values = {n: row[n] for n in part} | {"epoch": int(row["epoch"])}
            values["step"] = number * _steps(run) - 1
            lines.append([values.get(name, "") for name in header])
    writing.text(version / "metrics.csv", writing.table(lines))
