"""The renaming of the hypotheses' tokens that mends most errors, and what it mends by chance."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from slrdoctor.arithmetic.error_rate import edits_of_each, error_rate
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.evaluation._scored_forms import SCORED_FORMS, written_alike
from slrdoctor.facts.evaluation.stored_pairs import Sequences, StoredPairs
from slrdoctor.facts.labels.vocabulary import Vocabulary

WORTH_TRYING = 0.4  # error rate: under it most tokens are named right
WORTH_KNOWING = 0.1  # share of the errors mended, from where on it is asked what chance mends
FOLDS = 4
ROUNDS = 3  # of aligning anew with the renamed tokens
MOST = 1500  # samples
MOST_TYPES = 1200  # tokens a side, the commonest
SEED = 0
SHOWN = 5
ONE_STEP = 0.8  # share of the renamed tokens, by their use, from which one offset tells all

Renaming = Mapping[str, str]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TokenRenaming:
    """Error rates before and after a one-to-one renaming of hypothesis tokens.

    `renamed_wer` is over samples that the renaming was not learned from. `by_chance` is the
    share of errors that a renaming learned in the same way mends where the hypotheses are
    shuffled among the references. Differences of writing are mended before.
    """

    wer: float
    renamed_wer: float  # equals `wer` where the error rate is so low that none was looked for
    error: float  # standard error over samples of what the renaming takes off the error rate
    by_chance: float  # 0 where the renaming mends so little that it was not looked at
    examples: tuple[tuple[str, str], ...]  # (hypothesis token, what it is), the commonest first
    renamed_share: float  # of hypothesis tokens, by their use, that the renaming changes
    offset: int  # by which most output indices are off; 0 where no one offset tells
    samples: int
    are_single: bool
    read_from: str

    @property
    def mended(self) -> float:
        """The share of all errors that the renaming mends."""
        return (self.wer - self.renamed_wer) / self.wer if self.wer else 0.0

    @property
    def sigmas(self) -> float:
        """What the renaming takes off the error rate, in standard errors."""
        return (self.wer - self.renamed_wer) / self.error if self.error else math.inf

    @property
    def sentence(self) -> str:
        if self.renamed_wer == self.wer:
            return f"the error rate is {self.wer:.1%}, and renaming the tokens does not lower it"
        return (
            f"the best renaming of the tokens takes the error rate from {self.wer:.1%} to "
            f"{self.renamed_wer:.1%} on held-out samples"
        )


@measure
def token_renaming(pairs: StoredPairs, vocabulary: Vocabulary | None) -> TokenRenaming:
    step = -(-len(pairs.ids) // MOST)
    tokens = {t for t in vocabulary.tokens if t} if vocabulary is not None else set()
    sides = pairs.hypotheses[::step], pairs.references[::step]
    hypotheses, references = written_alike(*sides, SCORED_FORMS[-1][1], tokens)
    if not any(references):
        raise Unavailable(f"the references of {pairs.read_from} are empty")
    wer = renamed_wer = error_rate(hypotheses, references)
    error = 0.0
    if wer >= WORTH_TRYING and any(hypotheses):
        held_out = held_out_renamed(hypotheses, references)
        renamed_wer = min(wer, error_rate(held_out, references))
        error = _error(hypotheses, held_out, references)
    found = TokenRenaming(
        wer, renamed_wer, error, 0.0, (), 0.0, 0, len(references), pairs.are_single, pairs.read_from
    )
    if found.mended < WORTH_KNOWING:
        return found
    renaming = learned(hypotheses, references)
    used = Counter(token for hypothesis in hypotheses for token in hypothesis)
    changed = {t: renaming[t] for t, _ in used.most_common() if renaming.get(t, t) != t}
    return replace(
        found,
        by_chance=_by_chance(hypotheses, references),
        examples=tuple(list(changed.items())[:SHOWN]),
        renamed_share=sum(used[t] for t in changed) / used.total(),
        offset=_offset(changed, used, vocabulary),
    )


def _by_chance(hypotheses: Sequences, references: Sequences) -> float:
    """The share of errors that a renaming mends where no hypothesis belongs to its reference."""
    order = np.random.default_rng(SEED).permutation(len(references))
    shuffled = tuple(hypotheses[i] for i in order)
    before = error_rate(shuffled, references)
    after = error_rate(held_out_renamed(shuffled, references), references)
    return max(0.0, (before - after) / before) if before else 0.0


def _error(hypotheses: Sequences, renamed: Sequences, references: Sequences) -> float:
    """The standard error over samples of the difference of two error rates."""
    gains = edits_of_each(hypotheses, references) - edits_of_each(renamed, references)
    return float(np.std(gains) * math.sqrt(len(gains)) / sum(map(len, references)))


def held_out_renamed(hypotheses: Sequences, references: Sequences) -> Sequences:
    """Each part of the hypotheses renamed as the other parts taught."""
    renamed: list[tuple[str, ...]] = [()] * len(references)
    for fold in range(FOLDS):
        rest = [i for i in range(len(references)) if i % FOLDS != fold]
        renaming = learned(tuple(hypotheses[i] for i in rest), tuple(references[i] for i in rest))
        for i in range(fold, len(references), FOLDS):
            renamed[i] = _renamed(hypotheses[i], renaming)
    return tuple(renamed)


def learned(hypotheses: Sequences, references: Sequences) -> Renaming:
    """The one-to-one renaming that makes most aligned tokens equal.

    It begins with tokens that stand at the same part of their sequences and in the same
    samples, then aligns the renamed hypotheses anew. A token that no better name is found
    for keeps its own.
    """
    said, meant = _common(hypotheses), _common(references)
    weights = _first_weights(hypotheses, references, said, meant)
    renaming = _assigned(weights, said, meant)
    for _ in range(ROUNDS):
        counts = np.zeros((len(said), len(meant)))
        for hypothesis, reference in zip(hypotheses, references, strict=True):
            for token, other in _aligned(hypothesis, reference, renaming):
                if token in said and other in meant:
                    counts[said[token], meant[other]] += 1
        renewed = _assigned(counts, said, meant)
        if renewed == renaming:
            break
        renaming = renewed
    return renaming


def _common(sequences: Sequences) -> dict[str, int]:
    counts = Counter(token for sequence in sequences for token in sequence)
    return {token: i for i, (token, _) in enumerate(counts.most_common(MOST_TYPES))}


def _first_weights(
    hypotheses: Sequences, references: Sequences, said: Mapping[str, int], meant: Mapping[str, int]
) -> Floats:
    """How strongly each hypothesis token goes with each reference token: [H, R]."""
    places = np.zeros((len(said), len(meant)))
    there = [np.zeros((len(hypotheses), len(index)), np.float32) for index in (said, meant)]
    for i, (hypothesis, reference) in enumerate(zip(hypotheses, references, strict=True)):
        for side, sequence, index in zip(there, (hypothesis, reference), (said, meant), strict=True):
            side[i, [index[t] for t in sequence if t in index]] = 1
        for j, token in enumerate(hypothesis):
            if reference and token in said:
                other = reference[min(len(reference) - 1, j * len(reference) // len(hypothesis))]
                if other in meant:
                    places[said[token], meant[other]] += 1
    together = (there[0].T @ there[1]).astype(np.float64)
    alone = [side.sum(axis=0).astype(np.float64) for side in there]
    either = alone[0][:, None] + alone[1][None, :]
    per_place = np.sqrt(np.maximum(1, places.sum(axis=1))[:, None] * np.maximum(1, places.sum(axis=0)))
    return np.asarray(2 * together / np.maximum(1, either) + places / per_place)


def _assigned(weights: Floats, said: Mapping[str, int], meant: Mapping[str, int]) -> Renaming:
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(weights, maximize=True)
    tokens, others = list(said), list(meant)
    return {tokens[i]: others[j] for i, j in zip(rows, columns, strict=True) if weights[i, j] > 0}


def _aligned(
    hypothesis: tuple[str, ...], reference: tuple[str, ...], renaming: Renaming
) -> Iterator[tuple[str, str]]:
    """Hypothesis tokens with the reference tokens that they stand for, right or wrong."""
    from rapidfuzz.distance import Levenshtein

    for op in Levenshtein.opcodes(_renamed(hypothesis, renaming), reference):
        if op.tag in ("equal", "replace"):
            yield from zip(
                hypothesis[op.src_start : op.src_end],
                reference[op.dest_start : op.dest_end],
                strict=False,
            )


def _renamed(hypothesis: tuple[str, ...], renaming: Renaming) -> tuple[str, ...]:
    return tuple(renaming.get(token, token) for token in hypothesis)


def _offset(changed: Renaming, used: Counter[str], vocabulary: Vocabulary | None) -> int:
    """By how much the index of a hypothesis token is over that of what it stands for."""
    form = SCORED_FORMS[-1][1]
    tokens = vocabulary.tokens if vocabulary is not None else ()
    index = {form(token): i for i, token in reversed(list(enumerate(tokens))) if token}
    numbers = {t: int(t) for t in {*changed, *changed.values()} if t.isdecimal() and len(t) < 10}
    places = {t: index[form(t)] for t in {*changed, *changed.values()} if form(t) in index}
    at = places if sum(t in places for t in changed) >= len(changed) / 2 else numbers
    steps: Counter[int] = Counter()
    for token, other in changed.items():
        if token in at and other in at:
            steps[at[token] - at[other]] += used[token]
    if not steps:
        return 0
    step, count = steps.most_common(1)[0]
    return step if count >= ONE_STEP * sum(used[t] for t in changed) else 0
