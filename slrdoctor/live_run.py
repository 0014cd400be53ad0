"""Examine a model and its loaders inside a training script, in the user's own process."""

from __future__ import annotations

import itertools
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from slrdoctor.artifacts.settings import NAME
from slrdoctor.batches import Array, Batch, NotUnderstood, as_array, understand
from slrdoctor.report import Report

BATCHES = 16  # of each loader: enough to judge, and a scan must not cost an epoch


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
    from slrdoctor.examination import scan

    with tempfile.TemporaryDirectory(prefix="slrdoctor-") as folder:
        root = Path(folder)
        tokens = _tokens(vocabulary)
        _write_words(root, tokens, blank, task, history)
        for split, loader in (("train", train_loader), ("dev", dev_loader)):
            if loader is not None:
                with _as_in_evaluation(model):
                    _write_split(root, split, itertools.islice(loader, batches), model, tokens)
        return scan(root, select=select, ignore=ignore)


def _tokens(vocabulary: Sequence[str] | Mapping[str, int] | None) -> list[str] | None:
    if isinstance(vocabulary, Mapping):
        return sorted(vocabulary, key=lambda token: int(vocabulary[token]))
    return list(vocabulary) if vocabulary is not None else None


def _write_words(
    root: Path,
    tokens: list[str] | None,
    blank: int | str | None,
    task: str,
    history: Sequence[Mapping[str, float]] | None,
) -> None:
    settings = []
    if tokens is not None:
        _write(root / "vocabulary.json", json.dumps({token: i for i, token in enumerate(tokens)}))
    if blank is not None:
        settings.append(f"[vocabulary]\nblank = {json.dumps(blank)}\n")
    if task:
        settings.append(f"[model]\ntask = {json.dumps(task)}\n")
    _write(root / NAME, "".join(settings))
    if history is not None:
        _write(root / "history.json", json.dumps([dict(row) for row in history]))


def _write_split(
    root: Path, split: str, loader: Iterable[Any], model: Any, tokens: list[str] | None
) -> None:
    from slrdoctor.dump import dump_outputs

    seen = 0
    with (root / f"{split}.jsonl").open("w", encoding="utf-8") as annotations:
        for raw in loader:
            batch = understand(raw)
            ids = batch.ids or tuple(f"{split}_{seen + i:06d}" for i in range(len(batch.targets)))
            seen += len(ids)
            _write_features(root / "features" / split, ids, batch)
            for name, target in zip(ids, batch.targets):
                glosses = [_token(tokens, index) for index in target]
                annotations.write(json.dumps({"id": name, "gloss": glosses}, ensure_ascii=False) + "\n")
            if split == "dev":
                outputs, lengths = _outputs(model, raw, batch)
                # logits are no fault here: the loss may take the log-softmax itself
                given = "log_probs" if _is_normalised(outputs) else "logits"
                dump_outputs(root / "outputs" / split, ids, lengths=lengths, **{given: outputs})


def _token(tokens: list[str] | None, index: int) -> str:
    return tokens[index] if tokens is not None and 0 <= index < len(tokens) else str(index)


def _write_features(folder: Path, ids: Sequence[str], batch: Batch) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, clip, frames in zip(ids, batch.features, batch.input_lengths):
        path = folder / f"{name}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, clip[: int(frames)] if clip.ndim > 1 else clip)


def _outputs(model: Any, raw: Any, batch: Batch) -> tuple[list[Array], list[int]]:
    """The model's scores [T, C] of each sample, and how many of their frames are real."""
    given = _call(model, raw, batch)
    candidates = list(given.values()) if isinstance(given, Mapping) else given
    listed = candidates if isinstance(candidates, (tuple, list)) else [candidates]
    size = len(batch.targets)
    arrays = [
        a for a in map(as_array, listed) if a is not None and a.dtype.kind == "f" and size in a.shape[:2]
    ]
    if not arrays:
        raise NotUnderstood("the model gave no scores with the batch among their first two axes")
    scores = max(arrays, key=lambda a: a.size)
    if scores.ndim == 2:
        scores = scores[:, None, :]  # one score a class and sample
    elif scores.shape[0] != size or (scores.shape[1] == size and _is_time_first(batch, scores)):
        scores = np.swapaxes(scores, 0, 1)
    frames = scores.shape[1]
    # after a temporal stride the real share of the frames is what it was before
    whole = max(int(batch.input_lengths.max()), 1)
    lengths = [max(1, -(-int(n) * frames // whole)) for n in batch.input_lengths]
    return [clip[:n] for clip, n in zip(scores, lengths)], lengths


def _is_normalised(outputs: Sequence[Array]) -> bool:
    return bool(np.allclose(np.exp(outputs[0].astype(np.float64)).sum(-1), 1.0, atol=1e-3))


def _is_time_first(batch: Batch, scores: Array) -> bool:
    return int(scores.shape[0]) == int(batch.features.shape[1])


def _call(model: Any, raw: Any, batch: Batch) -> Any:
    """Call the model with the features, and with what else it asks for."""
    features, lengths = _tensors(model, batch)
    try:
        return model(features, lengths)
    except TypeError:
        return model(features)


def _tensors(model: Any, batch: Batch) -> tuple[Any, Any]:
    import torch

    parameter = next(iter(model.parameters()), None) if hasattr(model, "parameters") else None
    device = parameter.device if parameter is not None else "cpu"
    return (
        torch.as_tensor(batch.features).to(device),
        torch.as_tensor(batch.input_lengths),
    )


@contextmanager
def _as_in_evaluation(model: Any) -> Iterator[None]:
    """Eval mode without gradients; what the model was is restored, whatever happens."""
    import torch

    training = bool(getattr(model, "training", False))
    try:
        if training:
            model.eval()
        with torch.no_grad():
            yield
    finally:
        if training:
            model.train()


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
