from __future__ import annotations

import pytest

from slrdoctor.facts.training.epoch_order import Disorder, EpochOrder
from slrdoctor.testing import findings

FAULT = Disorder("several runs", "history.csv", "train_loss", (1.0,), 10, 20, 1)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (FAULT, "starts over at epoch 1: 10 of 20 rows belong to another run"),
        (
            Disorder("interleaved", "h.csv", "loss", (1.0, 2.0), 10, 20, 10),
            "its epochs go back 10 times in 20 rows",
        ),
        (
            Disorder("duplicate", "h.csv", "loss", (3.0, 4.0, 5.0, 6.0), 4, 14, 1),
            "repeats 4 of its 14 rows",
        ),
    ],
)
def test_trn510_fires_on_every_kind_of_disorder(fault: Disorder, said: str) -> None:
    (finding,) = findings("TRN510", EpochOrder((fault,), (), 0, 1, fault.where))
    assert said in finding.message and finding.affected == fault.rows


def test_trn510_fires_on_a_header_without_rows() -> None:
    (finding,) = findings("TRN510", EpochOrder((), ("history.csv",), 0, 1, "history.csv"))
    assert "not a single finished epoch" in finding.message


def test_trn510_is_quiet_on_a_run_that_was_resumed() -> None:
    order = EpochOrder((), (), 2, 1, "history.csv")
    assert not findings("TRN510", order)
    assert order.sentence == "the epochs in history.csv follow one another, resumed 2 times"
