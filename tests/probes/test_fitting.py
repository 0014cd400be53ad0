"""Time is no verdict: a training that is on its way down is not called a failure."""

from __future__ import annotations

import math

import pytest

from slrdoctor.probes.answers import answer_of_reference
from slrdoctor.probes.chosen_samples import ChosenSamples
from slrdoctor.probes.fitting import is_falling
from slrdoctor.probes.protocol import Attempt, Cell
from slrdoctor.probes.trials import ReferenceTrial


@pytest.mark.parametrize(
    ("losses", "falls"),
    [
        ([4 * math.exp(-step / 100) for step in range(400)], True),
        ([2.3 + 0.01 * math.sin(step) for step in range(400)], False),
        ([4 - 3.9 * min(1, step / 100) for step in range(400)], False),
        ([9.0, 3.0, 1.0], False),  # too few steps to tell
    ],
)
def test_a_loss_on_its_way_down(losses: list[float], falls: bool) -> None:
    assert is_falling(losses) is falls


@pytest.mark.parametrize(("unfinished", "culprit"), [(True, "unknown"), (False, "data")])
def test_a_training_cut_short_blames_nobody(unfinished: bool, culprit: str) -> None:
    def cell(reproduced: bool, unfinished: bool) -> Cell:
        loss, errors = (0.04, 0.0) if reproduced else (0.4, 0.3)
        attempt = Attempt(1e-3, loss, errors, errors, steps=200, seconds=9.0, unfinished=unfinished)
        return Cell("bilstm_ctc", "samples", (attempt,))

    reference = ReferenceTrial("bilstm_ctc", cell(False, unfinished), cell(True, False), "cpu", None, "")
    chosen = ChosenSamples((), of=5, refused="", refused_share=0.0, seed=0, read_from="features")

    assert answer_of_reference(chosen, reference).culprit == culprit
