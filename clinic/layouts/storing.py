"""What several values of `features` and `annotations` share: arrays as files of the usual libraries."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from clinic.layouts.draft import Array, DoesNotApply, Draft
from clinic.layouts.subject import Sample

PLACES = 5  # after the point, where a value is written as text


def place(draft: Draft, sample: Sample) -> str:
    """Where the features of a sample lie, without a suffix."""
    return f"{draft.folder_of(sample)}/{draft.file_of(sample)}"


def demand_flat(draft: Draft) -> None:
    if not draft.is_flat:
        raise DoesNotApply("a table holds arrays of two axes only")


def lists(array: Array) -> Any:
    return np.round(array.astype(np.float64), PLACES).tolist()


def npy_bytes(array: Array) -> bytes:
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()


def tensor(array: Array) -> Any:
    import torch

    return torch.from_numpy(np.ascontiguousarray(array))


def save_torch(path: Path, content: Any) -> None:
    import torch

    torch.save(content, path)


def h5(path: Path) -> Any:
    import h5py

    return h5py.File(path, "w")


def padded(arrays: Sequence[Array]) -> tuple[Array, Array]:
    """[N, T, ...] with zeros after each clip's end, and the lengths [N]."""
    lengths = np.array([len(array) for array in arrays])
    if len({array.shape[1:] for array in arrays}) > 1:
        raise DoesNotApply("the first axis of an array is not time")
    whole = np.zeros((len(arrays), int(lengths.max()), *arrays[0].shape[1:]), arrays[0].dtype)
    for row, array in zip(whole, arrays, strict=True):
        row[: len(array)] = array
    return whole, lengths
