"""What stands in a batch of a user's loader: found by shape and type, since no two loaders agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_FEATURES = (
    "features",
    "feature",
    "x",
    "input",
    "inputs",
    "frames",
    "sign",
    "sgn",
    "keypoints",
    "pose",
    "video",
)
_TARGETS = ("targets", "target", "labels", "label", "y", "glosses", "gloss", "gls")
_INPUT_LENGTHS = ("input_lengths", "feature_lengths", "frame_lengths", "len_x", "lengths", "sgn_lengths")
_TARGET_LENGTHS = ("target_lengths", "label_lengths", "gloss_lengths", "len_y", "gls_lengths")
_IDS = ("ids", "id", "names", "name", "keys", "sequence")


class NotUnderstood(Exception):
    """A batch that cannot be told apart. The message says what it holds."""


@dataclass(frozen=True)
class Batch:
    """One batch, as numpy: features [B, T, ...], and for each sample its target of class indices."""

    features: Array
    input_lengths: NDArray[np.int64]  # [B]
    targets: tuple[tuple[int, ...], ...]  # a class is a sequence of one
    ids: tuple[str, ...]  # empty where the loader gives none


def as_array(value: Any) -> Array | None:
    """A tensor of any framework as numpy; None for what is no numeric array."""
    for step in ("detach", "cpu"):
        value = getattr(value, step)() if hasattr(value, step) else value
    if isinstance(value, (str, bytes)) or value is None:
        return None
    if str(getattr(value, "dtype", "")).endswith("bfloat16"):
        value = value.float()
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        return None
    return array if array.dtype.kind in "fiub" else None


def understand(batch: Any) -> Batch:
    """Tell features, targets and lengths apart, by name in a dict and by shape elsewhere.

    Raises NotUnderstood where no features [B, T, ...] or no targets are found.
    """
    named = {str(k).lower(): v for k, v in batch.items()} if isinstance(batch, Mapping) else {}
    values = list(named.values()) if named else list(batch) if isinstance(batch, Sequence) else [batch]
    arrays = [a for a in map(as_array, values) if a is not None]
    features = _first(named, _FEATURES)
    if features is None:
        features = max(
            (a for a in arrays if a.dtype.kind == "f" and a.ndim >= 2),
            key=lambda a: a.size,
            default=None,
        )
    if features is None:
        raise NotUnderstood(f"no features [B, T, ...] in a batch of {_told(values)}")
    size = len(features)
    whole = [a for a in arrays if a.dtype.kind in "iu" and a.ndim >= 1]
    targets = _first(named, _TARGETS)
    lengths = _first(named, _INPUT_LENGTHS)
    target_lengths = _first(named, _TARGET_LENGTHS)
    if targets is None:
        targets, lengths, target_lengths = _by_shape(whole, features)
    if targets is None:
        raise NotUnderstood(f"no targets of whole numbers in a batch of {_told(values)}")
    frames = features.shape[1] if features.ndim > 2 else 1
    real = np.full(size, frames) if lengths is None else np.ravel(lengths).astype(np.int64)
    ids = next((tuple(map(str, v)) for k, v in named.items() if k in _IDS and len(v) == size), ())
    return Batch(features, real, _sequences(targets, target_lengths, size), ids)


def _first(named: Mapping[str, Any], names: Sequence[str]) -> Array | None:
    return next((array for n in names if n in named and (array := as_array(named[n])) is not None), None)


def _by_shape(
    whole: Sequence[Array], features: Array
) -> tuple[Array | None, Array | None, Array | None]:
    """Targets, frame lengths and target lengths among arrays of whole numbers.

    Targets are [B, L], or one after the other; lengths are [B], those of frames never more
    than there are frames, those of targets never more than the targets are wide.
    """
    size, frames = len(features), features.shape[1] if features.ndim > 2 else 1
    per_sample = [a for a in whole if a.shape == (size,)]
    rest = [a for a in whole if a.shape != (size,)]
    if not rest:
        return (per_sample[0] if per_sample else None), None, None
    targets = max(rest, key=lambda a: a.size)
    fits = [
        a
        for a in per_sample
        if (a.sum() == targets.size if targets.ndim == 1 else a.max() <= targets.shape[1])
    ]
    # both may fit where clips are short: the frames' lengths are the larger ones
    target_lengths = min(fits, key=lambda a: int(a.sum()), default=None)
    lengths = next((a for a in per_sample if a is not target_lengths and a.max() <= frames), None)
    return targets, lengths, target_lengths


def _sequences(targets: Array, lengths: Array | None, size: int) -> tuple[tuple[int, ...], ...]:
    if targets.ndim == 1 and len(targets) == size and lengths is None:
        return tuple((int(v),) for v in targets)
    if lengths is None:
        if targets.ndim == 1:
            raise NotUnderstood("targets one after the other, and no lengths that add up to them")
        return tuple(tuple(map(int, row)) for row in targets)
    counts = np.ravel(lengths).astype(int)
    if targets.ndim == 1:
        return tuple(tuple(map(int, piece)) for piece in np.split(targets, np.cumsum(counts)[:-1]))
    return tuple(tuple(map(int, row[:n])) for row, n in zip(targets, counts))


def _told(values: Sequence[Any]) -> str:
    return ", ".join(f"{type(v).__name__} {tuple(getattr(v, 'shape', ()))}" for v in values)
