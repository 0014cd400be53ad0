"""Eighteen forms of arrays that hold many samples with their labels, each written to a folder."""

from __future__ import annotations

import io
import json
import pickle
import random
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

joblib = pytest.importorskip("joblib")
pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

CLASSES = ("hello", "thanks", "yes", "no")
SPLITS = {"train": 24, "dev": 8}


@dataclass(frozen=True)
class Sample:
    """A clip [T, 6, 3] whose first value tells whose it is."""

    id: str
    number: int
    label: str

    @property
    def frames(self) -> np.ndarray[Any, Any]:
        length = 5 + self.number % 7
        frames = np.random.default_rng(self.number).uniform(0.1, 0.9, (length, 6, 3))
        frames[:, 0, 0] = self.number
        return frames.astype(np.float32)


def drawn(seed: int = 0) -> dict[str, list[Sample]]:
    """Samples in an order that no id tells."""
    rng = random.Random(seed)
    numbers = list(range(1, 1 + sum(SPLITS.values())))
    rng.shuffle(numbers)
    found, at = {}, 0
    for split, count in SPLITS.items():
        mine = numbers[at : at + count]
        found[split] = [Sample(f"s{n:04d}", n, CLASSES[n % 4]) for n in mine]
        at += count
    return found


def padded(part: Sequence[Sample], flat: bool = True) -> np.ndarray[Any, Any]:
    longest = max(len(s.frames) for s in part)
    x = np.zeros((len(part), longest, 6, 3), np.float32)
    for i, s in enumerate(part):
        x[i, : len(s.frames)] = s.frames
    return x.reshape(len(part), longest, 18) if flat else x


def numbers(part: Sequence[Sample]) -> np.ndarray[Any, Any]:
    return np.array([CLASSES.index(s.label) for s in part])


def lengths(part: Sequence[Sample]) -> list[int]:
    return [len(s.frames) for s in part]


def ids(part: Sequence[Sample]) -> np.ndarray[Any, Any]:
    return np.array([s.id for s in part])


def expected(by_number: bool = True) -> dict[tuple[str, int], str]:
    named: Callable[[Sample], str] = lambda s: str(CLASSES.index(s.label)) if by_number else s.label  # noqa: E731
    return {(split, s.number): named(s) for split, part in drawn().items() for s in part}


Write = Callable[[Path, dict[str, list[Sample]]], None]


def npz_with_ids(root: Path, parts: dict[str, list[Sample]]) -> None:
    for split, p in parts.items():
        np.savez(root / f"{split}.npz", X=padded(p), y=numbers(p), lengths=lengths(p), ids=ids(p))


def npz_with_other_names(root: Path, parts: dict[str, list[Sample]]) -> None:
    (root / "daten").mkdir()
    for split, p in parts.items():
        wrong = {"train": "training", "dev": "validation"}[split]
        np.savez_compressed(
            root / "daten" / f"gebaerden_{wrong}.npz",
            keypoints=padded(p, flat=False),
            klasse=np.eye(4, dtype=np.int64)[numbers(p)],
            seq_len=np.array(lengths(p))[:, None],
            video_ids=ids(p),
        )


def npz_of_split_arrays(root: Path, parts: dict[str, list[Sample]]) -> None:
    train, dev = parts["train"], parts["dev"]
    np.savez(
        root / "data.npz",
        X_train=padded(train), y_train=numbers(train), X_val=padded(dev), y_val=numbers(dev),
    )  # fmt: skip


def npz_of_split_arrays_turned_round(root: Path, parts: dict[str, list[Sample]]) -> None:
    train, dev = parts["train"], parts["dev"]
    np.savez(
        root / "asl.npz",
        dev_labels=numbers(dev)[:, None], dev_features=padded(dev),
        train_labels=numbers(train)[:, None], train_features=padded(train),
    )  # fmt: skip


def arrays_in_files(root: Path, parts: dict[str, list[Sample]]) -> None:
    for split, p in parts.items():
        np.save(root / f"X_{split}.npy", padded(p))
        np.save(root / f"y_{split}.npy", numbers(p))
        np.save(root / f"len_{split}.npy", lengths(p))


def arrays_in_folders(root: Path, parts: dict[str, list[Sample]]) -> None:
    for split, p in parts.items():
        (root / split).mkdir()
        np.save(root / split / "landmarks.npy", padded(p, flat=False))
        (root / split / "etiquetas.json").write_text(json.dumps(numbers(p).tolist()))


def stgcn(root: Path, parts: dict[str, list[Sample]]) -> None:
    for split, p in parts.items():
        x = padded(p, flat=False).transpose(0, 3, 1, 2)[..., None]
        np.save(root / f"{split}_data_joint.npy", x)
        (root / f"{split}_label.pkl").write_bytes(pickle.dumps((ids(p).tolist(), numbers(p).tolist())))


def stgcn_without_persons(root: Path, parts: dict[str, list[Sample]]) -> None:
    for split, p in parts.items():
        np.save(root / f"{split}_data.npy", padded(p, flat=False).transpose(0, 3, 1, 2))
        (root / f"{split}_label.pickle").write_bytes(pickle.dumps([list(ids(p)), list(numbers(p))]))


def pickled_columns(root: Path, parts: dict[str, list[Sample]]) -> None:
    for split, p in parts.items():
        stored = {"data": [s.frames for s in p], "labels": [str(n) for n in numbers(p)]}
        (root / f"{split}.pickle").write_bytes(pickle.dumps(stored))


def pickled_pairs(root: Path, parts: dict[str, list[Sample]]) -> None:
    for split, p in parts.items():
        pairs = [(s.frames, int(n)) for s, n in zip(p, numbers(p), strict=True)]
        (root / f"signs_{split}.pkl").write_bytes(pickle.dumps(pairs))


def pickled_splits(root: Path, parts: dict[str, list[Sample]]) -> None:
    stored = {split: {"x": padded(p), "target": numbers(p).tolist()} for split, p in parts.items()}
    (root / "dataset.p").write_bytes(pickle.dumps(stored))


def object_arrays(root: Path, parts: dict[str, list[Sample]]) -> None:
    for split, p in parts.items():
        x = np.empty(len(p), object)
        x[:] = [s.frames for s in p]
        np.savez(root / f"{split}.npz", x=x, labels=numbers(p))


def matlab(root: Path, parts: dict[str, list[Sample]]) -> None:
    for split, p in parts.items():
        cells = np.empty(len(p), object)
        cells[:] = [s.frames.reshape(-1, 18) for s in p]
        stored = (
            {"X": cells, "Y": numbers(p) * 1.0}
            if split == "train"
            else {"X": padded(p), "Y": numbers(p)}
        )
        savemat(root / f"{split}.mat", stored, do_compression=split == "dev")


def joblib_columns(root: Path, parts: dict[str, list[Sample]]) -> None:
    for split, p in parts.items():
        joblib.dump({"X": [s.frames for s in p], "y": numbers(p)}, root / f"{split}.joblib", compress=3)


def webdataset(root: Path, parts: dict[str, list[Sample]]) -> None:
    for split, p in parts.items():
        for shard in (0, 1):
            with tarfile.open(root / f"{split}-{shard:06d}.tar", "w") as file:
                for s in p[shard::2]:
                    array = io.BytesIO()
                    np.save(array, s.frames)
                    label = str(CLASSES.index(s.label)).encode()
                    for ending, raw in (("npy", array.getvalue()), ("cls", label)):
                        member = tarfile.TarInfo(f"{s.id}.{ending}")
                        member.size = len(raw)
                        file.addfile(member, io.BytesIO(raw))


def parquet_of_lists(root: Path, parts: dict[str, list[Sample]]) -> None:
    for split, p in parts.items():
        frames = [s.frames.reshape(-1, 18).tolist() for s in p]
        table = pa.table(
            {"video_id": ids(p).tolist(), "landmarks": frames, "label": numbers(p).tolist()}
        )
        pq.write_table(table, root / f"{split}.parquet")


def hf_datasets(root: Path, parts: dict[str, list[Sample]]) -> None:
    for split, p in parts.items():
        (root / split).mkdir()
        table = pa.table({"pose": [s.frames.tolist() for s in p], "label": numbers(p).tolist()})
        path = root / split / "data-00000-of-00001.arrow"
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
            writer.write_table(table)
        (root / split / "state.json").write_text("{}")


def torch_tensors(root: Path, parts: dict[str, list[Sample]]) -> None:
    torch = pytest.importorskip("torch")
    for split, p in parts.items():
        stored = {"X": torch.from_numpy(padded(p)), "y": torch.tensor(numbers(p))}
        torch.save(stored, root / f"{split}_data.pt")


MEMBERS: dict[str, Write] = {
    one.__name__: one
    for one in (
        npz_with_ids, npz_with_other_names, npz_of_split_arrays, npz_of_split_arrays_turned_round,
        arrays_in_files, arrays_in_folders, stgcn, stgcn_without_persons, pickled_columns,
        pickled_pairs, pickled_splits, object_arrays, matlab, joblib_columns, webdataset,
        parquet_of_lists, hf_datasets, torch_tensors,
    )
}  # fmt: skip


class Broken(Sample):
    """A sample with NaN in its second frame."""

    @property
    def frames(self) -> np.ndarray[Any, Any]:
        frames = super().frames
        frames[1, 2] = np.nan
        return frames
