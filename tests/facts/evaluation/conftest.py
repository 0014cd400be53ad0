"""Stored predictions by hand, and simulated ones of a model with a given error rate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from slrdoctor.artifacts.run import PredictionFile
from slrdoctor.facts.evaluation.stored_pairs import Sequences, StoredPairs

MakePairs = Callable[..., StoredPairs]
MakeFile = Callable[..., PredictionFile]
Corpus = Callable[..., tuple[Sequences, Sequences]]


def tokens(sentences: Sequence[str | tuple[str, ...]]) -> Sequences:
    return tuple(s if isinstance(s, tuple) else tuple(s.split()) for s in sentences)


@pytest.fixture
def make_pairs() -> MakePairs:
    """`make_pairs(hypotheses, references)`: sentences as text or as tuples of tokens."""

    def make(hypotheses: Sequence[Any], references: Sequence[Any], **changes: Any) -> StoredPairs:
        told: dict[str, Any] = {
            "ids": tuple(f"clip{i}" for i in range(len(references))),
            "split": "dev",
            "is_text": False,
            "read_from": "dev.json",
        }
        return StoredPairs(
            hypotheses=tokens(hypotheses), references=tokens(references), **(told | changes)
        )

    return make


@pytest.fixture
def make_file() -> MakeFile:
    """`make_file([(hypothesis, reference), ...])`: a file of predictions of dev."""

    def make(
        pairs: Sequence[tuple[str, str]], where: str = "dev.json", **changes: Any
    ) -> PredictionFile:
        told: dict[str, Any] = {
            "format": "json",
            "split": "dev",
            "ids": tuple(f"clip{i}" for i in range(len(pairs))),
        }
        return PredictionFile(
            where=where,
            hypotheses=tokens([h for h, _ in pairs]),
            references=tokens([r for _, r in pairs]),
            **(told | changes),
        )

    return make


@pytest.fixture
def corpus() -> Corpus:
    """(hypotheses, references): Zipfian glosses, of which a share is deleted or replaced."""

    def make(
        samples: int, types: int, wrong: float = 0.0, seed: int = 0, shortest: int = 3, longest: int = 10
    ) -> tuple[Sequences, Sequences]:
        rng = np.random.default_rng(seed)
        shares = 1 / np.arange(1, types + 1)
        shares /= shares.sum()
        references, hypotheses = [], []
        for _ in range(samples):
            drawn = rng.choice(types, size=rng.integers(shortest, longest + 1), p=shares)
            kept = [g for g in drawn if rng.random() >= wrong / 2]
            said = [g if rng.random() >= wrong / 2 else rng.integers(types) for g in kept]
            references.append(tuple(f"G{g}" for g in drawn))
            hypotheses.append(tuple(f"G{g}" for g in said))
        return tuple(hypotheses), tuple(references)

    return make
