"""FEA114: a probe that is no better than with permuted labels."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from slrdoctor.arithmetic.probe_scores import ProbeScore
from slrdoctor.facts.evaluation.blind_comparison import BlindComparison
from slrdoctor.facts.features.probe import Probe, SplitProbe
from slrdoctor.testing import findings, not_judged
from tests.making import Judge


def split(sigmas: float, name: str = "train") -> SplitProbe:
    score = ProbeScore(0.5 + sigmas / 64, 0.5, 1 / 64, "motion")  # exact in binary
    return SplitProbe(name, 500, "gloss", 20, score, ())


judged = Judge("FEA114", lambda *splits: Probe(splits, "train.csv, features"))


def test_fea114_fires_on_an_auc_of_permuted_labels() -> None:
    (finding,) = judged(split(0.5))
    assert "the gloss of 500 train clips with an AUC of 0.51" in finding.message
    assert (finding.affected, finding.total) == (500, 500)


@pytest.mark.parametrize(("sigmas", "fires"), [(2.25, True), (2.5, False)])
def test_fea114_fires_under_two_and_a_half_deviations(sigmas: float, fires: bool) -> None:
    assert bool(judged(split(sigmas))) is fires


def test_fea114_is_quiet_on_features_that_tell_their_labels() -> None:
    assert not judged(split(20), split(15, "dev"))


def test_fea114_fires_once_and_names_every_split() -> None:
    (finding,) = judged(split(20), split(0, "dev"), split(1, "test"))
    assert "500 dev clips" in finding.message and "(test: 0.52)" in finding.message
    assert (finding.affected, finding.total) == (1000, 1500)


def test_fea114_fires_where_permuting_changes_nothing_at_all() -> None:
    score = ProbeScore(0.5, 0.5, 0.0, "posture")  # constant features
    assert judged(SplitProbe("train", 500, "class", 20, score, ()))


@pytest.mark.parametrize(("least", "fires"), [(0.0, True), (0.01, False)])
def test_fea114_needs_useless_predictions_beside_a_probe_that_is_not_sharp(
    least: float, fires: bool
) -> None:
    dull = Probe((replace(split(0.5), is_sharp=False),), "train.csv, features")
    constant = BlindComparison(
        "chrF", 26.0, 38.0, "es regnet", math.nan, 0.0, least, 0.3, 60, 1.0, 0.0, "dev", "dev.json"
    )
    assert bool(findings("FEA114", dull, constant)) is fires
    assert not findings("FEA114", dull)


def test_fea114_is_not_judged_where_chance_may_hide_a_signal() -> None:
    dull = Probe((replace(split(0.5), is_sharp=False),), "train.csv, features")
    assert "too few" in not_judged("FEA114", dull).reason
