"""As neccam/slt and its descendants: gzip pickles of records with their features in them."""

from __future__ import annotations

import gzip
import pickle
from pathlib import Path

import numpy as np
import yaml

from slrdoctor.simulation.conventions import writing
from slrdoctor.simulation.records import Row, Run, Style

STARTED = "2026-01-05 10:00:00,000"


def write(run: Run, style: Style, root: Path) -> None:
    import torch

    is_ctc = run.world.task == "ctc"
    for split in writing.splits_of(run):
        records = [
            {
                "name": f"{split}/{s.name}",
                "signer": s.signer,
                "gloss": " ".join(s.glosses) if is_ctc else "",
                "text": s.text,
                "sign": torch.from_numpy(np.ascontiguousarray(s.clip)),
            }
            for s in run.rows(split)
        ]
        packed = gzip.compress(pickle.dumps(records), compresslevel=1, mtime=0)
        root.mkdir(parents=True, exist_ok=True)
        (root / f"corpus.pami0.{split}").write_bytes(packed)
    tokens = run.coder.tokens
    if is_ctc:
        tokens = ["<si>" if token == run.world.blank else token for token in tokens]
    writing.text(root / ("gls.vocab" if is_ctc else "txt.vocab"), "\n".join(tokens) + "\n")
    writing.text(root / "config.yaml", yaml.safe_dump(run.config, sort_keys=False))
    _logs(run, style, root)
    _predictions(run, root)
    for name, checkpoint in run.checkpoints.items():
        writing.save(
            root / f"{name}.ckpt",
            {
                "steps": checkpoint["epoch"] * _steps(run),
                "model_state": checkpoint["model"],
                "optimizer_state": checkpoint["optimizer"],
                "scheduler_state": None,
                "best_ckpt_score": 0.0,
            },
        )
    writing.dump(run, root / "outputs" / "dev")


def _steps(run: Run) -> int:
    """Batches an epoch."""
    return -(-len(run.rows("train")) // run.recipe.batch)


def _logs(run: Run, style: Style, root: Path) -> None:
    lines, validations = [*run.log], []
    for row in writing.logged(run, style):
        epoch, step = int(row["epoch"]), int(row["epoch"]) * _steps(run)
        kind, unit = ("Recognition", "Gls") if run.world.task == "ctc" else ("Translation", "Txt")
        lines.append(
            f"{STARTED} [Epoch: {epoch:03d} Step: {step:08d}] Batch {kind} Loss: "
            f"{row['train_loss']:10.6f} => {unit} Tokens per Sec: {1200:8.0f} || "
            f"Lr: {row['learning_rate']:.6f}"
        )
        validations.append(_validation(row, step))
    writing.text(root / "train.log", "\n".join(lines) + "\n")
    writing.text(root / "validations.txt", "".join(f"{line}\n" for line in validations))


def _validation(row: Row, step: int) -> str:
    """A metric that is not measured is written as -1."""
    recognises = "dev_wer" in row
    loss, wer, score = row["dev_loss"], row.get("dev_wer", -1.0), row.get("dev_bleu", -1.0)
    losses = (loss, -1.0) if recognises else (-1.0, loss)
    return (
        f"Steps: {step}\tRecognition Loss: {losses[0]:.5f}\tTranslation Loss: {losses[1]:.5f}\t"
        f"PPL: -1.00000\tEval Metric: {'wer' if recognises else 'bleu'}\t"
        f"WER {wer:.2f}\t(DEL: -1.00,\tINS: -1.00,\tSUB: -1.00)\t"
        f"BLEU-4 {score:.2f}\t(BLEU-1: -1.00,\tBLEU-2: -1.00,\tBLEU-3: -1.00,\tBLEU-4: {score:.2f})\t"
        f"CHRF -1.00\tROUGE -1.00\tLR: {row['learning_rate']:.8f}\t"
    )


def _predictions(run: Run, root: Path) -> None:
    if not run.predictions:
        return
    kind = "gls" if run.world.task == "ctc" else "txt"
    step = len(run.history) * _steps(run)
    said = "".join(f"dev/{i}|{' '.join(h)}\n" for i, h, _ in run.predictions)
    wanted = "".join(f"dev/{i}|{' '.join(r)}\n" for i, _, r in run.predictions)
    writing.text(root / kind / f"{step}.dev.hyp.{kind}", said)
    writing.text(root / kind / f"references.dev.{kind}", wanted)
