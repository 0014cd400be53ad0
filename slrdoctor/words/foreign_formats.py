"""Formats that may hold a part of a run and that no reader takes: what is in them, how to export it."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass

NPZ = (
    "np.savez('features/train.npz', **{id: array for id, array in clips})   # a [T, D] array per sample"
)
CSV = "as csv, with columns such as epoch, train_loss, val_loss and the dev score"


@dataclass(frozen=True)
class ForeignFormat:
    """A format by the names of its files. `holds` is what it holds of a run, most likely.

    `spare` is true of what is usually written beside a form that can be read: a model exported for
    a phone beside its checkpoint, a tracker's database beside the history that was exported.
    """

    name: str
    patterns: tuple[str, ...]  # of lower-case file names, or `*.zarr/` for a folder that is one file
    holds: str
    advice: str
    how: str = ""
    spare: bool = False


FOREIGN = (
    ForeignFormat(
        "MATLAB", ("*.mat",), "features",
        "Save the arrays of each MATLAB file as .npy or .npz.",
        "np.savez('x.npz', **{k: v for k, v in scipy.io.loadmat('x.mat').items() if k[0] != '_'})",
    ),
    ForeignFormat(
        "LMDB", ("data.mdb", "*.lmdb"), "features",
        "Save the records of the LMDB database as one .npz, keyed by sample id.", NPZ,
    ),
    ForeignFormat(
        "Zarr", ("*.zarr/",), "features",
        "Save the arrays of the Zarr store as one .npz, keyed by sample id.", NPZ,
    ),
    ForeignFormat(
        "tar", ("*.tar",), "features in shards",
        "Unpack the tar shards into a folder with a file per sample.",
        "for shard in *.tar; do tar -xf $shard -C features/train; done",
    ),
    ForeignFormat(
        "archive", ("*.zip", "*.7z", "*.rar", "*.tar.gz", "*.tgz", "*.tar.xz", "*.tar.bz2"), "features",
        "Unpack the archives beside the annotations.", spare=True,
    ),
    ForeignFormat(
        "motion capture", ("*.c3d", "*.bvh", "*.trc"), "features",
        "Save the marker positions of each recording as a [T, D] array in a .npy file.",
    ),
    ForeignFormat(
        "joblib", ("*.joblib",), "features or a model",
        "Save what joblib wrote as .npz.", "np.savez('x.npz', **joblib.load('x.joblib'))",
    ),
    ForeignFormat(
        "spreadsheet", ("*.xls", "*.xlsb", "*.ods"), "annotations",
        "Save the sheet as csv.",
        "pandas.read_excel('x.xls').to_csv('x.csv', index=False)", spare=True,
    ),
    ForeignFormat(
        "ELAN", ("*.eaf",), "annotations",
        "Export the tiers in ELAN: File > Export As > Tab-delimited Text, with a header line.",
    ),
    ForeignFormat(
        "SQLite", ("*.sqlite", "*.sqlite3", "optuna.db"), "history",
        f"Export the metrics of the run from the database {CSV}.", spare=True,
    ),
    ForeignFormat(
        "ONNX", ("*.onnx",), "checkpoint",
        "Keep the checkpoint that the ONNX model was exported from in the run folder.", spare=True,
    ),
    ForeignFormat(
        "TFLite", ("*.tflite",), "checkpoint",
        "Keep the checkpoint that the TFLite model was exported from in the run folder.", spare=True,
    ),
    ForeignFormat(
        "TensorFlow", ("saved_model.pb", "*.data-00000-of-*"), "checkpoint",
        "Save the TensorFlow model as .keras.",
        "model.save('model.keras')", spare=True,
    ),
    ForeignFormat(
        "Flax", ("*.msgpack",), "checkpoint", "Save the Flax parameters as safetensors.",
        "safetensors.flax.save_file(flax.traverse_util.flatten_dict(params, sep='.'), 'x.safetensors')",
        spare=True,
    ),
    ForeignFormat(
        "Paddle", ("*.pdparams",), "checkpoint", "Save the Paddle parameters as .npz.",
        "np.savez('x.npz', **{k: v.numpy() for k, v in paddle.load('x.pdparams').items()})", spare=True,
    ),
)  # fmt: skip


def _any_of(patterns: Iterable[tuple[int, str]]) -> re.Pattern[str]:
    """One expression for all patterns, with a group a pattern that names the place of its format."""
    alternatives = (
        f"(?P<_{form}_{number}>{fnmatch.translate(pattern)})"
        for number, (form, pattern) in enumerate(patterns)
    )
    return re.compile("|".join(alternatives))


_PATTERNS = [(place, pattern) for place, form in enumerate(FOREIGN) for pattern in form.patterns]
_FILES = _any_of((place, p) for place, p in _PATTERNS if not p.endswith("/"))
_FOLDERS = _any_of((place, p[:-1]) for place, p in _PATTERNS if p.endswith("/"))


def _format_of(match: re.Match[str]) -> ForeignFormat:
    return FOREIGN[int((match.lastgroup or "").split("_")[1])]


def foreign_format(where: str) -> tuple[ForeignFormat, str] | None:
    """The format of a file by its path, and the path of the file or of the store that it lies in."""
    *folders, name = where.lower().split("/")
    for depth, folder in enumerate(folders, start=1):
        inside = _FOLDERS.match(folder)
        if inside:
            return _format_of(inside), "/".join(where.split("/")[:depth])
    match = _FILES.match(name)
    return (_format_of(match), where) if match else None
