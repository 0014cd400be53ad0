"""What torch.save writes: checkpoints, feature tensors, whole models."""

from __future__ import annotations

from pathlib import Path

from slrdoctor.artifacts.content import Reader
from slrdoctor.artifacts.formats._example_files import EXAMPLE_CLIP
from slrdoctor.artifacts.pickles.torch_archive import LEGACY_MAGIC, ZIP_MAGIC
from slrdoctor.artifacts.pickles.unpickle import load_file
from slrdoctor.extras import needed_for


def _example(folder: Path) -> Path:
    with needed_for("an example of torch.save", "torch"):
        import torch
    path = folder / "sample.pt"
    torch.save({"name": "a", "sign": torch.from_numpy(EXAMPLE_CLIP), "gloss": [3, 1]}, path)
    return path


READER = Reader(
    name="torch",
    suffixes=(".pt", ".pth", ".ckpt", ".tar", ".bin"),
    read=load_file,
    example=_example,
    magic=(ZIP_MAGIC, *(bytes((0x80, protocol)) + LEGACY_MAGIC for protocol in (2, 3, 4, 5))),
    cost=-1,  # of the files without a suffix that are zips, checkpoints are the commonest
    clip_suffixes=(".pt",),
    likely="features",
)
