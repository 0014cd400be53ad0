"""A run in memory, and the ways in which people lay one out on disk."""

from __future__ import annotations

import copy
import gzip
import io
import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
Clip = NDArray[Any]


@dataclass
class RunInMemory:
    """What a run directory holds, before it is written in one layout or another."""

    clips: dict[str, Clip]
    splits: dict[str, str]  # id -> split
    rows: list[tuple[str, str, list[str]]]  # id, split, glosses: an id may occur twice
    vocabulary: list[str]  # by index; 0 is the blank
    history: list[dict[str, float]]
    config: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)  # written last, over what is there

    def copy(self) -> RunInMemory:
        return copy.deepcopy(self)


@pytest.fixture(scope="session")
def healthy_run() -> RunInMemory:
    """The bundled healthy example, read back by other means than ours."""
    folder = ROOT / "examples" / "healthy"
    clips, splits, rows = {}, {}, []
    for split in ("train", "dev"):
        for path in sorted((folder / "features" / split).glob("*.npy")):
            clips[path.stem], splits[path.stem] = np.load(path).astype(np.float32), split
        for line in (folder / f"{split}.csv").read_text(encoding="utf-8").splitlines()[1:]:
            name, glosses = line.split("|")
            rows.append((name, split, glosses.split()))
    vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
    return RunInMemory(
        clips=clips,
        splits=splits,
        rows=rows,
        vocabulary=sorted(vocabulary, key=lambda token: int(vocabulary[token])),
        history=json.loads((folder / "history.json").read_text(encoding="utf-8")),
        config=yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8")),
    )


def npy_and_csv(run: RunInMemory, root: Path) -> None:
    """features/<split>/<id>.npy, <split>.csv with a pipe, a json vocabulary, a json history."""
    for name, clip in run.clips.items():
        path = root / "features" / run.splits[name] / f"{name}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, clip)
    for split in dict.fromkeys(("train", "dev", *run.splits.values())):
        lines = [f"{name}|{' '.join(g)}" for name, s, g in run.rows if s == split]
        _text(root / f"{split}.csv", "\n".join(["id|gloss", *lines]) + "\n")
    _text(root / "vocabulary.json", json.dumps({t: i for i, t in enumerate(run.vocabulary)}))
    _text(root / "history.json", json.dumps(run.history))
    _text(root / "config.yaml", yaml.safe_dump(run.config))


def h5_and_jsonl(run: RunInMemory, root: Path) -> None:
    """One h5 a split, json lines, a vocabulary with a token a line, a csv history with CRLF."""
    (root / "data").mkdir(parents=True)
    for split in dict.fromkeys(run.splits.values()):
        with h5py.File(root / "data" / f"{split}.h5", "w") as file:
            for name, clip in run.clips.items():
                if run.splits[name] == split:
                    file.create_dataset(name, data=clip)
    for split in ("train", "dev"):
        lines = [json.dumps({"id": n, "gloss": " ".join(g)}) for n, s, g in run.rows if s == split]
        _text(root / "data" / f"{split}.jsonl", "\n".join(lines) + "\n")
    _text(root / "data" / "vocab.txt", "\n".join(run.vocabulary) + "\n")
    _text(root / "logs" / "metrics.csv", _csv(run.history).replace("\n", "\r\n"))
    _text(root / "config.json", json.dumps(run.config))


def signjoey(run: RunInMemory, root: Path) -> None:
    """Gzip pickles of records with their features in them, and a plain text log."""
    import torch

    root.mkdir(parents=True, exist_ok=True)
    for split in ("train", "dev"):
        records = [
            {"name": f"{split}/{n}", "signer": "Signer01", "gloss": " ".join(g), "text": "",
             "sign": torch.from_numpy(np.ascontiguousarray(run.clips[n]))}
            for n, s, g in run.rows
            if s == split and n in run.clips
        ]  # fmt: skip
        with gzip.open(root / f"corpus.pami0.{split}", "wb") as file:
            pickle.dump(records, file)
    _text(root / "gls.vocab", "\n".join(["<si>", *run.vocabulary[1:]]) + "\n")
    _text(root / "train.log", _log(run.history))
    _text(root / "config.yaml", yaml.safe_dump(run.config))


def vac(run: RunInMemory, root: Path) -> None:
    """npz files, pickled info and vocabulary in npy, a history of lists in json."""
    for name, clip in run.clips.items():
        path = root / "features" / run.splits[name] / f"{name}.npz"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, keypoints=clip)
    for split in ("train", "dev"):
        entries: dict[Any, Any] = {"prefix": "phoenix"}
        for number, (name, _, glosses) in enumerate(r for r in run.rows if r[1] == split):
            entries[number] = {
                "fileid": name,
                "folder": f"{split}/{name}/1",
                "signer": "Signer01",
                "label": " ".join(glosses),
                "num_frames": str(len(run.clips.get(name, ()))),
            }
        np.save(root / f"{split}_info.npy", np.array(entries, dtype=object), allow_pickle=True)
    words = {token: [index, 1] for index, token in enumerate(run.vocabulary) if index > 0}
    np.save(root / "gloss_dict.npy", np.array(words, dtype=object), allow_pickle=True)
    keys = run.history[0] if run.history else {}
    _text(root / "results.json", json.dumps({k: [row[k] for row in run.history] for k in keys}))
    _text(root / "config.yaml", yaml.safe_dump(run.config))


LAYOUTS: dict[str, Callable[[RunInMemory, Path], None]] = {
    "npy and csv": npy_and_csv,
    "h5 and jsonl": h5_and_jsonl,
    "signjoey": signjoey,
    "vac": vac,
}


@pytest.fixture
def written(tmp_path: Path) -> Callable[[RunInMemory, str], Path]:
    """Writes a run in one of the layouts and gives its folder."""

    def write(run: RunInMemory, layout: str) -> Path:
        root = tmp_path / "run"
        LAYOUTS[layout](run, root)
        for where, content in run.files.items():
            (root / where).parent.mkdir(parents=True, exist_ok=True)
            (root / where).write_bytes(content)
        return root

    return write


def _text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))


def _csv(history: list[dict[str, float]]) -> str:
    out = io.StringIO()
    out.write(",".join(history[0] if history else ("epoch", "train_loss", "dev_loss", "dev_wer")) + "\n")
    for row in history:
        out.write(",".join(str(value) for value in row.values()) + "\n")
    return out.getvalue()


def _log(history: list[dict[str, float]]) -> str:
    lines = ["INFO loading data: 90 train samples", "INFO starting training on cuda:0"]
    for row in history:
        told = ", ".join(f"{k}: {v:.4f}" for k, v in row.items() if k != "epoch")
        lines.append(f"2026-01-05 10:00:00 Epoch {int(row['epoch'])}/{len(history)} - {told}")
    return "\n".join(lines) + "\n"
