"""EMB702: a common offset, and information that it leaves intact."""

from __future__ import annotations

from dataclasses import replace
from math import nan

import pytest

from slrdoctor.facts.embeddings.separation import Separation
from tests.making import SEPARATED, Judge

CONE = replace(SEPARATED, possim=0.99, negsim=0.93, centred=0.86, margin=7.0)
judged = Judge("EMB702", lambda *separated: Separation(separated, "outputs"))


def test_emb702_fires_on_an_offset_and_says_what_is_left_without_it() -> None:
    (finding,) = judged(CONE)
    assert "NegSim is 0.930 only because all dev embeddings share an offset" in finding.message
    assert "100.0%, 200 times chance" in finding.message


def test_emb702_holds_retrieval_against_all_candidates_and_not_the_commonest_label() -> None:
    (finding,) = judged(replace(CONE, at_1=0.05, random_1=1 / 1100))
    assert "5.0%, 55 times chance" in finding.message


@pytest.mark.parametrize(("negsim", "fires"), [(0.8, False), (0.81, True)])
def test_emb702_fires_beyond_a_negsim_of_four_fifths(negsim: float, fires: bool) -> None:
    assert bool(judged(replace(CONE, negsim=negsim))) is fires


def test_emb702_is_quiet_where_nothing_is_left() -> None:
    assert not judged(replace(CONE, at_1=0.004, at_5=0.02))


def test_emb702_fires_on_a_history_with_retrieval_at_5_only() -> None:
    (finding,) = judged(replace(CONE, margin=nan, at_1=nan, at_5=0.4, epochs=20))
    assert "Retrieval at 1" not in finding.message
    assert ("retrieval at 5", 0.4) in [(e.what, e.value) for e in finding.evidence]


def test_emb702_is_not_judged_where_nothing_shows_that_labels_are_told_from_each_other() -> None:
    assert "embeddings" in judged.abstained(replace(CONE, at_1=0.004, at_5=0.02)).reason
