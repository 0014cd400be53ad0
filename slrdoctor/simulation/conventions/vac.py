"""As VAC_CSLR, CorrNet and their family: pickled dicts in npy, log.txt, dev.txt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import yaml

from slrdoctor.simulation.conventions import writing
from slrdoctor.simulation.records import Run, Style

CLOCK = "[ Mon Jan  5 10:00:00 2026 ]"


def write(run: Run, style: Style, root: Path) -> None:
    for sample in filter(lambda s: s.stored, run.world.samples):
        path = root / "features" / sample.split / f"{run.file_of(sample)}_features.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        _pickled(path, {"label": np.array(run.coder.encode(sample)), "features": sample.clip})
    for split in writing.splits_of(run):
        _pickled(root / f"{split}_info.npy", _entries(run, split))
    counts = [gloss for sample in run.rows("train") for gloss in sample.glosses]
    words = {
        token: [index, counts.count(token)]
        for index, token in enumerate(run.coder.tokens)
        if token != run.world.blank
    }
    _pickled(root / "gloss_dict.npy", words)
    writing.text(root / "config.yaml", yaml.safe_dump(run.config, sort_keys=False))
    _logs(run, style, root)
    for checkpoint in run.checkpoints.values():
        epoch = checkpoint["epoch"] - 1
        wer = 100 * run.history[epoch].get("dev_wer", 1.0) if epoch < len(run.history) else 100.0
        writing.save(
            root / f"dev_{wer:05.2f}_epoch{epoch + style.first_epoch}_model.pt",
            {
                "epoch": epoch + style.first_epoch,
                "model_state_dict": checkpoint["model"],
                "optimizer_state_dict": checkpoint["optimizer"],
                "scheduler_state_dict": {},
            },
        )
    if run.predictions:
        pairs = [{"id": i, "ref": " ".join(r), "hyp": " ".join(h)} for i, h, r in run.predictions]
        writing.as_json(root / "dev_predictions.json", pairs)
    writing.dump(run, root / "outputs" / "dev")


def _pickled(path: Path, value: dict[Any, Any]) -> None:
    np.save(path, np.array(value, dtype=object), allow_pickle=True)


def _entries(run: Run, split: str) -> dict[Any, Any]:
    """By number what is known of each sample, and a word on all of them."""
    entries: dict[Any, Any] = {"prefix": "phoenix"}
    for number, sample in enumerate(run.rows(split)):
        entries[number] = {
            "fileid": sample.name,
            "folder": f"{split}/{sample.name}/1/*.png",
            "signer": sample.signer,
            "label": " ".join(sample.glosses),
            "num_frames": str(sample.frames or len(sample.clip)),
            "original_info": f"{sample.name}|{' '.join(sample.glosses)}",
        }
    return entries


def _logs(run: Run, style: Style, root: Path) -> None:
    batches = -(-len(run.rows("train")) // run.recipe.batch)
    lines = [f"{CLOCK} Parameters: {run.config}", *run.log]
    scores = []
    for row in writing.logged(run, style, with_first=True):
        epoch = int(row["epoch"])
        lines += [
            f"{CLOCK} \tEpoch: {epoch}, Batch(0/{batches}) done. Loss: {row['first_loss']:.8f}  "
            f"lr:{row['learning_rate']:.6f}",
            f"{CLOCK} \tMean training loss: {row['train_loss']:.10f}.",
            f"{CLOCK} Dev WER: {row['dev_wer']:05.2f}%",
        ]
        scores.append(f"{CLOCK} \tEpoch {epoch}, dev {row['dev_wer']:05.2f}%")
    writing.text(root / "log.txt", "\n".join(lines) + "\n")
    writing.text(root / "dev.txt", "".join(f"{line}\n" for line in scores))
