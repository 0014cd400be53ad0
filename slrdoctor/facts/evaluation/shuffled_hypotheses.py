"""Whether hypotheses belong to their references: an exact test with the pairs shuffled."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slrdoctor.arithmetic.error_rate import edits_of_all
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.evaluation._scored_forms import bare, normalised
from slrdoctor.facts.evaluation.stored_pairs import Sequences, StoredPairs
from slrdoctor.words.grammar import counted

MOST = 1000  # samples that are held against each other, the first of the file
LONGEST = 500  # tokens of a sequence
MOST_TYPES = 10_000  # tokens, the commonest, that are looked for in common
PERMUTATIONS = 2000
MATCHED_ANEW = 0.3  # error rate: under it the pairs belong together
SEED = 0
SIGMAS = 2.33  # once in a hundred, by the normal distribution
SHOWN = 3

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ShuffledHypotheses:
    """The score of the pairs as stored, and with the hypotheses shuffled among the references.

    Tokens are compared without case and marks. A drop is a share of the shuffled error rate.
    """

    wer: float
    shuffled_wer: float  # mean over permutations
    drop: float  # 1 - wer / shuffled_wer
    most_drop: float  # the drop that chance can hide: plus 2.33 of its standard deviations
    p: float  # of as few errors, or of as many rare tokens in common, when shuffled: twice the lower
    # with every hypothesis given the reference that it fits best, one to one; nan for a low error rate
    rematched_wer: float
    unrelated_wer: float  # likewise of half of the references given to the other half as hypotheses
    distinct: int  # hypotheses
    distinct_references: int
    tokens: int  # distinct tokens of the hypotheses
    empty: int  # hypotheses
    mean_length: float  # tokens a hypothesis that is not empty
    commonest: tuple[tuple[str, int], ...]  # hypotheses, and how often each is given
    samples: int
    are_single: bool
    is_text: bool
    read_from: str

    @property
    def sentence(self) -> str:
        return (
            f"{counted(self.distinct, 'different hypothesis', 'different hypotheses')} for "
            f"{counted(self.distinct_references, 'different reference')}; the error rate is "
            f"{self.wer:.1%}, and {self.shuffled_wer:.1%} with the hypotheses shuffled"
        )


@measure
def shuffled_hypotheses(pairs: StoredPairs) -> ShuffledHypotheses:
    sides = (pairs.hypotheses[:MOST], pairs.references[:MOST])
    hypotheses, references = (normalised(tuple(s[:LONGEST] for s in side), bare) for side in sides)
    tokens = sum(map(len, references))
    if not tokens:
        raise Unavailable(f"no gloss or word among the first {MOST} references of {pairs.read_from}")
    costs = edits_of_all(hypotheses, references).astype(np.float64)
    rng = np.random.default_rng(SEED)
    order = rng.permuted(np.tile(np.arange(len(references)), (PERMUTATIONS, 1)), axis=1)
    errors = _test(costs, order)
    common = _test(-_in_common(hypotheses, references), order)
    wer = float(np.trace(costs)) / tokens
    rematched = unrelated = math.nan
    if wer >= MATCHED_ANEW:
        rematched, unrelated = _rematched(costs) / tokens, _of_unrelated(references, rng)
    counts = Counter(hypotheses)
    filled = [h for h in hypotheses if h]
    return ShuffledHypotheses(
        wer=wer,
        shuffled_wer=errors.mean / tokens,
        drop=errors.drop,
        most_drop=errors.most_drop,
        p=min(1.0, 2 * min(errors.p, common.p)),
        rematched_wer=rematched,
        unrelated_wer=unrelated,
        distinct=len(counts),
        distinct_references=len(set(references)),
        tokens=len({t for h in hypotheses for t in h}),
        empty=len(hypotheses) - len(filled),
        mean_length=sum(map(len, filled)) / max(1, len(filled)),
        commonest=tuple((" ".join(h), n) for h, n in counts.most_common(SHOWN)),
        samples=len(references),
        are_single=pairs.are_single,
        is_text=pairs.is_text,
        read_from=pairs.read_from,
    )


@dataclass(frozen=True)
class _Test:
    """The cost of the pairs as they are against that of shuffled ones."""

    mean: float  # shuffled
    drop: float
    most_drop: float
    p: float


def _test(costs: Floats, order: NDArray[np.int64]) -> _Test:
    """`costs` is [H, N]; `order` [P, N] has a hypothesis for every reference."""
    columns = np.arange(costs.shape[1])
    shuffled = costs[order, columns].sum(axis=1)
    stored = float(np.trace(costs))
    mean, spread = float(shuffled.mean()), float(shuffled.std())
    if not mean:
        return _Test(0.0, 0.0, 0.0, 1.0)
    as_good = int((shuffled <= stored + 1e-9).sum())
    return _Test(
        mean,
        (mean - stored) / abs(mean),
        (mean - stored + SIGMAS * spread) / abs(mean),
        (1 + as_good) / (1 + len(shuffled)),
    )


def _in_common(hypotheses: Sequences, references: Sequences) -> Floats:
    """The weight of the tokens that each pair has in common, the rarer the heavier: [H, N]."""
    occur = Counter(t for r in references for t in set(r))
    common = occur.most_common(MOST_TYPES)
    number = {token: i for i, (token, _) in enumerate(common)}
    sides = []
    for side in (hypotheses, references):
        there = np.zeros((len(side), len(number)), np.float32)
        for i, sequence in enumerate(side):
            there[i, [number[t] for t in set(sequence) if t in number]] = 1
        sides.append(there)
    weights = np.array([math.log(1 + len(references) / n) for _, n in common], np.float32)
    return np.asarray((sides[0] * weights) @ sides[1].T, np.float64)


def _of_unrelated(references: Sequences, rng: np.random.Generator) -> float:
    """What matching anew leaves of sentences that are like the references and not of them.

    Short sentences of few glosses soon fit some other one.
    """
    order = rng.permutation(len(references))
    half = len(order) // 2
    one, other = ([references[i] for i in part] for part in (order[:half], order[half : 2 * half]))
    tokens = sum(map(len, other))
    return _rematched(edits_of_all(one, other).astype(np.float64)) / tokens if tokens else 0.0


def _rematched(costs: Floats) -> float:
    """The fewest errors that giving every hypothesis a reference of its own can have."""
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(costs)
    return float(costs[rows, columns].sum())
