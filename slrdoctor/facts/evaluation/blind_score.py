"""What guessing scores: the best constant hypothesis, the majority class, chance."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from slrdoctor.arithmetic.error_rate import edits_of_all
from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.labels.samples import Samples, Targets

Glosses = tuple[str, ...]

FEWEST = 10  # references of predictions: fewer are a demonstration and no evaluation
SEEN = 3  # references a label from which on most labels have been seen
SEARCHED = 500  # references that the search goes over; the score is over all of them
SENTENCES = 300  # whole references that are tried as the constant answer
TRIED = 20  # most frequent glosses that are tried in every place
MOST_PLACES = 60  # glosses of an answer, from which on to try every place takes minutes
LONGEST_SEARCH = 40  # steps of the search, each of which changes one gloss


@dataclass(frozen=True)
class BlindScore:
    """The best scores without looking at the input, over the references of one split.

    Shares, 0..1; nan where they mean nothing. The hypothesis is chosen on the training
    targets where there are any, as a blind model would have to choose it.
    """

    wer: float  # of the constant hypothesis; at most 1, which the empty one has
    hypothesis: Glosses
    accuracy: float  # of the majority class; nan unless every reference is one label
    chance: float  # 1 / K over the labels that occur; nan likewise, and where too few are seen
    majority: str
    entropy: float  # of the glosses or labels, in nats
    ctc_per_token: float  # CTC's blind loss a token for many frames: an upper bound of the floor
    classes: int  # different glosses or labels
    samples: int
    split: str
    read_from: str

    @property
    def sentence(self) -> str:
        of = f"{self.samples} {self.split} references".replace("  ", " ")
        if math.isfinite(self.accuracy):
            return f"answering {self.majority!r} every time is right in {self.accuracy:.1%} of {of}"
        return f"the best constant answer has {self.wer:.1%} WER on {of}"


@measure
def blind_score(run: TrainingRun, samples: Samples | None, targets: Targets | None) -> BlindScore:
    """Over the dev targets, else the references of the predictions, else any targets."""
    if samples is not None and samples.excerpt:
        targets = None  # a few clips of a data set do not show its labels
    split, references, read_from = _references(run, targets)
    training = _of(targets, "train") or references
    counts = Counter(gloss for reference in references for gloss in reference)
    single = all(len(reference) == 1 for reference in references)
    majority, chance, accuracy = "", math.nan, math.nan
    if single:
        learned = Counter(reference[0] for reference in training)
        majority = learned.most_common(1)[0][0]
        accuracy = counts[majority] / len(references)
        labels = {*learned, *counts}
        if targets is not None or len(references) >= SEEN * len(labels):
            chance = 1 / len(labels)
    hypothesis = best_constant_hypothesis(training)
    errors = edits_of_all([hypothesis], references).sum()
    tokens = sum(counts.values())
    if errors > tokens:
        hypothesis, errors = (), tokens
    return BlindScore(
        wer=float(errors / tokens),
        hypothesis=hypothesis,
        accuracy=accuracy,
        chance=chance,
        majority=majority,
        entropy=entropy(list(Counter(g for t in training for g in t).values())),
        ctc_per_token=ctc_without_frames(training),
        classes=len({*counts, *(g for t in training for g in t)}),
        samples=len(references),
        split=split,
        read_from=read_from,
    )


def _of(targets: Targets | None, split: str) -> list[Glosses]:
    if targets is None:
        return []
    return [g for s, g in zip(targets.splits, targets.glosses, strict=True) if s == split and g]


def _references(run: TrainingRun, targets: Targets | None) -> tuple[str, list[Glosses], str]:
    where = targets.read_from if targets is not None else ""
    found = [("dev", _of(targets, "dev"), where)]
    predictions = sorted(run.predictions, key=lambda p: p.split != "dev")
    for p in predictions:
        if len(p.references) >= FEWEST:
            found.append((p.split, [r for r in p.references if r], p.where))
    found += [(split, _of(targets, split), where) for split in ("test", "train", "")]
    for split, references, read_from in found:
        if references:
            return split, references, read_from
    raise Unavailable(
        f"looked for annotated targets and for {FEWEST} or more predictions with their references",
        "give the doctor the dev annotations, or the file of hypotheses and references",
    )


def entropy(counts: Sequence[float]) -> float:
    """Entropy in nats of the distribution with these counts."""
    shares = np.asarray([c for c in counts if c > 0], dtype=np.float64)
    shares /= shares.sum()
    return float(-(shares * np.log(shares)).sum())


def ctc_without_frames(targets: Sequence[Glosses]) -> float:
    """CTC's blind loss a token as T grows, where T is in proportion to L.

    Glosses become rare events, L of them in T frames with the best rate L / T, so that
    a target costs L H + L - L ln L + ln L!. Fewer frames lower it by about
    -ln(1 - L / T) / (2 L), 0.02 a token for ten glosses in forty frames.
    """
    weights: dict[str, float] = {}
    extra = 0.0
    for target in targets:
        length = len(target)
        for gloss in target:
            weights[gloss] = weights.get(gloss, 0.0) + 1 / length
        extra += 1 - math.log(length) + math.lgamma(length + 1) / length
    return entropy(list(weights.values())) + extra / len(targets)


def best_constant_hypothesis(references: Sequence[Glosses]) -> Glosses:
    """The one answer with the fewest edits to all references that the search finds.

    It starts from the best whole reference, or nothing, and puts in, takes out and
    replaces the most frequent glosses as long as that helps.
    """
    step = max(1, len(references) // SEARCHED)
    searched = references[::step][:SEARCHED]
    common = [s for s, _ in Counter(searched).most_common(SENTENCES)]
    glosses = [g for g, _ in Counter(g for r in searched for g in r).most_common(TRIED)]
    best: Glosses = ()
    fewest = sum(map(len, searched))
    moves: list[Glosses] = common
    for _ in range(LONGEST_SEARCH):
        errors = edits_of_all(moves, searched).sum(axis=1)
        least = int(np.argmin(errors))
        if errors[least] >= fewest:
            break
        best, fewest = moves[least], int(errors[least])
        if len(best) > MOST_PLACES:
            break
        moves = _moves(best, glosses)
    return best


def _moves(sentence: Glosses, glosses: Sequence[str]) -> list[Glosses]:
    """Every sentence that is one gloss away."""
    places = range(len(sentence) + 1)
    put_in = [(*sentence[:i], g, *sentence[i:]) for i in places for g in glosses]
    taken_out = [(*sentence[:i], *sentence[i + 1 :]) for i in places[:-1]]
    replaced = [(*sentence[:i], g, *sentence[i + 1 :]) for i in places[:-1] for g in glosses]
    return put_in + taken_out + replaced
