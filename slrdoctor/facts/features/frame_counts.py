"""Frames as stored against frames as annotated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.features.features import ClipTable, Ints
from slrdoctor.facts.features.join import Join


@dataclass(frozen=True)
class FrameCounts:
    """Both counts for every joined sample whose annotation has one: arrays of shape [N]."""

    ids: tuple[str, ...]
    stored: Ints
    annotated: Ints
    read_from: str

    @property
    def sentence(self) -> str:
        samples = "sample has" if len(self.ids) == 1 else "samples have"
        return f"{len(self.ids)} {samples} stored frames and an annotated number of frames"


@measure
def frame_counts(join: Join, clips: ClipTable) -> FrameCounts:
    """Raises Unavailable where no annotation counts frames."""
    stored = {(row.id, row.split): row.frames for row in clips.rows}
    found = [
        (pair.row.id, stored[pair.row.id, pair.split], pair.row.frames)
        for pair in join.pairs
        if pair.row.frames and pair.row.frames > 0 and stored.get((pair.row.id, pair.split))
    ]
    if not found:
        raise Unavailable(
            f"no frame counts in the annotations ({join.read_from})",
            "add a column with the number of frames to the annotations",
        )
    ids, frames, annotated = zip(*found, strict=True)
    return FrameCounts(ids, np.array(frames, np.int64), np.array(annotated, np.int64), join.read_from)
