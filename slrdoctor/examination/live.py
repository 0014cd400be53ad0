"""Examine a model and its loaders inside a training script, in the user's own process."""

from __future__ import annotations

import itertools
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence, Sized
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from slrdoctor.artifacts.settings.read import NAME
from slrdoctor.artifacts.settings.write import Setting, settings_text
from slrdoctor.core import packs
from slrdoctor.core.registry import REGISTRY
from slrdoctor.core.report import Report
from slrdoctor.core.roles import Extent
from slrdoctor.models.batches import Batch
from slrdoctor.models.loaders import NotUnderstood, understand
from slrdoctor.models.scores import Scorer, are_log_probabilities, as_in_evaluation

BATCHES = 16  # of each loader: enough to judge, and a scan must not cost an epoch
AGAIN = 'slrdoctor.examine(model, train_loader, dev_loader, select=["CODE"])'
LONGEST = 200  # bytes of a file's name, of the 255 that there may be

__all__ = ["NotUnderstood", "examine"]


def examine(
    model: Any,
    train_loader: Iterable[Any],
    dev_loader: Iterable[Any] | None = None,
    *,
    vocabulary: Sequence[str] | Mapping[str, int] | None = None,
    blank: int | str | None = None,
    task: str = "",
    history: Sequence[Mapping[str, float]] | None = None,
    batches: int = BATCHES,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> Report:
    """Run `model` in eval mode over a bounded number of batches and scan what goes in and comes out.

    Batches are tuples or dicts of features [B, T, ...], targets and lengths, in any order: what
    is what is found by name and shape. The model is called with the features, and with the
    lengths where it takes them; its mode and gradients are left as they were. `history` is the
    log so far, an entry an epoch. Raises NotUnderstood for a batch or an output that cannot be
    told apart, and whatever the model raises.
    """
    from slrdoctor.examination.scan import scan

    with tempfile.TemporaryDirectory(prefix="slrdoctor-") as folder:
        root = Path(folder)
        index = _indices(vocabulary)
        blank = "last" if blank == -1 else blank
        _write_words(root, index, history)
        writer = _Splits(root, model, {i: token for token, i in index.items()}, blank)
        taken = [
            writer.write(split, loader, batches)
            for split, loader in (("train", train_loader), ("dev", dev_loader))
            if loader is not None
        ]
        cut = batches if any(n >= batches for n in taken) else None
        _write_settings(root, blank, task, writer.stride, cut)
        # nothing is left of the folder when a reader wants to verify
        return replace(scan(root, select=select, ignore=ignore), again=AGAIN)


def _indices(vocabulary: Sequence[str] | Mapping[str, int] | None) -> dict[str, int]:
    if isinstance(vocabulary, Mapping):
        return {str(token): int(index) for token, index in vocabulary.items()}
    return {str(token): index for index, token in enumerate(vocabulary or ())}


def _write_words(
    root: Path, index: Mapping[str, int], history: Sequence[Mapping[str, float]] | None
) -> None:
    if index:
        _write(root / "vocabulary.json", json.dumps(dict(index)))
    if history is not None:
        rows = [{key: _number(value) for key, value in row.items()} for row in history]
        _write(root / "history.json", json.dumps(rows))


def _write_settings(
    root: Path, blank: int | str | None, task: str, stride: int, batches: int | None
) -> None:
    """`stride` is 0 where it is unknown; `batches` were taken of loaders which may have more."""
    reason = f"{batches} batches of a loader do not show the whole data set: give examine() more"
    sections = {
        "vocabulary": [Setting("blank", blank)] if blank is not None else [],
        "model": [
            *([Setting("task", task)] if task else []),
            *([Setting("stride", stride, "as the model was called")] if stride else []),
        ],
        "ignore": [Setting(code, reason) for code in _of_every_sample()] if batches is not None else [],
    }
    _write(root / NAME, settings_text(sections))


def _of_every_sample() -> list[str]:
    """What some batches of a data set would mislead."""
    packs.load_all()
    return [code for code, check in REGISTRY.checks.items() if check.extent is Extent.EVERY_SAMPLE]


def _number(value: Any) -> Any:
    """A number of any framework as Python's; anything else as it is written."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    return float(value) if hasattr(value, "__float__") else str(value)


class _Splits:
    """Writes what loaders give, and what the model makes of dev, as a run directory."""

    def __init__(
        self, root: Path, model: Any, tokens: Mapping[int, str], blank: int | str | None
    ) -> None:
        self._root, self._model, self._tokens = root, model, tokens
        classes = max(tokens, default=-1) + 1
        self._scores = Scorer(model, {classes, classes + 1} if tokens else ())
        last = {classes} if blank == "last" else set[int]()  # behind the tokens, else one of them
        padding = {i for i, token in tokens.items() if token.strip("<>[]").lower() in ("pad", "blank")}
        # the blank is no gloss: in a target without a length it is padding
        self._padding = padding | last | ({blank} if isinstance(blank, int) else set())

    @property
    def stride(self) -> int:
        return self._scores.stride

    def write(self, split: str, loader: Iterable[Any], most: int) -> int:
        """How many batches it took; 0 where the loader says that these are all."""
        from slrdoctor.models.dump import dump_outputs

        known: dict[str, tuple[int, ...]] = {}
        taken = 0
        path = self._root / f"{split}.jsonl"
        with as_in_evaluation(self._model), path.open("w", encoding="utf-8") as annotations:
            for raw in itertools.islice(loader, most):
                taken += 1
                batch = understand(raw, self._padding)
                ids = self._ids(split, batch, known)
                self._write_features(split, ids, batch)
                for name, target in zip(ids, batch.references, strict=True):
                    glosses = [self._tokens.get(index, str(index)) for index in target]
                    line = json.dumps({"id": name, "gloss": glosses}, ensure_ascii=False)
                    annotations.write(line + "\n")
                if split == "dev":
                    scores = self._scores(batch)
                    # logits are no fault here: the loss may take the log-softmax itself
                    given = "log_probs" if are_log_probabilities(scores) else "logits"
                    dump_outputs(self._root / "outputs" / split, ids, **{given: scores})
        return 0 if _has_at_most(loader, most) else taken

    def _ids(self, split: str, batch: Batch, known: dict[str, tuple[int, ...]]) -> list[str]:
        """The loader's names, each as a path below a folder; a number where two samples have one."""
        ids = []
        for place, target in enumerate(map(tuple, batch.references)):
            name = _below(batch.ids[place]) if batch.ids else ""
            if not name or known.get(name, target) != target or name in ids:
                name = f"{split}_{len(known):06d}"
            known[name] = target
            ids.append(name)
        return ids

    def _write_features(self, split: str, ids: Sequence[str], batch: Batch) -> None:
        for name, clip, frames in zip(ids, batch.features.numpy(), batch.lengths.tolist(), strict=True):
            path = self._root / "features" / split / f"{name}.npy"
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, clip[:frames] if clip.ndim > 1 else clip)


def _has_at_most(loader: Iterable[Any], batches: int) -> bool:
    """Whether a loader says that it has no more; one over a stream says nothing."""
    try:
        return isinstance(loader, Sized) and len(loader) <= batches
    except TypeError:
        return False


def _below(name: str) -> str:
    """A name as a path below a folder: ids may be absolute paths, or climb out of one."""
    parts = name.replace("\\", "/").replace("\0", "").split("/")
    kept = [part for part in parts if part.strip() not in ("", ".", "..")]
    return "/".join(kept) if all(len(part.encode()) <= LONGEST for part in kept) else ""


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
