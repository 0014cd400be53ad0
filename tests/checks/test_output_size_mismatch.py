from __future__ import annotations

from dataclasses import replace

import pytest

from slrdoctor.facts.labels.output_classes import VocabularySize
from slrdoctor.facts.model.checkpoint_head import HeadFit
from slrdoctor.testing import findings, not_judged

VAC = VocabularySize(64, 65, 65, 66, "gloss_dict.npy")
OTHER = HeadFit("classifier", 1296, VAC, 65, False, "", "best.pt")


def test_lab210_fires_when_the_head_is_of_another_vocabulary() -> None:
    (finding,) = findings("LAB210", OTHER)

    assert finding.message == (
        "classifier in best.pt has 1296 outputs, but the 64 glosses in gloss_dict.npy need 65"
    )
    assert finding.evidence[0].limit is not None and finding.evidence[0].limit.value == 66


@pytest.mark.parametrize(("outputs", "bound"), [(64, 65), (67, 66)])
def test_lab210_fires_just_outside_of_the_boundary(outputs: int, bound: int) -> None:
    (finding,) = findings("LAB210", replace(OTHER, outputs=outputs))

    assert finding.evidence[0].limit is not None and finding.evidence[0].limit.value == bound


def test_lab210_is_quiet_when_the_head_fits() -> None:
    assert not findings("LAB210", replace(OTHER, outputs=65, fits=True))


def test_lab210_is_quiet_about_a_model_of_a_part_of_the_classes() -> None:
    assert not findings("LAB210", replace(OTHER, outputs=20, because="it is of a part of the classes"))


def test_lab210_is_not_judged_where_the_list_may_be_of_another_model() -> None:
    doubt = "only labels.txt says that best.pt chooses among classes"

    assert not_judged("LAB210", replace(OTHER, doubt=doubt)).reason.endswith(doubt)
