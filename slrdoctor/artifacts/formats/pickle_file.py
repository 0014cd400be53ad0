"""Python's pickles, bare or compressed: what signjoey, SLRT, GFSLT and OpenHands keep samples in.

Their suffixes say little (phoenix14t.pami0.train), so the first bytes decide.
"""

from __future__ import annotations

from slrdoctor.artifacts.content import Reader
from slrdoctor.artifacts.pickles.unpickle import load_file

READER = Reader(
    name="pickle",
    suffixes=(".pkl", ".pickle", ".p", ".pk", ".gz"),
    read=load_file,
    magic=(b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"),
)
