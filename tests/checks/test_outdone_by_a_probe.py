"""EVL913: a linear probe of the stored features does on dev what the run does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slrdoctor.arithmetic.probe_scores import ProbeScore
from slrdoctor.facts.evaluation.probe_comparison import OwnScore, ProbeComparison
from slrdoctor.facts.evaluation.repeated_ngrams import RepeatedNgrams
from slrdoctor.facts.features.dev_probe import DevProbe, HeldOutScore
from tests.making import Judge

ACCURACY = HeldOutScore("accuracy", 0.96, 0.05, 0.02)
PROBE = DevProbe(
    "dev", 240, 100, "class", 20, ProbeScore(0.99, 0.5, 0.03, "both"), (ACCURACY,), (), "train.csv"
)
OWN = OwnScore("accuracy", 0.08, 0.03, False, 30, False, "history.csv")
AT_CHANCE = ProbeComparison(
    PROBE, OWN, "accuracy", 0.96, 0.05, 0.75, "", False, "train.csv, history.csv"
)
LOOPS = RepeatedNgrams(
    looping=20, looping_references=0, tokens=300, hypothesis_tokens=900, distinct=60, samples=100,
    ids=(), phrases=(("und dann", 20),), read_from="dev.json",
)  # fmt: skip
judged = Judge("EVL913", AT_CHANCE)


def test_evl913_fires_on_a_run_that_has_nothing_of_what_a_probe_finds() -> None:
    (finding,) = judged()
    assert (
        "reaches 96.0% accuracy on dev (permuted labels: 5.0%), where the best of the run is 8.0%"
        in finding.message
    )
    assert "Overfit five samples" in finding.fixes[0].do


def test_evl913_looks_at_the_evaluation_where_the_training_samples_are_learned() -> None:
    (finding,) = judged(fit="training accuracy ends at 99.0%", still_falls=True)
    assert "score the training clips with the code that scores dev" in finding.message
    assert "Score the training clips" in finding.fixes[0].do


@pytest.mark.parametrize(("gain", "fires"), [(0.25, True), (0.26, False)])
def test_evl913_fires_up_to_a_third_of_the_way_of_the_probe(gain: float, fires: bool) -> None:
    assert bool(judged(own=replace(OWN, gain=gain))) is fires


@pytest.mark.parametrize(("gain", "fires"), [(0.1, True), (0.11, False)])
def test_evl913_takes_a_run_that_knows_its_training_samples_for_one_that_overfits(
    gain: float, fires: bool
) -> None:
    overfits = "training accuracy ends at 99.0%"
    assert bool(judged(fit=overfits, own=replace(OWN, gain=gain))) is fires


@pytest.mark.parametrize("is_blind", [True, False])
def test_evl913_takes_a_score_of_another_kind_only_where_it_is_blind(is_blind: bool) -> None:
    own = OwnScore("wer", 0.9, 0.1, is_blind, 30, False, "history.csv")
    assert bool(judged(own=own)) is is_blind


@pytest.mark.parametrize(
    "weak", [{"gain": 0.19}, {"probe": replace(PROBE, auc=ProbeScore(0.6, 0.5, 0.03, "both"))}]
)
def test_evl913_is_quiet_beside_a_probe_that_shows_little(weak: dict[str, object]) -> None:
    assert not judged(own=replace(OWN, gain=0.0), **weak)


@pytest.mark.parametrize(("evaluations", "fires"), [(4, False), (5, True)])
def test_evl913_waits_for_five_epochs(evaluations: int, fires: bool) -> None:
    assert bool(judged(own=replace(OWN, evaluations=evaluations))) is fires


def test_evl913_fires_on_stored_predictions() -> None:
    assert judged(own=replace(OWN, evaluations=1, of_predictions=True))


def test_evl913_is_not_judged_while_the_training_loss_falls() -> None:
    assert "still falls" in judged.abstained(still_falls=True).reason


def test_evl913_is_not_judged_without_a_score_of_the_run() -> None:
    assert "no score of the run on dev" in judged.abstained(own=None).reason


@pytest.mark.parametrize(
    ("looping", "distinct", "fires"), [(20, 60, True), (21, 60, False), (90, 4, True)]
)
def test_evl913_is_not_judged_where_the_hypotheses_never_end(
    looping: int, distinct: int, fires: bool
) -> None:
    loops = replace(LOOPS, looping=looping, distinct=distinct)
    if fires:
        assert judged(loops)
    else:
        assert "repeat a phrase" in judged.abstained(loops).reason
