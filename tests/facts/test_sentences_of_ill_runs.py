"""The sentence of a fact is true of an ill run too."""

from __future__ import annotations

from math import nan

import numpy as np

from slrdoctor.facts.ctc.ctc_lengths import CtcLengths
from slrdoctor.facts.ctc.floor_distance import FloorDistance
from slrdoctor.facts.ctc.layer_stack import LayerStack
from slrdoctor.facts.evaluation.blind_comparison import BlindComparison
from slrdoctor.facts.evaluation.score_evidence import SwapEvidence
from slrdoctor.facts.training._reduction import UNKNOWN
from slrdoctor.facts.training.dev_score import DevScore
from slrdoctor.facts.training.epoch_order import Disorder, EpochOrder
from slrdoctor.facts.training.gradient_norms import of_curve
from slrdoctor.facts.training.history import Curve
from slrdoctor.facts.training.logged_epochs import KeptCheckpoint, LoggedEpochs
from slrdoctor.facts.training.logged_scores import ErrorRates
from slrdoctor.facts.training.loss_scale import LossScale
from slrdoctor.facts.training.score_sentinel import ScoreSentinel
from slrdoctor.facts.training.train_loss import FiniteLoss, LossBreak


def test_a_loss_that_ends_as_nan_does_not_go_on() -> None:
    broken = LossBreak("train", "loss", "epoch", 30, 30, 1, 30, 1, "NaN", False, "h.csv")
    loss = FiniteLoss((broken,), 30, nan, nan, "", False, False, "h.csv")

    assert loss.sentence == "30 of 30 loss values are NaN or infinite"


def test_epochs_out_of_order_do_not_follow_one_another() -> None:
    fault = Disorder("several runs", "h.csv", "loss", (1.0,), 10, 20, 1)

    assert EpochOrder((fault,), (), 0, 1, "h.csv").sentence == "10 of 20 rows in h.csv are out of order"
    assert EpochOrder((), ("h.csv",), 0, 1, "h.csv").sentence == "h.csv without a single row"
    assert "resumed 1 time" in EpochOrder((), (), 1, 1, "h.csv").sentence


def test_where_nothing_was_saved_no_best_checkpoint_is_spoken_of() -> None:
    assert KeptCheckpoint(False, "", (), "h.csv").sentence == "there is no checkpoint"
    assert "best of 1 checkpoint " in KeptCheckpoint(False, "", ("last.pt",), "last.pt").sentence
    assert LoggedEpochs(0, ("log.txt",), 1, "", "log.txt").sentence == "0 finished epochs in log.txt"


def test_gradients_that_are_all_nan_have_no_median() -> None:
    norms = Curve("grad_norm", "train", "grad_norm", np.arange(3.0), np.full(3, nan), "h.csv")

    assert of_curve(norms).sentence == "all 3 gradient norms are NaN or infinite"


def test_targets_that_fit_no_stored_clip_have_no_stride() -> None:
    stack = LayerStack("", 1, "nothing says the model's temporal stride", "the stored lengths", False)
    one = np.array([3]), np.array([3]), np.array([5]), np.array([0])
    lengths = CtcLengths(("s0",), ("train",), *one, stack, "features", ())

    assert lengths.sentence == (
        "0 of 1 targets fit at stride 1 (the model's stride is unknown); the tightest needs 5 frames "
        "and gets 3; 1 target needs more frames than are stored"
    )
    assert stack.sentence == "the temporal stride is unknown: lengths are taken as they are stored"


def test_unknown_losses_are_compared_with_nothing() -> None:
    unknown = FloorDistance(nan, nan, nan, nan, 3, False, "h.csv", "h.csv")
    scale = LossScale(UNKNOWN, UNKNOWN, "first losses (none) compared with ln 5 = 1.61", "h.csv")

    assert "no loss can be compared" in unknown.sentence
    assert scale.sentence.startswith("the reduction of the losses is unknown")


def test_a_score_that_never_moved_and_one_of_nothing_are_said_as_they_are() -> None:
    stuck = ScoreSentinel(30, 30, 0, 30, 1, (), "dev WER", "h.csv")
    silent = BlindComparison("WER", 1.0, 1.0, "", nan, 0.0, 0.0, 0.0, 24, 0.0, 1.0, "dev", "p.json")
    rates = SwapEvidence(ErrorRates("dev WER", 0, 12.0, 12.0, 3, "h.csv"), None, "h.csv")

    assert stuck.sentence == "30 of 30 values of dev WER are exactly 100%"
    assert "answering nothing every time scores 100.0%" in silent.sentence
    assert "there are no stored predictions" in rates.sentence
    values = np.ones(3)
    score = DevScore("wer", "val_wer", "dev", np.arange(3.0), values, "epoch", "h.csv")
    assert score.sentence == "dev WER is 100.0% in all 3 epochs"
