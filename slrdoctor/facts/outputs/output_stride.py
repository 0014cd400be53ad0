"""The temporal stride of a model, seen by how many frames its stored outputs have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slrdoctor.arithmetic.ctc_forward import Ints
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.features.features import ClipTable
from slrdoctor.facts.outputs.output_pass import OutputPass
from slrdoctor.words.grammar import counted, ordinal

FEWEST = 5  # samples
LARGEST = 16
MOSTLY = 0.95  # of the samples
OFF = 1.0  # frames that rounding adds or takes
LOST = 8  # frames at most that layers without padding take off every clip


@dataclass(frozen=True)
class OutputStride:
    """Stored frames a frame of output, over samples whose features and outputs are both there."""

    stride: int
    samples: int
    read_from: str

    @property
    def sentence(self) -> str:
        frames = "every frame" if self.stride == 1 else f"every {ordinal(self.stride)} frame"
        return f"{counted(self.samples, 'stored output')} with one frame for {frames} of the features"


@measure
def output_stride(outputs: OutputPass, clips: ClipTable) -> OutputStride:
    """Raises Unavailable where frames and outputs show no one stride."""
    stored = {(row.id, row.split): row.frames for row in clips.rows}
    pairs = [
        (stored[key, split.split], int(frames))
        for split in outputs.splits
        if not split.by_position
        for key, frames in zip(split.keys, split.frames, strict=True)
        if (key, split.split) in stored and frames > 0
    ]
    if len(pairs) < FEWEST:
        raise Unavailable(
            f"{outputs.read_from} has {counted(len(pairs), 'sample')} that features are stored for"
        )
    frames, left = np.array(pairs, dtype=np.int64).T
    stride = stride_of(frames, left)
    if stride is None:
        raise Unavailable(f"the outputs in {outputs.read_from} differ in their stride over the features")
    return OutputStride(stride, len(pairs), f"{outputs.read_from}, {clips.read_from}")


def stride_of(frames: Ints, left: Ints) -> int | None:
    """The stride that makes `left` frames of `frames`, both [N]; None where none does.

    Up to rounding, and to a number of frames that is the same for every clip: layers without
    padding take some off, and only lengths that differ tell these from a stride.
    """
    for stride in range(1, LARGEST + 1):
        lost = float(np.median(frames / stride - left))
        if -OFF <= lost <= LOST and np.ptp(frames) >= 2 * LOST * stride:
            near = np.abs(frames / stride - lost - left) <= OFF
            if near.mean() >= MOSTLY:
                return stride
    return None
