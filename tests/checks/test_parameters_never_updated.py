from __future__ import annotations

from dataclasses import replace

import pytest

from slrdoctor.facts.model.checkpoint_movement import ParameterUpdates
from slrdoctor.testing import findings

SOUND = ParameterUpdates("", "", (), 0.0, 0, "it is of epoch 9", ("all moved",), "best.pt")


def test_mdl603_fires_for_a_head_without_gradients() -> None:
    head = "the optimizer has state for other tensors, but none for head.weight"
    (finding,) = findings("MDL603", replace(SOUND, head=head))

    assert finding.message == f"in best.pt, the last layer was never updated, as {head}"


def test_mdl603_fires_for_two_epochs_without_a_difference() -> None:
    (finding,) = findings("MDL603", replace(SOUND, unchanged="epoch_3.pt and epoch_9.pt"))

    assert finding.message == "in best.pt, all parameters are the same in epoch_3.pt and epoch_9.pt"


def test_mdl603_fires_for_statistics_that_saw_no_data() -> None:
    (finding,) = findings("MDL603", replace(SOUND, statistics=4))

    assert "all 4 batch normalisations have mean 0" in finding.message


@pytest.mark.parametrize(("share", "fires"), [(0.5, False), (0.51, True)])
def test_mdl603_at_the_boundary_of_half_the_parameters(share: float, fires: bool) -> None:
    random = replace(SOUND, random=("encoder.weight",), random_share=share)

    assert bool(findings("MDL603", random)) is fires


def test_mdl603_is_quiet_when_everything_was_updated_or_frozen_on_purpose() -> None:
    assert not findings("MDL603", SOUND)
    assert not findings("MDL603", replace(SOUND, random=("adapter.weight",), random_share=0.1))


def test_mdl603_tells_all_that_it_saw_in_one_finding() -> None:
    (finding,) = findings("MDL603", replace(SOUND, head="head.weight", statistics=2))

    assert [evidence.what for evidence in finding.evidence] == [
        "last layer",
        "batch normalisations without statistics",
        "sign of training",
    ]


@pytest.mark.parametrize("rate", [0.0, 1.8e-15])
def test_mdl603_names_a_learning_rate_that_moves_nothing(rate: float) -> None:
    still = replace(SOUND, unchanged="epoch_3.pt and epoch_9.pt", rate=rate)
    (finding,) = findings("MDL603", still)

    assert finding.message == (
        "in best.pt, all parameters are the same in epoch_3.pt and epoch_9.pt; the learning rate of its "
        f"optimizer is {rate:.2g}"
    )
    assert "schedule" in finding.fixes[0].do


def test_mdl603_names_no_rate_that_moves_something_and_none_in_a_sound_run() -> None:
    (finding,) = findings("MDL603", replace(SOUND, unchanged="epoch_3.pt and epoch_9.pt", rate=1e-4))

    assert "rate" not in finding.message
    assert not findings("MDL603", replace(SOUND, rate=0.0))
