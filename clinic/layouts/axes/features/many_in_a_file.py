"""Containers of all clips of a folder."""

from __future__ import annotations

import gzip
import io
import pickle
import tarfile
import zipfile
from typing import Any

import numpy as np

from clinic.layouts.draft import DoesNotApply, Draft
from clinic.layouts.registry import value
from clinic.layouts.storing import PLACES, demand_flat, h5, npy_bytes, padded, save_torch, tensor


@value
def npz_of_all(draft: Draft) -> None:
    """A npz per folder with a key per clip"""
    for folder, clips in _clips(draft).items():
        np.savez(draft.at(f"{folder}.npz"), **clips)


@value
def pt_of_all(draft: Draft) -> None:
    """A pt per folder with a dict of tensors by id"""
    for folder, clips in _clips(draft).items():
        save_torch(draft.at(f"{folder}.pt"), {name: tensor(array) for name, array in clips.items()})


@value
def pkl_of_all(draft: Draft) -> None:
    """A pickle per folder with a dict of arrays by id"""
    for folder, clips in _clips(draft).items():
        draft.at(f"{folder}.pkl").write_bytes(pickle.dumps(clips))


@value
def pkl_oflists(draft: Draft) -> None:
    """A gzip pickle per folder with a list of dicts of name and keypoint"""
    for folder, clips in _clips(draft).items():
        rows = [{"name": name, "keypoint": array} for name, array in clips.items()]
        packed = gzip.compress(pickle.dumps(rows), compresslevel=1, mtime=0)
        draft.at(f"{folder}.pkl.gz").write_bytes(packed)


@value
def h5_of_all(draft: Draft) -> None:
    """A h5 per folder with a data set per clip"""
    for folder, clips in _clips(draft).items():
        with h5(draft.at(f"{folder}.h5")) as file:
            for name, array in clips.items():
                file.create_dataset(name, data=array)


@value
def h5_of_groups(draft: Draft) -> None:
    """A h5 per folder with a group per clip that holds keypoints and scores"""
    for folder, clips in _clips(draft).items():
        with h5(draft.at(f"{folder}.hdf5")) as file:
            for name, array in clips.items():
                group = file.create_group(name)
                group.create_dataset("keypoints", data=array)
                group.create_dataset("scores", data=np.ones(len(array), np.float32))


@value
def safetensors_of_all(draft: Draft) -> None:
    """A safetensors file per folder with a tensor per clip"""
    from safetensors.numpy import save_file

    for folder, clips in _clips(draft).items():
        whole = {name: np.ascontiguousarray(array) for name, array in clips.items()}
        save_file(whole, draft.at(f"{folder}.safetensors"))


@value
def zip_of_npy(draft: Draft) -> None:
    """A zip per folder with a npy per clip"""
    for folder, clips in _clips(draft).items():
        with zipfile.ZipFile(draft.at(f"{folder}.zip"), "w") as archive:
            for name, array in clips.items():
                archive.writestr(f"{name}.npy", npy_bytes(array))


@value
def tar_of_npy(draft: Draft) -> None:
    """A tar per folder with a npy per clip"""
    for folder, clips in _clips(draft).items():
        with tarfile.open(draft.at(f"{folder}.tar"), "w") as archive:
            for name, array in clips.items():
                content = npy_bytes(array)
                member = tarfile.TarInfo(f"{name}.npy")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))


@value
def npy_of_dict(draft: Draft) -> None:
    """A npy per folder with a pickled dict of arrays by id"""
    for folder, clips in _clips(draft).items():
        np.save(draft.at(f"{folder}.npy"), np.array(clips, dtype=object), allow_pickle=True)


@value
def csv_of_frames(draft: Draft) -> None:
    """A csv per folder with a row per frame: video, frame, f0, f1, ..."""
    demand_flat(draft)
    for folder, clips in _clips(draft).items():
        width = next(iter(clips.values())).shape[1]
        lines = ["video,frame," + ",".join(f"f{i}" for i in range(width))]
        for name, array in clips.items():
            for number, frame in enumerate(array.tolist()):
                lines.append(f"{name},{number}," + ",".join(f"{v:.{PLACES}f}" for v in frame))
        draft.text(f"{folder}.csv", "\n".join(lines) + "\n")


@value
def parquet_of_lists(draft: Draft) -> None:
    """A parquet per folder with a row per clip: id, and the frames as nested lists"""
    import pyarrow as pa
    import pyarrow.parquet as pq

    demand_flat(draft)
    for folder, clips in _clips(draft).items():
        columns = {"id": list(clips), "features": [array.tolist() for array in clips.values()]}
        pq.write_table(pa.table(columns), draft.at(f"{folder}.parquet"))


@value
def padded_with_ids(draft: Draft) -> None:
    """A npz per folder: X [N, T, D] filled up with zeros, lengths and ids"""
    for folder, clips in _clips(draft).items():
        whole, lengths = padded(list(clips.values()))
        np.savez(draft.at(f"{folder}.npz"), X=whole, lengths=lengths, ids=np.array(list(clips)))


@value
def padded_rows(draft: Draft) -> None:
    """X_train.npy [N, T, D] filled up with zeros beside lengths_train.npy, in the order of the tables"""
    if len(draft.tables) < len(draft.subject.splits):
        raise DoesNotApply("rows are in the order of a table per split")
    for table in draft.tables:
        split = draft.word(table.samples[0].split)
        whole, lengths = padded([draft.array(s.frames) for s in table.samples])
        np.save(draft.at(f"features/X_{split}.npy"), whole)
        np.save(draft.at(f"features/lengths_{split}.npy"), lengths)


def _clips(draft: Draft) -> dict[str, dict[str, Any]]:
    return {
        folder: {draft.file_of(sample): draft.array(sample.frames) for sample in samples}
        for folder, samples in draft.by_folder().items()
    }
