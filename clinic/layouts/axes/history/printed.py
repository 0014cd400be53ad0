"""The curves as programs print them."""

from __future__ import annotations

import json

from clinic.layouts.draft import DoesNotApply, Draft
from clinic.layouts.registry import value
from clinic.layouts.subject import Row

SCORE = {"dev_wer": "WER", "dev_accuracy": "Acc", "dev_bleu": "BLEU-4"}


@value
def log_of_lines(draft: Draft) -> None:
    """train.log: Epoch 3/22 - train_loss: 2.71 - dev_loss: ..."""
    total = len(draft.subject.history)
    lines = []
    for row in draft.logged():
        values = " - ".join(f"{k}: {v:.4f}" for k, v in row.items() if k != "epoch")
        lines.append(f"Epoch {int(row['epoch'])}/{total} - {values}")
    draft.text("train.log", "\n".join(lines) + "\n")


@value
def log_with_bars(draft: Draft) -> None:
    """train.log: epoch 3 | train loss 2.71 | val loss 1.93 | ..."""
    lines = [
        f"epoch {int(r['epoch'])} | train loss {r['train_loss']:.4f} | val loss {r['dev_loss']:.4f} | "
        f"val {_score(draft).lower()} {r[draft.subject.score]:.4f} | lr {r['learning_rate']:.2e}"
        for r in draft.logged()
    ]
    draft.text("train.log", "\n".join(lines) + "\n")


@value
def log_with_time(draft: Draft) -> None:
    """output.log: [2026-01-05 10:00:00][INFO] Epoch [3/22], Train Loss: 2.71, Val Loss: ..."""
    total = len(draft.subject.history)
    lines = [
        f"[2026-01-05 10:{i % 60:02d}:00,000][INFO] Epoch [{int(r['epoch'])}/{total}], "
        f"Train Loss: {r['train_loss']:.4f}, Val Loss: {r['dev_loss']:.4f}, "
        f"Val {_score(draft)}: {r[draft.subject.score]:.4f}"
        for i, r in enumerate(draft.logged())
    ]
    draft.text("output.log", "\n".join(lines) + "\n")


@value
def log_of_blocks(draft: Draft) -> None:
    """log.txt: a line for the epoch, one for training and one for validation"""
    lines = []
    for r in draft.logged():
        lines += [
            f"===== Epoch {int(r['epoch'])} =====",
            f"Train: loss={r['train_loss']:.4f} lr={r['learning_rate']:.6f}",
            f"Valid: loss={r['dev_loss']:.4f} {_score(draft).lower()}={r[draft.subject.score]:.4f}",
            "",
        ]
    draft.text("log.txt", "\n".join(lines))


@value
def log_with_percent_sign(draft: Draft) -> None:
    """train.log: Epoch: 3, loss: 2.71, dev WER: 12.30%"""
    lines = [
        f"Epoch: {int(r['epoch'])}, train loss: {r['train_loss']:.4f}, dev loss: {r['dev_loss']:.4f}, "
        f"dev {_score(draft)}: {_percent(draft, r):.2f}%"
        for r in draft.logged()
    ]
    draft.text("train.log", "\n".join(lines) + "\n")


@value
def log_of_keras(draft: Draft) -> None:
    """training.txt: what Keras prints with verbose=2"""
    total, lines = len(draft.subject.history), []
    for number, r in enumerate(draft.subject.history, start=1):
        score = _score(draft).lower() if draft.subject.task != "classification" else "accuracy"
        lines += [
            f"Epoch {number}/{total}",
            f"15/15 - 2s - 130ms/step - loss: {r['train_loss']:.4f} - val_loss: {r['dev_loss']:.4f} - "
            f"val_{score}: {r[draft.subject.score]:.4f}",
        ]
    draft.text("training.txt", "\n".join(lines) + "\n")


@value
def log_of_slurm(draft: Draft) -> None:
    """slurm-4711.out: modules and warnings before lines of epochs"""
    head = [
        "+ module load cuda/12.1",
        "/opt/conda/lib/python3.11/site-packages/torch/nn/modules/rnn.py:88: UserWarning: RNN module "
        "weights are not part of single contiguous chunk of memory.",
        f"Number of training samples: {len(draft.subject.of('train'))}",
    ]
    lines = [
        f"Epoch {int(r['epoch']):3d}  train_loss {r['train_loss']:.4f}  val_loss {r['dev_loss']:.4f}  "
        f"val_{_score(draft).lower()} {r[draft.subject.score]:.4f}  time 12.3s"
        for r in draft.logged()
    ]
    draft.text("slurm-4711.out", "\n".join([*head, *lines, "Done."]) + "\n")


@value
def notebook(draft: Draft) -> None:
    """train.ipynb: the lines of the epochs as the output of a cell"""
    lines = [
        f"Epoch {int(r['epoch'])}: train_loss={r['train_loss']:.4f}, val_loss={r['dev_loss']:.4f}, "
        f"val_{_score(draft).lower()}={r[draft.subject.score]:.4f}\n"
        for r in draft.logged()
    ]
    cell = {
        "cell_type": "code", "execution_count": 1, "metadata": {}, "source": ["train(model, loader)"],
        "outputs": [{"output_type": "stream", "name": "stdout", "text": lines}],
    }  # fmt: skip
    book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    draft.text("train.ipynb", json.dumps(book, indent=1) + "\n")


@value
def log_of_vac(draft: Draft) -> None:
    """log.txt as VAC and CorrNet print it: mean training loss and Dev WER"""
    if draft.subject.task != "ctc":
        raise DoesNotApply("this is the log of a recogniser of sequences")
    clock, lines = "[ Mon Jan  5 10:00:00 2026 ]", []
    for r in draft.logged():
        lines += [
            f"{clock} \tEpoch: {int(r['epoch'])}, Batch(0/15) done. Loss: {r['train_loss']:.8f}  "
            f"lr:{r['learning_rate']:.6f}",
            f"{clock} \tMean training loss: {r['train_loss']:.10f}.",
            f"{clock} Dev WER: {_percent(draft, r):05.2f}%",
        ]
    draft.text("log.txt", "\n".join(lines) + "\n")


@value
def validations_of_signjoey(draft: Draft) -> None:
    """train.log and validations.txt as signjoey writes them"""
    if draft.subject.task == "classification":
        raise DoesNotApply("signjoey knows sequences only")
    is_ctc = draft.subject.task == "ctc"
    kind, unit = ("Recognition", "Gls") if is_ctc else ("Translation", "Txt")
    lines, validations = [], []
    for r in draft.logged():
        step = 15 * (int(r["epoch"]) - draft.first_epoch + 1)
        lines.append(
            f"2026-01-05 10:00:00,000 [Epoch: {int(r['epoch']):03d} Step: {step:08d}] Batch {kind} "
            f"Loss: {r['train_loss']:10.6f} => {unit} Tokens per Sec: {1200:8.0f} || "
            f"Lr: {r['learning_rate']:.6f}"
        )
        losses = (r["dev_loss"], -1.0) if is_ctc else (-1.0, r["dev_loss"])
        rate, bleu = (_percent(draft, r), -1.0) if is_ctc else (-1.0, r["dev_bleu"])
        validations.append(
            f"Steps: {step}\tRecognition Loss: {losses[0]:.5f}\tTranslation Loss: {losses[1]:.5f}\t"
            f"PPL: -1.00000\tEval Metric: {'wer' if is_ctc else 'bleu'}\tWER {rate:.2f}\t"
            f"(DEL: -1.00,\tINS: -1.00,\tSUB: -1.00)\tBLEU-4 {bleu:.2f}\tCHRF -1.00\tROUGE -1.00\t"
            f"LR: {r['learning_rate']:.8f}\t"
        )
    draft.text("train.log", "\n".join(lines) + "\n")
    draft.text("validations.txt", "\n".join(validations) + "\n")


def _score(draft: Draft) -> str:
    return SCORE[draft.subject.score]


def _percent(draft: Draft, row: Row) -> float:
    shown = row[draft.subject.score]
    return shown if draft.percent or draft.subject.task == "translation" else 100 * shown
