"""Write down what a model gives, from inside an evaluation loop, so that `scan` can read it.

    for ids, clips, lengths, references in dev_loader:
        log_probs = model(clips)
        slrdoctor.dump_outputs("runs/exp7/outputs/dev", ids, log_probs=log_probs,
                               lengths=lengths, references=references)

The layout, which any other program may write as well:

    <path>/log_probs/000000.npz    log_probs [frames of all samples of the batch, C], lengths [N],
                                   ids [N], references [N] (glosses joined by spaces)
    <path>/logits/000000.npz       the same for outputs before the softmax, as `logits`
    <path>/embeddings/000000.npz   embeddings [N, D], ids [N], references [N]
    <path>/predictions.jsonl       a line a sample: id, hypothesis, reference
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from slrdoctor.arithmetic.batch_axes import sample_axis
from slrdoctor.models.arrays import Array, as_array

PREDICTIONS = "predictions.jsonl"


def dump_outputs(
    path: str | Path,
    ids: Iterable[Any],
    *,
    log_probs: Any = None,
    logits: Any = None,
    embeddings: Any = None,
    hypotheses: Iterable[Any] | None = None,
    references: Iterable[Any] | None = None,
    lengths: Any = None,
) -> None:
    """Add the outputs of one batch, or of a whole split, to a folder of the run directory.

    `ids` names the N samples. `log_probs`, or `logits` before the softmax, are [N, T, C] or
    [T, N, C], or a list of [T, C]; `lengths` [N] says how many of the T frames are real.
    `embeddings` are [N, D]. A hypothesis or reference is a text or a list of tokens. Arrays
    are numpy's, or of any framework that converts to them. Call it for every batch: what
    was written of a sample before is replaced. Let the path name the split.

    Raises ValueError where a number of entries is not that of the ids.
    """
    folder, names = Path(path), [_text(name) for name in ids]
    folder.mkdir(parents=True, exist_ok=True)
    targets = _texts(references, names, "references")
    real = None if lengths is None else _array(lengths).ravel().round().astype(int).tolist()
    if real is not None and len(real) != len(names):
        raise ValueError(f"{len(real)} lengths of {len(names)} samples")
    for kind, given in (("log_probs", log_probs), ("logits", logits)):
        if given is not None:
            clips = _clips(given, names, real, kind)
            _add_shard(
                folder / kind, names, targets,
                {kind: np.concatenate(clips), "lengths": np.array([len(clip) for clip in clips])},
            )  # fmt: skip
    if embeddings is not None:
        rows = _array(embeddings)
        if rows.ndim != 2 or len(rows) != len(names):
            raise ValueError(
                f"embeddings of shape {rows.shape} for {len(names)} samples: [N, D] expected"
            )
        _add_shard(folder / "embeddings", names, targets, {"embeddings": rows})
    if hypotheses is not None:
        _add_predictions(folder / PREDICTIONS, names, _texts(hypotheses, names, "hypotheses"), targets)


def _array(value: Any) -> Array:
    """numpy's form of any framework's array, in single precision where it was longer."""
    array = as_array(value)
    if array is None:
        raise ValueError(f"a {type(value).__name__} where an array of numbers is expected")
    return array if array.dtype in (np.float16, np.float32) else array.astype(np.float32)


def _clips(given: Any, names: Sequence[str], lengths: Sequence[int] | None, what: str) -> list[Array]:
    """A [T, C] array a sample, without the frames behind its length."""
    if isinstance(given, (list, tuple)):
        clips = [_array(one) for one in given]
    else:
        batch = _array(given)
        if batch.ndim == 2 and len(names) == 1:
            batch = batch[np.newaxis]
        if batch.ndim != 3 or len(names) not in batch.shape[:2]:
            raise ValueError(
                f"{what} of shape {batch.shape} for {len(names)} samples: [N, T, C] or [T, N, C] wanted"
            )
        clips = list(np.moveaxis(batch, sample_axis(batch, (0, 1), {len(names)}), 0))
    if len(clips) != len(names) or any(clip.ndim != 2 for clip in clips):
        raise ValueError(f"{what}: {len(clips)} arrays for {len(names)} samples: a [T, C] each expected")
    return (
        clips
        if lengths is None
        else [clip[:length] for clip, length in zip(clips, lengths, strict=True)]
    )


def _text(value: Any) -> str:
    """A sample's name, or a hypothesis as one text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, (list, tuple)):
        return " ".join(map(_text, value))
    if hasattr(value, "shape"):
        return " ".join(map(str, np.ravel(np.asarray(value)).tolist()))
    return str(value)


def _texts(given: Iterable[Any] | None, names: Sequence[str], what: str) -> list[str] | None:
    if given is None:
        return None
    texts = [_text(one) for one in given]
    if len(texts) != len(names):
        raise ValueError(f"{len(texts)} {what} of {len(names)} samples")
    return texts


def _add_shard(
    folder: Path, names: Sequence[str], targets: Sequence[str] | None, arrays: dict[str, Array]
) -> None:
    folder.mkdir(exist_ok=True)
    stored: dict[str, Any] = {"ids": np.array(names), **arrays}
    if targets is not None:
        stored["references"] = np.array(targets)
    number = len(list(folder.glob("*.npz")))
    while True:
        try:
            with (folder / f"{number:06d}.npz").open("xb") as file:
                np.savez(file, **stored)
            return
        except FileExistsError:  # another process of a distributed evaluation was faster
            number += 1


def _add_predictions(
    path: Path, names: Sequence[str], hypotheses: Sequence[str] | None, targets: Sequence[str] | None
) -> None:
    """Append a line a sample; a sample that is there already is written anew."""
    assert hypotheses is not None
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    new = set(names)
    kept = [line for line in lines if line.strip() and json.loads(line).get("id") not in new]
    for number, name in enumerate(names):
        entry = {"id": name, "hypothesis": hypotheses[number]}
        entry |= {"reference": targets[number]} if targets is not None else {}
        kept.append(json.dumps(entry, ensure_ascii=False))
    path.write_text("\n".join(kept) + "\n", encoding="utf-8", newline="\n")
