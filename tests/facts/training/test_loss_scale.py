from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.ctc.blind_floor import BlindFloor
from slrdoctor.facts.ctc.uniform_start import UniformStart
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.training.class_count import ClassCount
from slrdoctor.facts.training.epoch_size import EpochSize
from slrdoctor.facts.training.history import Curve, History
from slrdoctor.facts.training.loss_scale import loss_scale

CLASSES = Task("classification", "by hand", "by hand")
CTC = Task("ctc", "by hand", "by hand")
OF_25 = ClassCount(25, 0.04, math.nan, "by hand", True, "by hand")
SIZE = EpochSize(32, 2400, 600, 75, 19, 25, {}, "by hand")
# the PHOENIX-2014 numbers: uniform start and floor a token, eleven glosses a sentence
START = UniformStart(220.0, 19.2, 1296, 5671, 11.5, 36.0, "features")
FLOOR = BlindFloor("ctc", 61.7, 5.37, 1296, 0.68, 1.0, math.nan, math.nan, 5671, True, "labels")


def test_losses_in_the_hundreds_are_sums_over_the_batches(make_history: Any) -> None:
    """A public run of 25 classes: its first training loss is 209.9, which is 75 times 2.8."""
    history = make_history(train_loss=[209.9, 177.7, 149.0], dev_loss=[49.2, 40.6, 38.2])
    scale = loss_scale(history, CLASSES, None, None, OF_25, SIZE)
    assert (scale.train_factor, scale.dev_factor) == (75, 19)
    assert str(scale.train) == "sum over 75 batches" and "ln 25 = 3.22" in scale.sentence


@pytest.mark.parametrize(
    ("factor", "reduction"),
    [(1, "mean per sample"), (75, "sum over 75 batches"), (2400, "sum over 2400 samples"),
     (32, "mean over batches of sums over 32 samples")],
)  # fmt: skip
@pytest.mark.parametrize("learned", [0.6, 0.9, 1.05])
def test_each_reduction_of_a_classifier_is_found(
    make_history: Any, factor: Any, reduction: Any, learned: Any
) -> None:
    first = learned * math.log(25) * factor
    scale = loss_scale(make_history(train_loss=[first, first / 2]), CLASSES, None, None, OF_25, SIZE)
    assert (str(scale.train), scale.train_factor) == (reduction, factor)
    assert str(scale.dev) == "unknown" and math.isnan(scale.dev_factor)


@pytest.mark.parametrize(("first", "reduction"), [(15.0, "mean per token"), (150.0, "mean per sample")])
def test_means_a_token_and_a_sample_are_told_apart(
    make_history: Any, first: Any, reduction: Any
) -> None:
    scale = loss_scale(make_history(train_loss=[first, first / 3]), CTC, START, FLOOR, None, None)
    assert str(scale.train) == reduction
    assert scale.train_factor == (1 if reduction == "mean per token" else pytest.approx(61.7 / 5.37))


@pytest.mark.parametrize(
    ("name", "reduction"),
    [
        ("Mean training loss", "mean per sample"),
        ("training loss", "sum over 30 batches of the mean per token"),
    ],
)
def test_a_loss_that_is_named_a_mean_is_no_sum(name: str, reduction: str) -> None:
    size = EpochSize(None, None, None, 30, None, None, {}, "by hand")
    epochs, values = np.arange(3.0), np.array([210.0, 90.0, 40.0])
    history = History((Curve(name, "train", "loss", epochs, values, "log.txt"),), "log.txt")
    assert str(loss_scale(history, CTC, START, FLOOR, None, size).train) == reduction


def test_a_first_loss_at_the_very_start_is_that_of_an_untrained_model_and_no_sum(
    make_history: Any,
) -> None:
    """One sign a clip, 2001 classes, 96 frames: a sum over ten batches is nearer the floor."""
    start = UniformStart(722.8, 722.8, 2001, 20, 1.0, 96.2, "features")
    floor = BlindFloor("ctc", 1.68, 1.68, 2001, 0.99, 0.5, math.nan, math.nan, 20, True, "labels")
    size = EpochSize(2, 20, 10, 10, 5, None, {}, "by hand")

    curves = {"train_loss": [724.98, 118.4, 2.56], "dev_loss": [367.14, 41.2, 10.07]}
    scale = loss_scale(make_history(**curves), CTC, start, floor, None, size)
    assert (scale.train_factor, scale.dev_factor) == (1, 1)

    below = loss_scale(make_history(train_loss=[0.9 * 722.8, 118.4]), CTC, start, floor, None, size)
    assert below.train_factor != 1


def test_a_loss_that_lingers_at_the_floor_tells_what_its_first_value_leaves_open(
    make_history: Any,
) -> None:
    """Without a start, 40 may be a mean per token or a sample; standing at 61.7 says which."""
    lingering = [40.0, 61.0, 62.0, 61.5, 60.0, 50.0]
    scale = loss_scale(make_history(train_loss=lingering), CTC, None, FLOOR, None, None)
    assert str(scale.train) == "mean per sample"


def test_a_loss_of_no_reduction_is_unknown_and_says_so(make_history: Any) -> None:
    scale = loss_scale(make_history(train_loss=[1e7, 1e6]), CLASSES, None, None, OF_25, SIZE)
    assert str(scale.train) == "unknown" and math.isnan(scale.train_factor)
    assert "unknown" in scale.sentence


def test_a_fast_learner_keeps_its_mean(make_history: Any) -> None:
    scale = loss_scale(make_history(train_loss=[0.4, 0.1]), CLASSES, None, None, OF_25, SIZE)
    assert str(scale.train) == "mean per sample"


def test_nothing_to_hold_a_loss_against_is_unavailable(make_history: Any) -> None:
    for task in (CTC, CLASSES, None):
        with pytest.raises(Unavailable):
            loss_scale(make_history(train_loss=[3.0, np.nan]), task, None, None, None, SIZE)


def test_a_first_epoch_at_the_floor_of_a_mean_a_sample_is_one() -> None:
    """61 is three uniform starts a token, but after one epoch a model is near its floor."""
    values = np.array([61.0, 40.0, 20.0])
    at = np.arange(1.0, 4.0)
    history = History((Curve("loss", "train", "loss", at, values, "log.txt"),), "log.txt")
    unpooled = UniformStart(900.0, 78.0, 1296, 5671, 11.5, 141.0, "features")
    scale = loss_scale(history, CTC, unpooled, FLOOR, None, None)
    assert str(scale.train) == "mean per sample"


# 16 outputs, 40 frames, 3.6 glosses a clip: an untrained model costs 27 nats per token, a blind one 2.1
SHORT_START = UniformStart(96.0, 27.0, 16, 300, 3.6, 40.0, "features")
SHORT_FLOOR = BlindFloor("ctc", 7.5, 2.1, 16, 0.7, 0.9, math.nan, math.nan, 300, True, "labels")
FALLING = np.array([1.0, 0.95, 0.9, 0.86, 0.84, 0.8, 0.78, 0.76])


@pytest.mark.parametrize("first", [16.0, 20.1, 25.0])
@pytest.mark.parametrize("dev_first", [2.0, 2.09, 2.4])
def test_a_first_epoch_of_large_steps_does_not_make_the_two_losses_two_units(
    make_history: Any, first: float, dev_first: float
) -> None:
    """The mean of a first epoch holds its first steps; from the second epoch on both are the same."""
    train = [first, *(1.02 * dev_first * FALLING[1:])]
    history = make_history(train_loss=train, dev_loss=list(dev_first * FALLING))

    scale = loss_scale(history, CTC, SHORT_START, SHORT_FLOOR, None, None)

    assert (scale.train_factor, scale.dev_factor) == (1, 1)


@pytest.mark.parametrize("factor", [30.0, 3.6])
def test_two_units_that_later_epochs_bear_out_are_kept(make_history: Any, factor: float) -> None:
    """A script that sums its training loss over 30 batches, or divides it by nothing but samples."""
    size = EpochSize(None, None, None, 30, 30, None, {}, "by hand")
    dev = 2.4 * FALLING
    history = make_history(train_loss=list(1.1 * factor * dev), dev_loss=list(dev))

    scale = loss_scale(history, CTC, SHORT_START, SHORT_FLOOR, None, size)

    assert scale.train_factor == pytest.approx(factor, rel=0.02) and scale.dev_factor == 1


@pytest.mark.parametrize("epochs", [1, 2])
def test_two_units_that_one_epoch_suggests_are_not_believed(make_history: Any, epochs: int) -> None:
    train, dev = [20.1, 2.0], [2.09, 1.98]
    history = make_history(train_loss=train[:epochs], dev_loss=dev[:epochs])

    scale = loss_scale(history, CTC, SHORT_START, SHORT_FLOOR, None, None)

    assert str(scale.dev) == "unknown" and "unknown reduction" in scale.sentence
