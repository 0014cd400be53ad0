"""The stored predictions against the best constant answer, sample by sample."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slrdoctor.arithmetic.error_rate import edits_of_all, edits_of_each
from slrdoctor.arithmetic.text_scores import chrf_of_each
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.evaluation._scored_forms import of_texts
from slrdoctor.facts.evaluation.blind_score import best_constant_hypothesis
from slrdoctor.facts.evaluation.stored_pairs import Sequences, StoredPairs
from slrdoctor.facts.labels.samples import Targets, Texts

RESAMPLED = 1000  # times
MOST = 4000  # samples that are resampled, and texts that are scored
TAILS = (0.5, 99.5)  # percentiles: an interval that misses once in a hundred
Z = 2.576  # the same of the normal distribution
CANDIDATES = 40  # texts that are tried as the constant answer
TRIED_ON = 100  # texts
SEED = 0

Floats = NDArray[np.float64]
Glosses = tuple[str, ...]


@dataclass(frozen=True)
class BlindComparison:
    """What the model gets wrong, and what always giving one answer gets wrong.

    Errors are edits (gloss sequences), wrong labels, or 100 - chrF (texts). `removed` is the
    share of the constant answer's errors that the model does not make; negative where it
    makes more. The constant answer is chosen on the training targets where they are known.
    """

    metric: str  # WER | accuracy | chrF
    score: float  # of the model: a share, or points of chrF
    blind: float  # of the constant answer, likewise
    answer: str
    chance: float  # accuracy of answering at random; nan where that means nothing
    removed: float
    least_removed: float  # ends of a 99% interval over samples
    most_removed: float
    samples: int
    length_share: float  # hypothesis tokens over reference tokens
    empty_share: float  # hypotheses
    split: str
    read_from: str

    def shown(self, score: float) -> str:
        return f"{score:.1f}" if self.metric == "chrF" else f"{score:.1%}"

    @property
    def sentence(self) -> str:
        answer = repr(self.answer) if self.answer else "nothing"
        return (
            f"{self.metric} is {self.shown(self.score)} on {self.samples} stored predictions; answering "
            f"{answer} every time scores {self.shown(self.blind)}"
        )


@dataclass(frozen=True)
class _Contest:
    """The errors of the model and of the constant answer, float64 [N], and what a rate is over."""

    metric: str
    answer: Glosses
    mine: Floats
    blind: Floats
    scale: float

    def score(self, errors: Floats) -> float:
        """Errors as the metric has them."""
        rate = float(errors.sum()) / self.scale
        return rate if self.metric == "WER" else 1 - rate if self.metric == "accuracy" else 100 - rate


@measure
def blind_comparison(
    pairs: StoredPairs, targets: Targets | None, texts: Texts | None
) -> BlindComparison:
    step = -(-len(pairs.ids) // MOST)
    kept = [i for i in range(0, len(pairs.ids), step) if pairs.references[i]]
    if not kept:
        raise Unavailable(f"the references of {pairs.read_from} are empty")
    hypotheses = tuple(pairs.hypotheses[i] for i in kept)
    references = tuple(pairs.references[i] for i in kept)
    if len(set(references)) == 1:
        raise Unavailable(
            f"all references of {pairs.read_from} are the same, and a constant answer is right always"
        )
    training = _training(pairs.is_text, targets, texts)
    # an answer that is written otherwise than the references would be worse than it has to be
    if not _is_written_alike(training, references):
        training = references
    held = _of_texts if pairs.is_text else _of_labels if pairs.are_single else _of_glosses
    contest = held(hypotheses, references, training)
    low, high = _interval(contest)
    classes = len({*training, *references})
    return BlindComparison(
        metric=contest.metric,
        score=contest.score(contest.mine),
        blind=contest.score(contest.blind),
        answer=" ".join(contest.answer),
        chance=1 / classes if contest.metric == "accuracy" else math.nan,
        removed=_removed(contest.mine.sum(), contest.blind.sum()),
        least_removed=low,
        most_removed=high,
        samples=len(kept),
        length_share=sum(map(len, hypotheses)) / sum(map(len, references)),
        empty_share=sum(not h for h in hypotheses) / len(kept),
        split=pairs.split,
        read_from=pairs.read_from,
    )


def _training(is_text: bool, targets: Targets | None, texts: Texts | None) -> Sequences:
    """What a blind model would have learned its answer from."""
    if is_text:
        rows = zip(texts.words, texts.splits, strict=True) if texts is not None else ()
        return tuple(words for words, split in rows if split == "train" and words)
    known = targets.training if targets is not None else ()
    return tuple(glosses for _, glosses in known if glosses)


def _is_written_alike(training: Sequences, references: Sequences) -> bool:
    tokens = {t for sequence in training for t in sequence}
    meant = [t for r in references for t in r]
    return bool(training) and sum(t in tokens for t in meant) >= len(meant) / 2


def _of_labels(hypotheses: Sequences, references: Sequences, training: Sequences) -> _Contest:
    """Against the majority; of labels that were not trained on, each half is told that of the other."""
    answer = Counter(training).most_common(1)[0][0]
    halves = [answer, answer]
    if training is references:
        halves = [Counter(references[1 - i :: 2]).most_common(1)[0][0] for i in range(2)]
    mine = np.array([h != r for h, r in zip(hypotheses, references, strict=True)], np.float64)
    blind = np.array([halves[i % 2] != r for i, r in enumerate(references)], np.float64)
    return _Contest("accuracy", answer, mine, blind, len(references))


def _of_glosses(hypotheses: Sequences, references: Sequences, training: Sequences) -> _Contest:
    mine = edits_of_each(hypotheses, references).astype(np.float64)
    answers: list[Glosses] = [best_constant_hypothesis(training), ()]
    errors = edits_of_all(answers, references).astype(np.float64)
    best = int(errors.sum(axis=1).argmin())
    return _Contest("WER", answers[best], mine, errors[best], sum(map(len, references)))


def _of_texts(hypotheses: Sequences, references: Sequences, training: Sequences) -> _Contest:
    """Against the text with the best chrF to all, of the commonest ones and some others."""
    tried = of_texts(_some(training, TRIED_ON))
    candidates = [s for s, _ in Counter(_some(training, MOST)).most_common(CANDIDATES // 2)]
    candidates += _some(training, CANDIDATES - len(candidates))
    scores = [sum(chrf_of_each([" ".join(c)] * len(tried), tried)) for c in candidates]
    answer = candidates[int(np.argmax(scores))]
    written = of_texts(references)
    mine = chrf_of_each(of_texts(hypotheses), written)
    blind = chrf_of_each([" ".join(answer)] * len(written), written)
    return _Contest("chrF", answer, 100 - np.array(mine), 100 - np.array(blind), len(written))


def _some(sequences: Sequence[Glosses], count: int) -> list[Glosses]:
    step = max(1, len(sequences) // max(1, count))
    return list(sequences[::step][:count])


def _interval(contest: _Contest) -> tuple[float, float]:
    """The share of errors removed: by Wilson's interval for labels, else over resampled samples."""
    mine, blind = contest.mine, contest.blind
    if contest.metric == "accuracy":
        guessed = float(blind.mean())
        ends = wilson(float(mine.mean()), len(mine))
        return _removed(ends[1], guessed), _removed(ends[0], guessed)
    rng = np.random.default_rng(SEED)
    drawn = rng.integers(0, len(mine), (RESAMPLED, len(mine)))
    removed = [_removed(mine[row].sum(), blind[row].sum()) for row in drawn]
    low, high = np.percentile(removed, TAILS)
    return float(low), float(high)


def wilson(share: float, samples: int) -> tuple[float, float]:
    """The ends of Wilson's 99% interval of a binomial share."""
    z2 = Z**2 / samples
    middle = (share + z2 / 2) / (1 + z2)
    half = Z * math.sqrt(share * (1 - share) / samples + z2 / (4 * samples)) / (1 + z2)
    return max(0.0, middle - half), min(1.0, middle + half)


def _removed(mine: float, blind: float) -> float:
    return float((blind - mine) / blind) if blind else -float(mine > 0)
