"""Whether what a model embeds tells one label from another: by embeddings, else by the history."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from slrdoctor.arithmetic.chance import most_by_chance
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.embeddings.embeddings import ENABLE, UNLIKELY, Embeddings, EmbeddingSet
from slrdoctor.facts.labels.samples import Samples
from slrdoctor.facts.training.dev_score import finite, settled
from slrdoctor.facts.training.epoch_size import EpochSize
from slrdoctor.facts.training.history import History

POWER = 0.5  # of the way from guessing to perfect: queries too few to show that much decide nothing
FEWEST_QUERIES = 20


@dataclass(frozen=True)
class Separated:
    """How far labels are kept apart, once. Similarities are cosines; nan where unknown.

    `centred` is the similarity of positives when what all samples share is taken off; in a
    history, where the vectors are not there, it is (PosSim - NegSim) / (1 - NegSim).
    """

    what: str  # "dev embeddings" | "the history of dev"
    possim: float
    negsim: float
    centred: float
    margin: float  # in deviations of the similarity to others; nan for a history
    rank: float  # effective; nan for a history
    dims: int  # 0 for a history
    at_1: float
    at_5: float
    guess_1: float
    most_1: float
    most_5: float
    queries: int  # 0 where unknown
    epochs: int  # 0 for embeddings
    read_from: str
    random_1: float = math.nan  # what a neighbour drawn from all samples reaches; nan: see guess_1

    @property
    def times_chance(self) -> float:
        """Retrieval at 1 over that of a neighbour at random; nan where either is unknown."""
        chance = self.guess_1 if math.isnan(self.random_1) else self.random_1
        return self.at_1 / chance if chance > 0 else math.nan

    @property
    def is_judged(self) -> bool:
        """Whether retrieval is known, over enough queries to tell it from guessing."""
        if self.queries < FEWEST_QUERIES or math.isnan(self.most_1):
            return False
        known = not (math.isnan(self.at_1) and math.isnan(self.at_5))
        # where all have one label guessing is always right
        return known and self.guess_1 < 1 and self.most_1 <= self.guess_1 + POWER * (1 - self.guess_1)

    @property
    def is_informative(self) -> bool:
        """Whether retrieval is beyond what guessing reaches once in a thousand."""
        return self.is_judged and (self.at_1 > self.most_1 or self.at_5 > self.most_5)

    @property
    def sentence(self) -> str:
        words = f"{self.what}: PosSim {self.possim:.3f}, NegSim {self.negsim:.3f}"
        if not math.isnan(self.at_1):
            guess = f" (chance: {self.guess_1:.2%})" if not math.isnan(self.guess_1) else ""
            words += f", retrieval at 1 {self.at_1:.1%}{guess}"
        return words


@dataclass(frozen=True)
class Separation:
    """Every split that is known; embeddings before the history, which they measure anew."""

    splits: tuple[Separated, ...]
    read_from: str

    @property
    def sentence(self) -> str:
        return "; ".join(one.sentence for one in self.splits)


@measure
def separation(
    embeddings: Embeddings | None,
    history: History | None,
    samples: Samples | None,
    size: EpochSize | None,
) -> Separation:
    """Raises Unavailable where neither labelled embeddings nor logged similarities are there."""
    found = [_of_set(one) for one in embeddings.sets if one.queries] if embeddings is not None else []
    if not found and history is not None:
        of_history = _of_history(history, samples, size)
        found = [of_history] if of_history is not None else []
    if not found:
        alone = "no two of which are known to have one label; "
        stored = f"{embeddings.read_from} has {embeddings.sentence}, {alone}" if embeddings else ""
        raise Unavailable(
            f"{stored}looked for embeddings with labels, and for PosSim and NegSim in the history",
            ENABLE,
        )
    return Separation(tuple(found), ", ".join(dict.fromkeys(one.read_from for one in found)))


def _of_set(one: EmbeddingSet) -> Separated:
    return Separated(
        what=one.name,
        possim=one.possim,
        negsim=one.negsim,
        centred=one.centred_possim,
        margin=one.margin,
        rank=one.rank,
        dims=one.dims,
        at_1=one.at_1,
        at_5=one.at_5,
        guess_1=one.guess_1,
        most_1=one.most_1,
        most_5=one.most_5,
        queries=one.queries,
        epochs=0,
        read_from=one.read_from,
        random_1=one.random_1,
    )


def _of_history(history: History, samples: Samples | None, size: EpochSize | None) -> Separated | None:
    """The last epochs of the split that the log tells both similarities of; dev before train."""
    for split in ("dev", "test", "train"):
        last, epochs = {}, 0
        for quantity in ("possim", "negsim", "recall", "recall5"):
            curve = history.curve(split, quantity)
            values = finite(curve)[1] if curve is not None else ()
            if len(values):
                last[quantity] = settled(finite(curve)[1]) if curve is not None else math.nan
                epochs = max(epochs, len(values))
        if "possim" in last and "negsim" in last:
            return _logged(split, last, epochs, history, _labels(split, samples, size))
    return None


def _logged(
    split: str, last: dict[str, float], epochs: int, history: History, labels: tuple[int, float]
) -> Separated:
    queries, guess = labels
    positive, negative = last["possim"], last["negsim"]
    beyond_5 = min(1.0, 1 - (1 - guess) ** 5) if queries else math.nan
    return Separated(
        what=f"the history of {split}",
        possim=positive,
        negsim=negative,
        centred=(positive - negative) / (1 - negative) if negative < 1 else 0.0,
        margin=math.nan,
        rank=math.nan,
        dims=0,
        at_1=last.get("recall", math.nan),
        at_5=last.get("recall5", math.nan),
        guess_1=guess,
        most_1=most_by_chance(queries, guess, UNLIKELY) / queries if queries else math.nan,
        most_5=most_by_chance(queries, beyond_5, UNLIKELY) / queries if queries else math.nan,
        queries=queries,
        epochs=epochs,
        read_from=history.read_from,
    )


def _labels(split: str, samples: Samples | None, size: EpochSize | None) -> tuple[int, float]:
    """How many samples there are to retrieve, and what a neighbour at random reaches; 0 if unknown."""
    rows = samples.of(split) if samples is not None else ()
    if rows:
        counts = Counter(" ".join(row.glosses or ()) or row.text or row.id for row in rows)
        return len(rows), sum((n / len(rows)) ** 2 for n in counts.values())
    known = (size.dev_samples if split == "dev" else size.train_samples) if size is not None else None
    return (known, 1 / known) if known else (0, math.nan)
