"""What several conventions write alike."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from slrdoctor.models.dump import dump_outputs
from slrdoctor.simulation.records import Row, Run, Style
from slrdoctor.simulation.worlds import Sample
from slrdoctor.words.splits import SPLITS

LABEL = {"ctc": "gloss", "classification": "label", "retrieval": "text", "translation": "text"}
IN_PERCENT = ("dev_wer", "dev_accuracy", "dev_recall", "train_accuracy")
LOSSES = ("train_loss", "dev_loss", "first_loss")


def text(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8"))


def as_json(path: Path, value: Any, indent: int | None = 1) -> None:
    text(path, json.dumps(value, indent=indent, ensure_ascii=False) + "\n")


def table(rows: Iterable[Sequence[Any]], delimiter: str = ",", end: str = "\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue()


def splits_of(run: Run) -> list[str]:
    """Every split that has a sample, and the three that there should be."""
    return list(dict.fromkeys((*SPLITS, *(sample.split for sample in run.world.samples))))


def label_of(run: Run, sample: Sample) -> str:
    """The target of a sample, as one text."""
    return sample.text if LABEL[run.world.task] == "text" else " ".join(sample.glosses)


def logged(run: Run, style: Style, with_first: bool = False) -> list[Row]:
    """The history with the epochs, the losses and the shares as this style has them.

    `with_first`: with the loss of each epoch's first batch.
    """
    rows = []
    for row in run.history:
        now = {name: value for name, value in row.items() if with_first or name != "first_loss"}
        now["epoch"] = row["epoch"] - 1 + style.first_epoch
        for name, value in list(now.items()):
            if name in IN_PERCENT and style.percent:
                now[name] = 100 * value
            if name == "dev_bleu":  # nobody writes it as a share
                now[name] = 100 * value
            if name in LOSSES:
                now[name] = value * style.loss_factor
        rows.append(now)
    return rows


def renamed(rows: Iterable[Row], names: Mapping[str, str]) -> list[Row]:
    return [{names.get(name, name): value for name, value in row.items()} for row in rows]


def column(rows: Sequence[Row], name: str) -> list[float]:
    return [row.get(name, math.nan) for row in rows]


def dump(run: Run, folder: Path, batch: int = 16) -> None:
    """The outputs on dev, batch by batch, as an evaluation loop has them."""
    if run.outputs is None:
        return
    made = run.outputs
    for start in range(0, len(made.ids), batch):
        rows = slice(start, start + batch)
        given: dict[str, Any] = {made.kind: made.arrays[rows]}
        dump_outputs(folder, made.ids[rows], references=made.references[rows], **given)


def save(path: Path, value: Any) -> None:
    import torch

    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(value, path)
