"""Histories that trackers keep: TensorBoard's scalars, W&B's summary of a run."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from slrdoctor.artifacts.kinds.history.series import SeriesOfRun
from slrdoctor.artifacts.kinds.history.trees import MAIN, facts_beside, flat
from slrdoctor.artifacts.run import HistoryFile
from slrdoctor.words.series_names import meaning_of
from slrdoctor.words.splits import SPLIT_OF_SERIES

WANDB_SUMMARY = "W&B summary"  # the last values of a run, whether its epoch was finished or not
_METRIC = re.compile(r"(^|/)metrics/.*$")  # MLflow keeps a file a metric: the history is of all


def history_of_tracker(where: str, value: Any) -> tuple[HistoryFile, ...] | None:
    """The history that a tracker kept; None where the tree is none of theirs."""
    if isinstance(value, list) and value and all(_is_tag(record) for record in value):
        return _of_tensorboard(where, value)
    if isinstance(value, list) and value and all(_is_tracked(record) for record in value):
        return tuple(_of_tracked(where, value))
    if (
        isinstance(value, Mapping)
        and "_step" in value
        and {"_runtime", "_timestamp", "_wandb"} & set(value)
    ):
        return _of_wandb_summary(where, value)
    return None


def _is_tracked(record: Any) -> bool:
    return (
        isinstance(record, Mapping)
        and set(record) == {"run", "metrics", "config"}
        and all(_is_tag(metric) for metric in record["metrics"])
    )


def _of_tracked(where: str, runs: Sequence[Mapping[str, Any]]) -> Iterator[HistoryFile]:
    """The runs that MLflow or W&B kept, each with its config."""
    for run in runs:
        for history in _of_tensorboard(_METRIC.sub(r"\1metrics", where), run["metrics"]):
            facts = {"config": run["config"]} if run["config"] else {}
            yield dataclasses.replace(history, run=run["run"] if len(runs) > 1 else "", facts=facts)


def _is_tag(record: Any) -> bool:
    return (
        isinstance(record, Mapping)
        and set(record) == {"tag", "step", "value"}
        and isinstance(record["tag"], str)
        and all(_is_array(record[key]) for key in ("step", "value"))
    )


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "if"


def _of_tensorboard(where: str, records: Sequence[Mapping[str, Any]]) -> tuple[HistoryFile, ...]:
    """Scalars of an event file. Steps become epochs where a tag says which step is of which."""
    logged = next((record for record in records if record["tag"].lower() == "epoch"), None)
    of_step = (
        dict(zip(logged["step"].tolist(), logged["value"].tolist(), strict=False))
        if logged is not None
        else {}
    )
    above, _, folder = where.rpartition("/")[0].rpartition("/")
    curve = _curve_of(folder, records)
    # Keras writes one file in train/ and one in validation/, with the same tags
    split = SPLIT_OF_SERIES.get(folder.lower(), "")
    series = SeriesOfRun()
    rows: list[float] = []
    for record in records:
        tag, steps = curve or record["tag"], record["step"].tolist()
        meaning = meaning_of(tag)
        meaning = dataclasses.replace(meaning, split=meaning.split or split)
        if meaning.quantity in ("epoch", "step") or not len(steps):
            continue
        epochs = [of_step.get(step) for step in steps]
        several_an_epoch = len(set(epochs) - {None}) < len(epochs) - epochs.count(None)
        counts = meaning.per != "step" and _counts(steps) and not several_an_epoch
        whole = meaning.per == "epoch" or counts
        if not whole and all(e is not None for e in epochs) and len(set(epochs)) == len(epochs):
            whole, steps = True, epochs
        for step, value in zip(steps, record["value"].tolist(), strict=False):
            series.read(tag, meaning, float(step), float(value), "epoch" if whole else "step")
        if whole and len(steps) > len(rows):
            rows = [float(step) for step in steps]
    found = series.finished()
    if not curve and not any(s.quantity in MAIN or s.quantity == "negsim" for s in found):
        return ()
    return (HistoryFile(where, "", found, row_epochs=tuple(rows), folder=above if curve else None),)


def _curve_of(folder: str, records: Sequence[Mapping[str, Any]]) -> str:
    """The whole name of a curve of `SummaryWriter.add_scalars`, which makes a folder for each.

    `add_scalars("valid/wer", {"del": ...})` writes the tag valid/wer into the folder valid_wer_del.
    """
    tags = {record["tag"] for record in records}
    if len(tags) != 1:
        return ""
    (tag,) = tags
    start = tag.replace("/", "_") + "_"
    return f"{tag}/{folder[len(start) :]}" if folder.startswith(start) and folder != start else ""


def _counts(steps: Sequence[float]) -> bool:
    """Whether steps are 0, 1, 2 ... or 1, 2, 3 ...: counts of epochs, short of a training's steps."""
    first = steps[0]
    return (
        first in (0, 1)
        and len(steps) <= 5_000
        and all(step == first + i for i, step in enumerate(steps))
    )


def _of_wandb_summary(where: str, summary: Mapping[str, Any]) -> tuple[HistoryFile, ...]:
    """The last values that W&B kept: one point a series."""
    epoch = summary.get("epoch", summary.get("Epoch"))
    per = "epoch" if isinstance(epoch, (int, float)) else "step"
    at = epoch if isinstance(epoch, (int, float)) else summary["_step"]
    if not isinstance(at, (int, float)):
        return ()
    series = SeriesOfRun()
    for name, value in flat(summary, "", 0):
        meaning = meaning_of(name)
        if (
            isinstance(value, (int, float))
            and not name.startswith("_")
            and meaning.quantity not in ("epoch", "step", "other")
        ):
            series.read(name, meaning, float(at), float(value), per)
    if not any(scalar.quantity in MAIN for scalar in series.finished()):
        return ()
    return (
        HistoryFile(where, "", series.finished(), facts={"log": WANDB_SUMMARY, **facts_beside(summary)}),
    )
