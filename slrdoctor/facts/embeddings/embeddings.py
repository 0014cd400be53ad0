"""Stored embeddings: how far they tell one label from another, and how many directions they use."""

from __future__ import annotations

import math
from dataclasses import dataclass

from slrdoctor.arithmetic.chance import most_by_chance
from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.embeddings._embedding_geometry import (
    Retrieval,
    at_random,
    centre_of,
    effective_rank,
    guessing,
    queries_of,
    retrieval,
    rows_of_rank,
    similarities,
)
from slrdoctor.facts.embeddings._embedding_rows import EmbeddingTable, embedding_tables, why_unusable
from slrdoctor.facts.labels.samples import Samples

UNLIKELY = 1e-3  # chance that guessing exceeds its bound
ENABLE = (
    "in the evaluation loop: slrdoctor.dump_outputs('RUN_DIR/outputs/dev', ids, "
    "embeddings=embeddings, references=labels)"
)


@dataclass(frozen=True)
class EmbeddingSet:
    """The geometry of one split's embeddings. Similarities are cosines; nan where unknown.

    `centred` ones are taken after the mean vector is taken off; `margin` is that of the
    centred similarities in deviations of the similarity to other labels. Retrieval is the
    better of both, with what guessing reaches on average and at most once in a thousand.
    """

    split: str
    samples: int
    total: int  # rows that are stored; more than `samples` where they were sampled or left out
    dims: int
    towers: int  # 1, or 2 for clips and their texts
    labels: str  # what is held to be alike: "labels", "pairs of clip and text", "" for nothing
    types: int  # different labels
    possim: float
    negsim: float
    centred_possim: float
    margin: float
    rank: float  # effective
    ranked: int  # rows that it is of; fewer than `samples` where they were too many
    rank_limit: int  # what it needs: dimensions, samples less one, or labels less one
    at_1: float
    at_5: float
    guess_1: float
    most_1: float
    most_5: float
    queries: int
    read_from: str
    random_1: float = math.nan  # what a neighbour drawn from all samples reaches

    @property
    def name(self) -> str:
        return f"{self.split} embeddings".strip()

    @property
    def sentence(self) -> str:
        sampled = f" ({self.samples} of {self.total} sampled)" if self.samples < self.total else ""
        words = f"{self.name} [{self.samples}, {self.dims}]{sampled}: NegSim {self.negsim:.3f}"
        if self.queries:
            words += (
                f", PosSim {self.possim:.3f}, margin {self.margin:.2g} standard deviations, retrieval "
                f"at 1 {self.at_1:.1%} of {self.queries} queries (chance: {self.guess_1:.1%})"
            )
        words += f", effective rank {self.rank:.1f}"
        return f"{words} (of {self.ranked} rows)" if self.ranked < self.samples else words


@dataclass(frozen=True)
class Embeddings:
    """The embeddings of every split, dev first."""

    sets: tuple[EmbeddingSet, ...]
    read_from: str

    @property
    def sentence(self) -> str:
        return "; ".join(one.sentence for one in self.sets)


@measure
def embeddings(run: TrainingRun, samples: Samples | None) -> Embeddings:
    """Raises Unavailable where there are none, or none that can be read."""
    outputs = [output for output in run.outputs if output.kind == "embeddings"]
    if not outputs:
        raise Unavailable(
            "looked for arrays [N, D] in files or folders named embeddings, embeds or embs", ENABLE
        )
    sets = [set_of(table) for table in embedding_tables(outputs, samples) if len(table.left) > 1]
    if not sets:
        raise Unavailable("; ".join(map(why_unusable, outputs[:3])), ENABLE)
    return Embeddings(tuple(sets), ", ".join(one.read_from for one in sets))


def set_of(table: EmbeddingTable) -> EmbeddingSet:
    """Everything that is measured of one table, in blocks."""
    plain = similarities(table)
    left, right = centre_of(table.left), centre_of(table.right)
    centred = similarities(table, left, right)
    found = [retrieval(table, False), retrieval(table, True)] if plain.positives else []
    guess = guessing(table) if found else (math.nan, math.nan)
    queries = len(queries_of(table)) if found else 0
    types = len(set(table.codes.tolist())) if table.labels else 0
    most = [most_by_chance(queries, g, UNLIKELY) / queries for g in guess] if queries else [math.nan] * 2
    possible = min(table.left.dims, len(table.left) - 1)
    return EmbeddingSet(
        split=table.split,
        samples=len(table.left),
        total=table.total,
        dims=table.left.dims,
        towers=table.towers,
        labels=table.labels,
        types=types,
        possim=plain.possim,
        negsim=plain.negsim,
        centred_possim=centred.possim,
        margin=_margin(centred.possim - centred.negsim, found),
        rank=effective_rank(table.left),
        ranked=rows_of_rank(table.left),
        # embeddings that are their classes' centres span one direction less than there are classes
        rank_limit=min(possible, types - 1) if types > 1 else possible,
        at_1=max((r.at_1 for r in found), default=math.nan),
        at_5=max((r.at_5 for r in found), default=math.nan),
        guess_1=guess[0],
        most_1=most[0],
        most_5=most[1],
        queries=queries,
        read_from=table.read_from,
        random_1=at_random(table) if queries else math.nan,
    )


def _margin(gap: float, found: list[Retrieval]) -> float:
    """The gap of similarities in their spread; 0 where all are equal, nan where nothing is known."""
    if not found or math.isnan(gap):
        return math.nan
    spread = found[-1].spread
    return gap / spread if spread > 0 else 0.0
