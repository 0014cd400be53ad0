from __future__ import annotations

from dataclasses import replace

import pytest

from slrdoctor.facts.model.checkpoint_head import BlankRow
from slrdoctor.testing import findings

# a small BiLSTM-CTC after 30 epochs: all blank in the first ones, then 97% right
HEALTHY = BlankRow(
    0, 11, bias=0.06, next_bias=0.09, reach=-0.01, norm=1.9, next_norm=3.8, read_from="best.pt"
)


def test_ctc418_fires_when_the_bias_is_ahead_of_every_class() -> None:
    (finding,) = findings("CTC418", replace(HEALTHY, bias=12.0, reach=5.2))

    assert finding.message == (
        "the bias of the blank (index 0) is 12.00, that of every other class at most 0.09: the output "
        "is the blank for nearly every input (if the inputs of the last layer have unit size, this lead "
        "is 5.2 standard deviations)"
    )


def test_ctc418_fires_when_the_row_is_far_longer_than_any_other() -> None:
    (finding,) = findings("CTC418", replace(HEALTHY, norm=38.0))

    assert "10.0 times as long as that of any other of the 11 classes" in finding.message


@pytest.mark.parametrize(("reach", "fires"), [(2.99, False), (3.0, True)])
def test_ctc418_at_the_boundary_of_three_spreads(reach: float, fires: bool) -> None:
    assert bool(findings("CTC418", replace(HEALTHY, reach=reach))) is fires


def test_ctc418_is_quiet_about_a_blank_that_is_likely_and_not_certain() -> None:
    assert not findings("CTC418", HEALTHY)
    assert not findings("CTC418", replace(HEALTHY, bias=3.0, reach=1.2))
