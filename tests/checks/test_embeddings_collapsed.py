"""EMB701: embeddings without information, by themselves or by a history."""

from __future__ import annotations

from dataclasses import replace
from math import nan
from typing import Any

import pytest

from slrdoctor.facts.embeddings.separation import Separation
from tests.making import SEPARATED, Judge

NOISE = replace(
    SEPARATED, possim=0.921, negsim=0.92, centred=0.01, margin=0.02, rank=60.0, at_1=0.004, at_5=0.02
)
LOGGED = replace(NOISE, what="the history of dev", margin=nan, rank=nan, dims=0, epochs=20)
NOT_RETRIEVED: dict[str, Any] = dict.fromkeys(("at_1", "at_5", "most_1", "most_5", "guess_1"), nan)
NOT_RETRIEVED["queries"] = 0
judged = Judge("EMB701", lambda *separated: Separation(separated, "outputs"))


def test_emb701_fires_on_noise_with_an_offset_and_names_what_guessing_reaches() -> None:
    (finding,) = judged(NOISE)
    assert "0.02 standard deviations" in finding.message and "0.4% (chance: 0.5%)" in finding.message
    assert {e.what for e in finding.evidence} >= {"NegSim", "margin without the mean", "effective rank"}


def test_emb701_is_quiet_where_retrieval_is_beyond_luck() -> None:
    assert not judged(replace(NOISE, at_1=0.016))
    assert not judged(replace(NOISE, at_5=0.051))
    assert judged(replace(NOISE, at_1=0.015, at_5=0.05))


@pytest.mark.parametrize(("margin", "fires"), [(0.25, True), (0.26, False)])
def test_emb701_fires_up_to_a_quarter_of_a_deviation(margin: float, fires: bool) -> None:
    assert bool(judged(replace(NOISE, margin=margin))) is fires


def test_emb701_is_quiet_where_another_split_is_told_apart() -> None:
    assert not judged(NOISE, replace(NOISE, what="train embeddings", at_1=0.9))


def test_emb701_is_quiet_where_there_are_too_few_queries_to_tell() -> None:
    assert not judged(replace(NOISE, queries=19))
    assert not judged(replace(NOISE, guess_1=0.5, most_1=0.8))


def test_emb701_is_quiet_where_all_have_one_label() -> None:
    assert not judged(replace(NOISE, at_1=1.0, guess_1=1.0, most_1=1.0, negsim=nan, margin=nan))


@pytest.mark.parametrize(("centred", "fires"), [(0.1, True), (0.11, False)])
def test_emb701_fires_on_a_history_up_to_a_tenth_of_the_way(centred: float, fires: bool) -> None:
    assert bool(judged(replace(LOGGED, centred=centred))) is fires


@pytest.mark.parametrize(("epochs", "fires"), [(4, False), (5, True)])
def test_emb701_fires_from_the_fifth_epoch_on(epochs: int, fires: bool) -> None:
    assert bool(judged(replace(LOGGED, epochs=epochs))) is fires


@pytest.mark.parametrize(("centred", "fires"), [(0.01, True), (0.02, False)])
def test_emb701_fires_without_retrieval_where_positives_are_like_any_pair(
    centred: float, fires: bool
) -> None:
    assert bool(judged(replace(LOGGED, centred=centred, **NOT_RETRIEVED))) is fires


def test_emb701_is_quiet_on_five_percent_of_1100_candidates() -> None:
    """PosSim 0.96 and NegSim 0.906 look collapsed, but retrieval is 55 times chance."""
    assert not judged(replace(LOGGED, centred=0.57, at_1=0.05, guess_1=1 / 1100, most_1=0.005))


def test_emb701_is_not_judged_where_positives_are_a_little_nearer() -> None:
    assert "PosSim" in judged.abstained(replace(NOISE, margin=0.26)).reason
