from __future__ import annotations

import math

import numpy as np
import pytest

from slrdoctor.core.registry import Unavailable
from slrdoctor.facts.ctc.first_loss import first_loss
from slrdoctor.facts.ctc.uniform_start import UniformStart
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.training.epoch_size import EpochSize
from slrdoctor.facts.training.history import Curve, History

CTC = Task("ctc", "", "")
START = UniformStart(974.13, 97.413, 973, 400, 10.0, 150.0, "features")


def history(*values: float, per: str = "epoch") -> History:
    steps = np.arange(1.0, len(values) + 1)
    return History((Curve("loss", "train", "loss", steps, np.array(values), "log.txt", per),), "log.txt")


def size(batch: int | None, batches: int | None) -> EpochSize:
    return EpochSize(batch, 400, None, batches, None, None, {}, "config.yaml")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (97.4, "mean per token"),
        (974.1, "mean per sample"),
        (974.13 * 8, "sum over 8 samples"),
        (97.413 * 50, "sum over 50 batches"),
        (974.13 * 400, "sum over 400 samples"),
    ],
)
def test_an_untrained_loss_stands_at_its_reduction(value: float, name: str) -> None:
    reduction, ratio = first_loss(CTC, history(value), START, size(8, 50)).nearest()
    assert reduction.name == name
    assert ratio == pytest.approx(1, abs=0.01)


def test_it_tells_the_frames_that_the_loss_implies() -> None:
    first = first_loss(CTC, history(64.36), START, None)
    assert first.frames_by_token == pytest.approx(100, abs=2)


def test_an_unknown_stride_allows_for_shorter_inputs() -> None:
    known, unknown = (
        first_loss(
            CTC, history(20.0), UniformStart(974.13, 97.413, 973, 400, 10.0, 150.0, "", 0, k), None
        )
        for k in (True, False)
    )
    assert known.nearest()[1] < 0.3
    assert unknown.nearest()[1] == 1


def batches(*at: float) -> Curve:
    return Curve("loss", "", "loss", np.array(at), np.full(len(at), 95.0), "log.txt", "step")


def test_the_first_step_says_more_of_an_untrained_model_than_the_first_epoch() -> None:
    epochs = history(9.3, 6.2, 6.1)
    with_steps = History((*epochs.curves, batches(1.0, 1.5, 2.0)), "log.txt")

    assert first_loss(CTC, with_steps, START, None).value == 95.0
    assert first_loss(CTC, epochs, START, None).value == 9.3


def test_steps_that_are_logged_from_later_on_are_not_the_first() -> None:
    epochs = history(9.3, 6.2, 6.1)
    for at in (100.0, 1.2):
        late = History((*epochs.curves, batches(at, at + 1)), "log.txt")
        assert first_loss(CTC, late, START, None).value == 9.3


def test_a_negative_loss_is_under_every_start() -> None:
    _, ratio = first_loss(CTC, history(-3.0), START, None).nearest()
    assert ratio < 0


def test_without_a_finite_loss_there_is_none_to_judge() -> None:
    with pytest.raises(Unavailable, match="no finite training loss"):
        first_loss(CTC, history(math.nan), START, None)


def test_other_tasks_have_another_start() -> None:
    with pytest.raises(Unavailable, match="classification"):
        first_loss(Task("classification", "", ""), history(3.2), START, None)
