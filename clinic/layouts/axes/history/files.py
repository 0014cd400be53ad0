"""The curves in files that programs write: tables, json, trackers."""

from __future__ import annotations

import json
import pickle
from typing import Any

import numpy as np
import yaml

from clinic.layouts.draft import Draft
from clinic.layouts.registry import plain, value
from clinic.layouts.subject import Row

KERAS = {
    "train_loss": "loss", "dev_loss": "val_loss", "dev_accuracy": "val_accuracy", "dev_wer": "val_wer",
    "dev_bleu": "val_bleu", "learning_rate": "lr",
}  # fmt: skip
TAGS = {
    "train_loss": "Loss/train", "dev_loss": "Loss/val", "dev_accuracy": "Accuracy/val",
    "dev_wer": "WER/val", "dev_bleu": "BLEU/val", "learning_rate": "lr", "grad_norm": "grad_norm",
}  # fmt: skip


@plain
def json_rows(draft: Draft) -> None:
    """history.json: a list with an object per epoch"""
    draft.json("history.json", draft.logged())


@value
def csv(draft: Draft) -> None:
    """history.csv: a row per epoch"""
    rows = draft.logged()
    draft.table("history.csv", [list(rows[0]), *(list(row.values()) for row in rows)])


@value
def csv_as_keras(draft: Draft) -> None:
    """training.log: the csv of Keras' CSVLogger, epochs from 0"""
    rows = _renamed(draft, KERAS)
    for number, row in enumerate(rows):
        row["epoch"] = number
    draft.table("training.log", [list(rows[0]), *(list(row.values()) for row in rows)])


@value
def csv_in_a_folder(draft: Draft) -> None:
    """logs/metrics.csv with the names of Keras"""
    rows = _renamed(draft, KERAS)
    draft.table("logs/metrics.csv", [list(rows[0]), *(list(row.values()) for row in rows)])


@value
def csv_of_steps(draft: Draft) -> None:
    """log.csv: a row per epoch by global step"""
    rows = [{"global_step": 15 * (i + 1), **row} for i, row in enumerate(draft.logged())]
    draft.table("log.csv", [list(rows[0]), *(list(row.values()) for row in rows)])


@value
def csv_of_lightning(draft: Draft) -> None:
    """lightning_logs/version_0/metrics.csv: rows of training and of validation separately"""
    rows = _renamed(draft, KERAS | {"train_loss": "train_loss"})
    dev = [name for name in rows[0] if name.startswith("val_")]
    train = [name for name in rows[0] if name not in dev and name != "epoch"]
    lines: list[list[Any]] = [["epoch", "step", *train, *dev]]
    for number, row in enumerate(rows, start=1):
        for part in (dev, train):
            values: dict[str, Any] = {name: row[name] for name in part}
            values |= {"epoch": number - 1, "step": 15 * number - 1}
            lines.append([values.get(name, "") for name in lines[0]])
    draft.table("lightning_logs/version_0/metrics.csv", lines)


@value
def json_lists(draft: Draft) -> None:
    """history.json: a list per curve, as Keras' History has it"""
    draft.json("history.json", _lists(_renamed(draft, KERAS)))


@value
def json_lines(draft: Draft) -> None:
    """log.txt: a json object per epoch and line"""
    draft.text("log.txt", "".join(json.dumps(row) + "\n" for row in draft.logged()))


@value
def trainer_state(draft: Draft) -> None:
    """trainer_state.json of the Trainer of Hugging Face"""
    entries: list[dict[str, Any]] = []
    for number, row in enumerate(draft.logged(), start=1):
        at = {"epoch": float(number), "step": 15 * number}
        told = {"loss": row["train_loss"], "learning_rate": row["learning_rate"]}
        entries += [{**told, "grad_norm": row["grad_norm"], **at}]
        score = draft.subject.score.removeprefix("dev_")
        entries += [{"eval_loss": row["dev_loss"], f"eval_{score}": row[draft.subject.score], **at}]
    state = {
        "best_metric": None,
        "global_step": 15 * len(draft.subject.history),
        "is_world_process_zero": True,
    }
    draft.json("trainer_state.json", {**state, "log_history": entries})


@value
def tensorboard(draft: Draft) -> None:
    """runs/exp/events.out.tfevents.*"""
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(str(draft.at("runs/exp/events").parent))
    for row in draft.logged():
        for name, tag in TAGS.items():
            if name in row:
                writer.add_scalar(tag, row[name], int(row["epoch"]))
    writer.close()


@value
def mlflow(draft: Draft) -> None:
    """mlruns/0/RUN/metrics/train_loss: time, value and step per line"""
    for name in list(draft.subject.history[0]):
        if name != "epoch":
            lines = (
                f"{1714560000000 + 1000 * int(row['epoch'])} {row[name]} {int(row['epoch'])}\n"
                for row in draft.logged()
            )
            draft.text(f"mlruns/0/0a1b2c3d4e5f60718293a4b5c6d7e8f9/metrics/{name}", "".join(lines))
    draft.text("mlruns/0/meta.yaml", "artifact_location: mlruns/0\nexperiment_id: '0'\nname: Default\n")


@value
def npy_of_lists(draft: Draft) -> None:
    """history.npy: a pickled dict of lists"""
    np.save(draft.at("history.npy"), np.array(_lists(draft.logged()), dtype=object), allow_pickle=True)


@value
def npz_of_curves(draft: Draft) -> None:
    """history.npz: an array per curve"""
    curves: dict[str, Any] = {k: np.array(v) for k, v in _lists(draft.logged()).items()}
    np.savez(draft.at("history.npz"), **curves)


@value
def pickled_lists(draft: Draft) -> None:
    """history.pkl: a dict of lists"""
    draft.at("history.pkl").write_bytes(pickle.dumps(_lists(draft.logged())))


@value
def in_yaml(draft: Draft) -> None:
    """history.yaml: a list with a mapping per epoch"""
    draft.text("history.yaml", yaml.safe_dump(draft.logged(), sort_keys=False))


@value
def a_file_an_epoch(draft: Draft) -> None:
    """metrics/epoch_003.json: an object per file"""
    for row in draft.logged():
        draft.json(f"metrics/epoch_{int(row['epoch']):03d}.json", row)


@value
def bare_curves(draft: Draft) -> None:
    """train_loss.txt: a number per line and a file per curve"""
    for name, values in _lists(draft.logged()).items():
        if name not in ("epoch", "grad_norm"):
            draft.text(f"{name}.txt", "".join(f"{v:.6f}\n" for v in values))


@value
def bare_arrays(draft: Draft) -> None:
    """train_losses.npy: an array per curve"""
    for name, values in _lists(draft.logged()).items():
        if name not in ("epoch", "grad_norm"):
            np.save(draft.at(f"{name}.npy"), np.array(values))


@value
def in_the_checkpoint(draft: Draft) -> None:
    """checkpoint["history"]: a list per curve, and no other history"""
    draft.beside_weights["history"] = _lists(draft.logged())


@value
def markdown(draft: Draft) -> None:
    """RESULTS.md: a table with a row per epoch"""
    rows = draft.logged()
    lines = [f"| {' | '.join(rows[0])} |", "|" + "---|" * len(rows[0])]
    for row in rows:
        cells = (f"{v:.0f}" if k == "epoch" else f"{v:.4f}" for k, v in row.items())
        lines.append(f"| {' | '.join(cells)} |")
    draft.text("RESULTS.md", "# Training\n\n" + "\n".join(lines) + "\n")


def _renamed(draft: Draft, names: dict[str, str]) -> list[Row]:
    return [{names.get(k, k): v for k, v in row.items()} for row in draft.logged()]


def _lists(rows: list[Row]) -> dict[str, list[float]]:
    return {name: [row[name] for row in rows] for name in rows[0]}
