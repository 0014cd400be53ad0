"""Similarities, retrieval and effective rank, against all pairs one after the other."""

from __future__ import annotations

import math
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from slrdoctor.facts.embeddings import _embedding_geometry as geometry
from slrdoctor.facts.embeddings import _embedding_rows as embedding_rows
from slrdoctor.facts.embeddings._embedding_rows import EmbeddingTable, Vectors
from slrdoctor.facts.embeddings.embeddings import set_of

Array = Any


def table(values: Array, labels: Array, others: Array | None = None) -> EmbeddingTable:
    """One tower, or two where others are given, ordered by label."""
    codes = np.unique(labels, return_inverse=True)[1]
    order = np.argsort(codes, kind="stable")
    left = Vectors(values, order)
    right = left if others is None else Vectors(others, order)
    return EmbeddingTable("dev", left, right, codes[order], "labels", len(values), "e.npy")


def units(values: Array) -> Array:
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def all_pairs(left: Array, labels: Array, right: Array | None = None) -> tuple[float, float]:
    """PosSim and NegSim by going over every pair."""
    alike: list[float] = []
    different: list[float] = []
    other = left if right is None else right
    for i in range(len(left)):
        for j in range(len(left)):
            if i == j and right is None:
                continue
            cosine = left[i] @ other[j] / np.linalg.norm(left[i]) / np.linalg.norm(other[j])
            (alike if labels[i] == labels[j] else different).append(cosine)
    return float(np.mean(alike)), float(np.mean(different))


@pytest.fixture(params=[None, 7], ids=["one block", "blocks of 7 rows"])
def blocks(request: Any, monkeypatch: Any) -> None:
    if request.param is not None:
        monkeypatch.setattr(embedding_rows, "BLOCK_VALUES", request.param * 12)


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize("towers", [1, 2])
def test_similarities_are_the_means_over_all_pairs(towers: int) -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(40, 12)) + 1, rng.normal(size=(40, 12)) - 0.5
    labels = rng.integers(0, 6, 40)
    one = table(x, labels, y if towers == 2 else None)

    plain = geometry.similarities(one)
    expected = all_pairs(x, labels, y if towers == 2 else None)
    assert (plain.possim, plain.negsim) == pytest.approx(expected)

    centres = geometry.centre_of(one.left), geometry.centre_of(one.right)
    assert centres[0] == pytest.approx(units(x).mean(axis=0))
    rest = [units(units(v) - units(v).mean(axis=0)) for v in (x, y)]
    centred = geometry.similarities(one, *centres)
    expected = all_pairs(rest[0], labels, rest[1] if towers == 2 else None)
    assert (centred.possim, centred.negsim) == pytest.approx(expected)


def test_the_mean_similarity_of_unit_vectors_follows_from_the_length_of_their_mean() -> None:
    """(N |mean|^2 - 1) / (N - 1): an offset lifts it whatever the vectors tell."""
    rng = np.random.default_rng(2)
    for offset in (0.0, 1.0, 10.0):
        x = rng.normal(size=(30, 8)) + offset * rng.normal(size=8)
        unlabelled = EmbeddingTable(
            "", v := Vectors(x, np.arange(30)), v, np.full(30, -1), "", 30, "e.npy"
        )
        found = geometry.similarities(unlabelled)
        length = float(np.square(geometry.centre_of(v)).sum())
        assert found.negsim == pytest.approx((30 * length - 1) / 29)
        assert math.isnan(found.possim)


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize("towers", [1, 2])
def test_retrieval_is_that_of_sorting_every_row(towers: int) -> None:
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 10, 60)
    x = rng.normal(size=(10, 12))[labels] + rng.normal(size=(60, 12))
    y = x + rng.normal(size=(60, 12)) if towers == 2 else x
    found = geometry.retrieval(table(x, labels, y if towers == 2 else None), centred=False)

    alike = units(x) @ units(y).T
    if towers == 1:
        np.fill_diagonal(alike, -np.inf)
    first = np.argsort(-alike, axis=1)[:, :5]
    right = labels[first] == labels[:, None]
    asked = [towers == 2 or (labels == label).sum() > 1 for label in labels]
    assert found.queries == sum(asked)
    assert found.at_1 == pytest.approx(right[asked, 0].mean())
    assert found.at_5 == pytest.approx(right[asked].any(axis=1).mean())
    others = alike[asked][labels[asked][:, None] != labels[None, :]]
    assert found.spread == pytest.approx(others.std(), rel=1e-4)


def test_a_neighbour_at_random_is_one_of_all_samples_and_not_only_of_those_with_an_answer() -> None:
    rng = np.random.default_rng(0)
    labels = np.array([*range(90), *range(10)])  # ten labels have two samples, the others one
    told = set_of(table(rng.normal(size=(100, 8)), labels))
    assert told.queries == 20
    assert told.random_1 == pytest.approx(1 / 99) and told.guess_1 == pytest.approx(2 / 20)


def test_guessing_is_the_share_of_answers_or_the_commonest_label() -> None:
    x = np.random.default_rng(4).normal(size=(20, 4))
    even = table(x, np.repeat(np.arange(4), 5))
    assert geometry.guessing(even)[0] == pytest.approx(max(4 / 19, 0.25))
    uneven = table(x, np.array([0] * 18 + [1, 2]))
    assert geometry.guessing(uneven)[0] == 1.0  # only the eighteen have an answer
    pairs = table(x, np.arange(20), x)
    assert geometry.guessing(pairs) == pytest.approx((1 / 20, 5 / 20))


def test_guessing_at_five_is_that_of_five_different_neighbours() -> None:
    rng = np.random.default_rng(6)
    labels = np.array([0] * 4 + [1] * 3 + [2] * 2 + [3])
    drawn = table(rng.normal(size=(10, 4)), labels)
    hits = []
    for query in np.flatnonzero(labels < 3):
        others = np.delete(labels, query)
        draws = [rng.choice(others, 5, replace=False) for _ in range(2000)]
        hits += [(draw == labels[query]).any() for draw in draws]
    assert geometry.guessing(drawn)[1] == pytest.approx(np.mean(hits), abs=0.01)
    few = table(rng.normal(size=(4, 4)), np.array([0, 0, 1, 1]))
    assert geometry.guessing(few)[1] == 1.0


@pytest.mark.parametrize(("count", "dims"), [(200, 12), (10, 40)])
def test_effective_rank_is_the_exponential_of_the_entropy_of_singular_values(
    count: int, dims: int
) -> None:
    x = np.random.default_rng(5).normal(size=(count, dims)) * np.linspace(0.1, 2, dims) + 1
    values = np.linalg.svd(units(x) - units(x).mean(axis=0), compute_uv=False)
    values = values[values > values.max() * 1e-6]
    shares = values / values.sum()
    expected = math.exp(-float((shares * np.log(shares)).sum()))
    assert geometry.effective_rank(Vectors(x, np.arange(count))) == pytest.approx(expected)


def test_effective_rank_of_two_directions_is_two() -> None:
    angles = np.linspace(0, 2 * np.pi, 100, endpoint=False)
    x = np.stack([np.cos(angles), np.sin(angles), np.zeros(100)], axis=1)
    assert geometry.effective_rank(Vectors(x, np.arange(100))) == pytest.approx(2)


def test_an_offset_lifts_negsim_over_nine_tenths_with_and_without_information() -> None:
    rng = np.random.default_rng(6)
    labels, offset = rng.integers(0, 40, 400), 6 * rng.normal(size=64)
    telling = set_of(
        table(rng.normal(size=(40, 64))[labels] + 0.4 * rng.normal(size=(400, 64)) + offset, labels)
    )
    noise = set_of(table(rng.normal(size=(400, 64)) + offset, labels))

    assert telling.negsim > 0.9 and noise.negsim > 0.9
    assert telling.at_1 == 1.0 and telling.margin > 5
    assert noise.at_1 <= noise.most_1 and abs(noise.margin) < 0.1
    assert noise.rank > 60  # noise fills all dimensions: the rank alone would say it is sound


def test_embeddings_that_are_all_the_same_have_no_margin_and_no_rank() -> None:
    found = set_of(table(np.ones((50, 8), np.float32), np.arange(50) % 5))
    assert found.negsim == pytest.approx(1) and found.margin == 0.0
    assert found.rank <= 1 and found.at_1 <= found.most_1


def test_embeddings_that_are_their_labels_need_one_direction_less_than_there_are_labels() -> None:
    labels = np.repeat(np.arange(10), 20)
    found = set_of(table(np.eye(10, 64)[labels], labels))
    assert found.rank == pytest.approx(9) and found.rank_limit == 9


def test_queries_are_drawn_where_there_are_too_many(monkeypatch: Any) -> None:
    monkeypatch.setattr(geometry, "MOST_QUERIES", 30)
    monkeypatch.setattr(geometry, "FEWEST_QUERIES", 10)
    found = set_of(table(np.random.default_rng(7).normal(size=(500, 6)), np.arange(500) % 7))
    assert found.queries == 30 and "of 30 queries" in found.sentence


def test_the_rank_of_too_many_rows_is_that_of_a_draw_and_the_sentence_says_so(monkeypatch: Any) -> None:
    x = np.random.default_rng(8).normal(size=(3000, 12))
    whole = set_of(table(x, np.arange(3000) % 7))
    monkeypatch.setattr(geometry, "WORK", 1000 * 12**2)
    drawn = set_of(table(x, np.arange(3000) % 7))

    assert (whole.ranked, drawn.ranked) == (3000, 1000)
    assert "(of 1000 rows)" in drawn.sentence and "rows)" not in whole.sentence
    assert drawn.rank == pytest.approx(whole.rank, rel=0.01)


def test_half_precision_is_read_block_by_block(tmp_path: Path, monkeypatch: Any) -> None:
    """20,000 x 512 in double precision are 80 MiB: no step may hold all of it."""
    rng = np.random.default_rng(9)
    labels = rng.integers(0, 50, 20_000)
    values = (rng.normal(size=(50, 512))[labels] + rng.normal(size=(20_000, 512))).astype(np.float16)
    np.save(tmp_path / "e.npy", values)
    monkeypatch.setattr(embedding_rows, "BLOCK_VALUES", 1 << 18)
    monkeypatch.setattr(geometry, "MOST_QUERIES", 200)
    stored = table(np.load(tmp_path / "e.npy", mmap_mode="r"), labels)

    tracemalloc.start()
    found = set_of(stored)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 40 * 2**20
    assert found.at_1 == 1.0 and found.samples == 20_000
