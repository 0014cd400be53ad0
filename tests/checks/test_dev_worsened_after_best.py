from __future__ import annotations

import pytest

from slrdoctor.facts.training.logged_epochs import KeptCheckpoint
from slrdoctor.testing import not_judged
from tests.making import FAILED, Judge, dev_score

LAST_ONLY = KeptCheckpoint(False, "", ("last.pt",), "last.pt")
judged = Judge("TRN505", lambda values, kept=LAST_ONLY, **of: (dev_score(values, **of), kept))


def test_trn505_fires_when_the_last_model_is_much_worse_than_the_best() -> None:
    (finding,) = judged([0.9, 0.4, 0.5, 0.6, 0.62, 0.61])
    assert "was 40.0% at epoch 2 and is 61.0% at the end" in finding.message


def test_trn505_is_quiet_when_the_best_checkpoint_was_kept() -> None:
    assert not judged(
        [0.9, 0.4, 0.5, 0.6, 0.62, 0.61], KeptCheckpoint(True, "best.pt", ("best.pt",), "best.pt")
    )


@pytest.mark.parametrize(("last", "fires"), [(0.426, True), (0.424, False)])
def test_trn505_fires_beyond_a_quarter_of_the_gain_and_is_quiet_within(last: float, fires: bool) -> None:
    assert bool(judged([0.8, 0.3, last, last, last])) is fires


def test_trn505_is_quiet_on_changes_of_less_than_three_points_and_on_one_bad_last_epoch() -> None:
    assert not judged([0.10, 0.05, 0.079, 0.079, 0.079])
    assert not judged([0.9, 0.4, 0.4, 0.41, 0.4, 0.8])
    assert not judged([0.9, 0.4, 0.7, 0.7])


def test_trn505_fires_on_accuracy_and_bleu_the_other_way_round() -> None:
    assert judged([0.1, 0.9, 0.5, 0.5, 0.5], quantity="accuracy")
    assert judged([1.0, 20.0, 12.0, 12.0, 12.0], quantity="bleu")
    assert not judged([0.9, 0.5, 0.9, 0.9, 0.9], quantity="accuracy")


def test_trn505_is_not_judged_on_four_epochs() -> None:
    assert "4 epochs" in judged.abstained([0.9, 0.4, 0.7, 0.7]).reason


def test_trn505_is_not_judged_of_a_run_that_learned_nothing() -> None:
    lost = dev_score([0.9, 0.4, 0.5, 0.6, 0.62, 0.61])
    assert "luck" in not_judged("TRN505", lost, LAST_ONLY, FAILED).reason
