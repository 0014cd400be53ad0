"""EMB703: the effective rank against the directions that there could be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slrdoctor.facts.embeddings.embeddings import Embeddings, EmbeddingSet
from tests.making import Judge

NARROW = EmbeddingSet(
    split="dev", samples=1000, total=1000, dims=512, towers=1, labels="labels", types=201, possim=0.9,
    negsim=0.1, centred_possim=0.9, margin=5.0, rank=9.0, rank_limit=200, at_1=0.5,
    ranked=1000, at_5=0.7, guess_1=0.01, most_1=0.02, most_5=0.08, queries=1000,
    read_from="dev_embeddings.npy",
)  # fmt: skip
judged = Judge(
    "EMB703", lambda **changes: Embeddings((replace(NARROW, **changes),), "dev_embeddings.npy")
)


def test_emb703_fires_on_a_twentieth_of_the_directions() -> None:
    (finding,) = judged()
    assert "use only 9.0 of their 512 dimensions" in finding.message
    assert finding.message.endswith("could spread over 200 of them")


@pytest.mark.parametrize(("rank", "fires"), [(19.9, True), (20.0, False)])
def test_emb703_fires_under_a_tenth(rank: float, fires: bool) -> None:
    assert bool(judged(rank=rank)) is fires


def test_emb703_is_quiet_where_a_few_labels_need_no_more() -> None:
    assert not judged(types=11, rank_limit=10, rank=0.9)
    assert not judged(rank_limit=19, rank=1.0)
    assert judged(rank_limit=20, rank=1.0)


def test_emb703_is_not_judged_where_there_is_room_for_few_directions() -> None:
    assert "20" in judged.abstained(rank_limit=19, rank=1.0).reason
