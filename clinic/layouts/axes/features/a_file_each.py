"""Containers of one clip."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from clinic.layouts.draft import Array, Draft
from clinic.layouts.registry import plain, value
from clinic.layouts.storing import PLACES, demand_flat, h5, lists, place, save_torch, tensor


@plain
def npy(draft: Draft) -> None:
    """A npy per clip"""
    _a_file_each(draft, ".npy", lambda path, array: np.save(path, array))


@value
def npz_of_data(draft: Draft) -> None:
    """A npz per clip with the key data"""
    _a_file_each(draft, ".npz", lambda path, array: np.savez(path, data=array))


@value
def npz_without_key(draft: Draft) -> None:
    """A compressed npz per clip with the key arr_0"""
    _a_file_each(draft, ".npz", lambda path, array: np.savez_compressed(path, array))


@value
def npz_with_metadata(draft: Draft) -> None:
    """A npz per clip with keypoints, fps, length and a json text"""
    for sample in draft.subject.samples:
        about = {"fps": 25.0, "raw_length": len(sample.frames), "stats": json.dumps({"seen": 0.9})}
        path = draft.at(f"{place(draft, sample)}.npz")
        np.savez(path, keypoints=draft.array(sample.frames), **about)  # type: ignore[arg-type]


@value
def pt(draft: Draft) -> None:
    """A pt per clip with a tensor"""
    _a_file_each(draft, ".pt", lambda path, array: save_torch(path, tensor(array)))


@value
def pt_with_metadata(draft: Draft) -> None:
    """A pt per clip with a dict of features and length"""
    for sample in draft.subject.samples:
        stored = tensor(draft.array(sample.frames))
        content = {"features": stored, "fps": 25, "num_frames": len(sample.frames)}
        save_torch(draft.at(f"{place(draft, sample)}.pt"), content)


@value
def pkl(draft: Draft) -> None:
    """A pickle per clip with an array"""
    _a_file_each(draft, ".pkl", lambda path, array: path.write_bytes(pickle.dumps(array)))


@value
def pkl_with_metadata(draft: Draft) -> None:
    """A pickle per clip with a dict of keypoints and the frame rate"""
    _a_file_each(
        draft,
        ".pkl",
        lambda path, array: path.write_bytes(pickle.dumps({"keypoints": array, "fps": 25.0})),
    )


@value
def pkl_of_frames(draft: Draft) -> None:
    """A pickle per clip with a list of arrays, one per frame"""
    _a_file_each(
        draft,
        ".pkl",
        lambda path, array: path.write_bytes(pickle.dumps({"keypoints": list(array), "start": 0})),
    )


@value
def h5_each(draft: Draft) -> None:
    """A h5 per clip with the data set features"""

    def save(path: Path, array: Array) -> None:
        with h5(path) as file:
            file.create_dataset("features", data=array)

    _a_file_each(draft, ".h5", save)


@value
def csv_each(draft: Draft) -> None:
    """A csv per clip without a header"""
    demand_flat(draft)
    _a_file_each(draft, ".csv", lambda path, array: _as_text(path, array, ",", header=False))


@value
def csv_with_header(draft: Draft) -> None:
    """A csv per clip with the columns f0, f1, ..."""
    demand_flat(draft)
    _a_file_each(draft, ".csv", lambda path, array: _as_text(path, array, ",", header=True))


@value
def txt_each(draft: Draft) -> None:
    """A txt per clip with a line per frame, numbers between spaces"""
    demand_flat(draft)
    _a_file_each(draft, ".txt", lambda path, array: _as_text(path, array, " ", header=False))


@value
def parquet_each(draft: Draft) -> None:
    """A parquet per clip with a column per value"""
    import pyarrow as pa
    import pyarrow.parquet as pq

    demand_flat(draft)

    def save(path: Path, array: Array) -> None:
        pq.write_table(pa.table({f"f{i}": array[:, i] for i in range(array.shape[1])}), path)

    _a_file_each(draft, ".parquet", save)


@value
def json_each(draft: Draft) -> None:
    """A json per clip with nested lists"""
    _a_file_each(draft, ".json", lambda path, array: path.write_text(json.dumps(lists(array))))


@value
def json_with_metadata(draft: Draft) -> None:
    """A json per clip with an object of fps and data"""
    _a_file_each(
        draft,
        ".json",
        lambda path, array: path.write_text(json.dumps({"fps": 25, "data": lists(array)})),
    )


@value
def mat_each(draft: Draft) -> None:
    """A mat file per clip with the variable skel"""
    from scipy.io import savemat

    _a_file_each(draft, ".mat", lambda path, array: savemat(path, {"skel": array}))


@value
def object_array(draft: Draft) -> None:
    """A npy per clip with a pickled dict of features"""
    _a_file_each(
        draft,
        ".npy",
        lambda path, array: np.save(path, np.array({"features": array, "fps": 25}, dtype=object)),
    )


def _a_file_each(draft: Draft, suffix: str, save: Callable[[Path, Array], Any]) -> None:
    for sample in draft.subject.samples:
        save(draft.at(f"{place(draft, sample)}{suffix}"), draft.array(sample.frames))


def _as_text(path: Path, array: Array, delimiter: str, header: bool) -> None:
    lines = [delimiter.join(f"f{i}" for i in range(array.shape[1]))] if header else []
    lines += [delimiter.join(f"{v:.{PLACES}f}" for v in frame) for frame in array.tolist()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
