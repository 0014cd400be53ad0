"""What stands in a batch of a user's loader: found by name, shape and type, since no two agree."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from slrdoctor.models.arrays import Array, as_array
from slrdoctor.models.batches import Batch, padded_targets

_FEATURES = (
    "features", "feature", "x", "input", "inputs", "frames", "sign", "sgn", "keypoints", "pose", "video",
)  # fmt: skip
_TARGETS = ("targets", "target", "labels", "label", "y", "glosses", "gloss", "gls")
_INPUT_LENGTHS = ("input_lengths", "feature_lengths", "frame_lengths", "len_x", "lengths", "sgn_lengths")
_TARGET_LENGTHS = ("target_lengths", "label_lengths", "gloss_lengths", "len_y", "gls_lengths")
_IDS = ("ids", "id", "names", "name", "keys", "sequence")


class NotUnderstood(Exception):
    """A batch that cannot be told apart. The message says what it holds."""


def understand(batch: Any, padding: Collection[int] = ()) -> Batch:
    """Tell features, targets and lengths apart, by name in a dict and by shape elsewhere.

    `padding` are classes that at the end of a target without a length are none, as negative
    numbers never are one. Raises NotUnderstood where no features [B, T, ...] or no targets
    are found.
    """
    items = list(_items(batch))
    arrays = [(name, array) for name, value in items if (array := as_array(value)) is not None]
    features = _named(arrays, _FEATURES)
    if features is None:
        floats = [a for _, a in arrays if a.dtype.kind == "f" and a.ndim >= 2]
        features = max(floats, key=lambda a: a.size, default=None)
    if features is None:
        raise NotUnderstood(f"no features [B, T, ...] in a batch of {_told(items)}")
    time_first = _is_time_first(features, items, arrays)
    features = np.swapaxes(features, 0, 1) if time_first else features
    size = len(features)
    lengths, whole = _lengths_by_mask(arrays, features)
    named = _named(arrays, _INPUT_LENGTHS)
    ragged = next((r for name, v in items if (r := _ragged(v, size)) is not None), None)
    targets = _named(whole, _TARGETS)
    if targets is None and ragged is None:
        targets = _by_shape([a for _, a in whole], size)
    if targets is None and ragged is None:
        raise NotUnderstood(f"no targets of whole numbers in a batch of {_told(items)}")
    by_shape, target_lengths = _lengths_by_shape(whole, features, targets)
    given = named if named is not None else lengths if lengths is not None else by_shape
    frames = features.shape[1] if features.ndim > 2 else 1
    real = np.full(size, frames) if given is None else np.ravel(given).astype(np.int64)
    if targets is not None:
        named = _named(arrays, _TARGET_LENGTHS)
        sequences = _sequences(targets, target_lengths if named is None else named, size, padding)
    else:
        assert ragged is not None
        sequences = ragged
    padded, counts = padded_targets(sequences)
    return Batch(_tensor(features), _tensor(real), padded, counts, _ids(items, size), time_first)


def _tensor(values: Array) -> torch.Tensor:
    # torch reckons with no unsigned numbers of more than a byte
    is_wide = values.dtype.kind == "u" and values.dtype.itemsize > 1
    # a copy: what a loader hands out may not be written to
    return torch.from_numpy(np.array(values, np.int64 if is_wide else values.dtype.newbyteorder("=")))


def _items(batch: Any) -> Iterator[tuple[str, Any]]:
    """Names and values of a batch, those of pairs within it too: ((x, lengths), (y, lengths))."""
    if isinstance(batch, Mapping):
        for key, value in batch.items():
            yield from _items(value) if isinstance(value, Mapping) else [(str(key).lower(), value)]
        return
    for value in batch if isinstance(batch, Sequence) and not isinstance(batch, str) else [batch]:
        nested = isinstance(value, (Mapping, list, tuple))
        if nested and any(getattr(v, "ndim", 0) for v in _values(value)) and _ragged(value) is None:
            yield from _items(value)
        else:
            yield "", value


def _values(value: Any) -> Sequence[Any]:
    return list(value.values()) if isinstance(value, Mapping) else list(value)


def _ragged(value: Any, size: int = 0) -> tuple[tuple[int, ...], ...] | None:
    """A list with the target of each sample; None for what is none."""
    if not isinstance(value, (list, tuple)) or len(value) < 2 or (size and len(value) != size):
        return None
    rows = [as_array(one) for one in value]
    last = rows[-1]
    if len(rows) == 2 and rows[0] is not None and last is not None and last.sum() == rows[0].size > 2:
        return None  # one after the other, and their lengths
    if any(row is None or row.ndim != 1 or (row.size and row.dtype.kind not in "iu") for row in rows):
        return None
    return tuple(tuple(int(v) for v in row) for row in rows if row is not None)


def _named(arrays: Sequence[tuple[str, Array]], names: Sequence[str]) -> Array | None:
    told = dict(arrays)
    return next((told[name] for name in names if name in told), None)


def _ids(items: Sequence[tuple[str, Any]], size: int) -> tuple[str, ...]:
    """By name, else a list of as many different texts."""
    for name, value in items:
        if name in _IDS and hasattr(value, "__len__") and len(value) == size:
            return tuple(map(str, value))
    for _, value in items:
        is_list = isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value)
        if is_list and len(set(value)) == len(value) == size:
            return tuple(value)
    return ()


def _is_time_first(
    features: Array, items: Sequence[tuple[str, Any]], arrays: Sequence[tuple[str, Array]]
) -> bool:
    """Whether the second axis has as many entries as there are samples, and the first has not."""
    if features.ndim < 3:
        return False
    counts = {len(a) for _, a in arrays if a.dtype.kind in "iu" and a.ndim in (1, 2)}
    counts |= {len(v) for _, v in items if isinstance(v, (list, tuple))}
    return features.shape[1] in counts and features.shape[0] not in counts


def _lengths_by_mask(
    arrays: Sequence[tuple[str, Array]], features: Array
) -> tuple[Array | None, list[tuple[str, Array]]]:
    """What a mask [B, T] of zeros and ones says, and the arrays of whole numbers that are none."""
    lengths, whole = None, []
    for name, array in arrays:
        if features.ndim > 2 and array.shape == features.shape[:2] and _is_mask(array):
            lengths = (array == array[0, 0]).sum(axis=1)  # the first frame is a real one
        elif array.dtype.kind in "iu" and array.ndim >= 1:
            whole.append((name, array))
    return lengths, whole


def _is_mask(array: Array) -> bool:
    """Whether an array [B, T] is zeros and ones, and all samples begin alike."""
    if array.dtype.kind not in "iub" or not array.size:
        return False
    return bool(array.min() >= 0 and array.max() <= 1 and (array[:, 0] == array[0, 0]).all())


def _by_shape(whole: Sequence[Array], size: int) -> Array | None:
    """Targets [B, L], or one after the other; a class each where there is nothing of another shape."""
    rest = [a for a in whole if a.shape != (size,)]
    if rest:
        return max(rest, key=lambda a: a.size)
    return whole[0] if whole else None


def _lengths_by_shape(
    whole: Sequence[tuple[str, Array]], features: Array, targets: Array | None
) -> tuple[Array | None, Array | None]:
    """Frame lengths and target lengths among arrays [B] of whole numbers.

    Those of frames are never more than there are frames, those of targets never more than
    the targets are wide.
    """
    size, frames = len(features), features.shape[1] if features.ndim > 2 else 1
    per_sample = [a for _, a in whole if a.shape == (size,) and a is not targets and a.min() >= 0]
    target_lengths = None
    if targets is not None and targets.shape != (size,):
        fits = [
            a
            for a in per_sample
            if (a.sum() == targets.size if targets.ndim == 1 else a.max() <= targets.shape[1])
        ]
        # both may fit where clips are short: the frames' lengths are the larger ones
        target_lengths = min(fits, key=lambda a: int(a.sum()), default=None)
    rest = [a for a in per_sample if a is not target_lengths and a.min() >= 1 and a.max() <= frames]
    # the longest clip fills the batch; numbers of samples do not
    return max(rest, key=lambda a: (a.max() == frames, int(a.sum())), default=None), target_lengths


def _sequences(
    targets: Array, lengths: Array | None, size: int, padding: Collection[int]
) -> tuple[tuple[int, ...], ...]:
    if targets.ndim == 1 and len(targets) == size and lengths is None:
        return tuple((int(v),) for v in targets)
    if lengths is None:
        if targets.ndim == 1:
            raise NotUnderstood("targets one after the other, and no lengths that add up to them")
        return tuple(_unpadded(row, padding) for row in targets.reshape(size, -1).tolist())
    counts = np.ravel(lengths).astype(int)
    if targets.ndim == 1:
        return tuple(tuple(map(int, piece)) for piece in np.split(targets, np.cumsum(counts)[:-1]))
    return tuple(tuple(map(int, row[:n])) for row, n in zip(targets, counts, strict=True))


def _unpadded(row: Sequence[int], padding: Collection[int]) -> tuple[int, ...]:
    end = len(row)
    while end > 1 and (row[end - 1] < 0 or row[end - 1] in padding):
        end -= 1
    return tuple(row[:end])


def _told(items: Sequence[tuple[str, Any]]) -> str:
    return ", ".join(f"{type(v).__name__} {tuple(getattr(v, 'shape', ()))}" for _, v in items)
