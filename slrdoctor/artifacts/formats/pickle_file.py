"""Python's pickles, bare or compressed: what signjoey, SLRT, GFSLT and OpenHands keep samples in.

Their suffixes say little (phoenix14t.pami0.train), so the first bytes decide.
"""

from __future__ import annotations

import pickle
from pathlib import Path

from slrdoctor.artifacts.content import Reader
from slrdoctor.artifacts.formats._example_files import EXAMPLE_CLIP
from slrdoctor.artifacts.pickles.unpickle import load_file


def _example(folder: Path) -> Path:
    path = folder / "samples.pkl"
    samples = [
        {"name": "a", "gloss": "X Y", "sign": EXAMPLE_CLIP},
        {"name": "b", "gloss": "", "sign": [1]},
    ]
    path.write_bytes(pickle.dumps(samples))
    return path


READER = Reader(
    name="pickle",
    suffixes=(".pkl", ".pickle", ".p", ".pk", ".gz", ".joblib"),
    read=load_file,
    example=_example,
    magic=(b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"),
    clip_suffixes=(".pkl", ".pickle"),
)
