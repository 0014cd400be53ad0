"""The stride that stored outputs show, up to rounding and to what layers without padding take."""

from __future__ import annotations

import numpy as np
import pytest

from slrdoctor.facts.ctc.layer_stack import length_after
from slrdoctor.facts.outputs.output_stride import stride_of

FRAMES = np.random.default_rng(0).integers(40, 300, 60)


@pytest.mark.parametrize("stride", [1, 2, 3, 4, 8])
def test_the_stride_is_found_however_it_is_rounded(stride: int) -> None:
    assert stride_of(FRAMES, FRAMES // stride) == stride
    assert stride_of(FRAMES, -(-FRAMES // stride)) == stride


@pytest.mark.parametrize(("layers", "stride"), [("K5-P2-K5-P2", 4), ("K5-P2", 2), ("K5-K5", 1)])
def test_frames_that_kernels_take_are_no_stride(layers: str, stride: int) -> None:
    assert stride_of(FRAMES, length_after(FRAMES, layers)) == stride


def test_clips_of_one_length_tell_no_stride_from_what_kernels_take() -> None:
    same = np.full(20, 64)
    assert stride_of(same, length_after(same, "K5-P2-K5-P2")) is None  # 13: also every fifth


def test_padded_outputs_and_other_clips_tell_none() -> None:
    assert stride_of(FRAMES, np.full(60, 75)) is None
    assert stride_of(FRAMES, np.random.default_rng(1).permutation(FRAMES)) is None
    assert stride_of(FRAMES, 2 * FRAMES) is None
