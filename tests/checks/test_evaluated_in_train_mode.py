from __future__ import annotations

from dataclasses import replace

from slrdoctor.facts.model.counted_batches import CountedBatches
from slrdoctor.testing import findings

SOUND = CountedBatches(135, 135, 0, 0, 96, "best.pt")


def test_mdl611_fires_with_both_counts_and_the_batches_of_dev() -> None:
    (finding,) = findings("MDL611", replace(SOUND, counted=189, epochs=9, more=6))

    assert finding.message == (
        "in best.pt, batch normalisation counted 189 batches where the optimizer took 135 steps: 6 more "
        "in each of 9 epochs, as many as the 96 samples of dev have, so dev is scored in train mode"
    )


def test_mdl611_is_quiet_where_the_counts_are_those_of_the_steps() -> None:
    assert not findings("MDL611", SOUND)
