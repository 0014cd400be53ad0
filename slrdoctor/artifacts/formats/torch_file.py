"""What torch.save writes: checkpoints, feature tensors, whole models."""

from __future__ import annotations

from slrdoctor.artifacts.content import Reader
from slrdoctor.artifacts.pickles.torch_archive import LEGACY_MAGIC, ZIP_MAGIC
from slrdoctor.artifacts.pickles.unpickle import load_file

READER = Reader(
    name="torch",
    suffixes=(".pt", ".pth", ".ckpt", ".tar", ".bin"),
    read=load_file,
    magic=(ZIP_MAGIC, *(bytes((0x80, protocol)) + LEGACY_MAGIC for protocol in (2, 3, 4, 5))),
    cost=-1,  # of the files without a suffix that are zips, checkpoints are the commonest
)
