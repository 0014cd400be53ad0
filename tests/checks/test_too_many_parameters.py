from __future__ import annotations

from dataclasses import replace
from math import nan

import pytest

from slrdoctor.facts.model.checkpoint_head import Capacity
from slrdoctor.testing import findings
from tests.making import MEMORISED

LARGE = Capacity(1_178_961, 20, "fc", 0.436, 2001, 1999, "best.pt and train.csv")


def test_mdl601_fires_for_a_large_model_that_learned_its_samples_by_heart() -> None:
    (finding,) = findings("MDL601", LARGE, MEMORISED)

    assert finding.message == (
        "1,178,961 parameters are trained on 20 samples, 58,948 per sample; 44% of them are in the "
        "last layer, and 1,999 of its 2,001 outputs occur in no training target"
    )


@pytest.mark.parametrize(("parameters", "fires"), [(20_000, False), (20_001, True)])
def test_mdl601_at_the_boundary_of_a_thousand_a_sample(parameters: int, fires: bool) -> None:
    assert bool(findings("MDL601", replace(LARGE, parameters=parameters), MEMORISED)) is fires


@pytest.mark.parametrize(("last_dev", "fires"), [(0.21, False), (0.22, True)])
def test_mdl601_at_the_boundary_of_twice_the_training_loss(last_dev: float, fires: bool) -> None:
    assert (
        bool(findings("MDL601", LARGE, replace(MEMORISED, last_train=0.11, last_dev=last_dev))) is fires
    )


def test_mdl601_is_quiet_about_a_large_model_that_works() -> None:
    good = replace(MEMORISED, learned=True, best_metric=0.9, last_metric=0.88)

    assert not findings("MDL601", LARGE, good)


def test_mdl601_is_quiet_about_a_large_model_that_learned_nothing_of_its_samples_either() -> None:
    assert not findings("MDL601", LARGE, replace(MEMORISED, last_train=4.57, last_dev=4.58))


def test_mdl601_is_quiet_about_a_translation_that_beats_guessing() -> None:
    bleu = replace(MEMORISED, metric="bleu", learned=True, best_metric=21.0, last_metric=20.0)

    assert not findings("MDL601", LARGE, bleu)


def test_mdl601_fires_by_accuracies_where_no_losses_are_logged() -> None:
    shares = replace(MEMORISED, last_train=nan, last_dev=nan, train_accuracy=0.98)

    assert findings("MDL601", LARGE, shares)
    assert not findings("MDL601", LARGE, replace(shares, train_accuracy=0.03))


def test_mdl601_leaves_a_small_head_out() -> None:
    (finding,) = findings("MDL601", replace(LARGE, head_share=0.05), MEMORISED)

    assert "head" not in finding.message
