"""LAB209: labels that lie a row or two away."""

from __future__ import annotations

import pytest

from slrdoctor.arithmetic.probe_scores import ProbeScore
from slrdoctor.facts.features.probe import Probe, ShiftedLabels, SplitProbe
from slrdoctor.testing import findings, not_judged
from tests.making import Judge


def score(auc: float, spread: float = 0.02) -> ProbeScore:
    return ProbeScore(auc, 0.5, spread, "posture")


def probe(own: float, offset: int, shifted: float, spread: float = 0.02) -> Probe:
    others = tuple(
        ShiftedLabels(k, "the annotations", score(shifted if k == offset else 0.5, spread))
        for k in (-2, -1, 1, 2)
    )
    split = SplitProbe("train", 400, "class", 20, score(own, spread), others)
    return Probe((split,), "train.csv, features")


judged = Judge("LAB209", probe)


def test_lab209_fires_on_the_label_of_the_next_row() -> None:
    (finding,) = judged(0.5, 1, 0.95)
    assert "the label 1 row after their own in the order of the annotations" in finding.message
    assert "0.95" in finding.message and "0.50" in finding.message


def test_lab209_fires_on_the_label_of_two_rows_before() -> None:
    (finding,) = judged(0.52, -2, 0.8)
    assert "2 rows before" in finding.message


def test_lab209_is_quiet_where_a_sample_has_its_own_label() -> None:
    assert not judged(0.95, 1, 0.6)


def test_lab209_is_quiet_where_neighbours_have_like_labels() -> None:
    assert not judged(0.94, 1, 0.96)


@pytest.mark.parametrize(("own", "fires"), [(0.75, False), (0.69, True)])
def test_lab209_fires_beyond_a_gain_of_a_twentieth(own: float, fires: bool) -> None:
    assert bool(judged(own, 1, 0.75)) is fires


@pytest.mark.parametrize(("spread", "fires"), [(0.0625, False), (0.05, True)])
def test_lab209_fires_beyond_five_deviations_of_permuted_labels(spread: float, fires: bool) -> None:
    # 0.3125 above 0.5 is exactly five deviations of 0.0625
    assert bool(judged(0.5, 1, 0.8125, spread)) is fires


def test_lab209_is_quiet_where_no_order_could_be_told() -> None:
    split = SplitProbe("train", 400, "class", 20, score(0.5), ())
    assert not findings("LAB209", Probe((split,), "train.csv"))


def test_lab209_is_not_judged_where_the_features_fit_no_labels() -> None:
    assert "neither" in judged.abstained(0.5, 1, 0.8125, 0.0625).reason


def test_lab209_is_not_judged_where_no_neighbour_could_be_tried() -> None:
    alone = SplitProbe("train", 400, "class", 20, score(0.9, 0.02), ())
    assert "neighbours" in not_judged("LAB209", Probe((alone,), "train.csv, features")).reason
