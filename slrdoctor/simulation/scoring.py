"""Scores of a simulated run, in the field's usual forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

METRICS = {"ctc": "wer", "classification": "accuracy", "retrieval": "recall", "translation": "bleu"}
WORDS = {"wer": "WER", "accuracy": "accuracy", "recall": "retrieval at 1", "bleu": "BLEU"}

Tokens = Sequence[str]


@dataclass(frozen=True)
class Score:
    """A share: of wrong tokens for WER, of right samples for accuracy and recall, BLEU over 100."""

    metric: str
    value: float

    @property
    def badness(self) -> float:
        return min(self.value, 1.0) if self.metric == "wer" else 1.0 - self.value

    def __str__(self) -> str:
        shown = f"{100 * self.value:.1f}" if self.metric == "bleu" else f"{self.value:.1%}"
        return f"{WORDS[self.metric]} {shown}"


def score(task: str, hypotheses: Sequence[Tokens], references: Sequence[Tokens]) -> Score:
    metric = METRICS[task]
    if metric == "wer":
        return Score(metric, wer(hypotheses, references))
    if metric == "bleu":
        return Score(metric, bleu(hypotheses, references))
    right = sum(list(h) == list(r) for h, r in zip(hypotheses, references))
    return Score(metric, right / len(references))


def wer(hypotheses: Sequence[Tokens], references: Sequence[Tokens]) -> float:
    wrong = sum(Levenshtein.distance(list(h), list(r)) for h, r in zip(hypotheses, references))
    return wrong / max(1, sum(map(len, references)))


def bleu(hypotheses: Sequence[Tokens], references: Sequence[Tokens]) -> float:
    import sacrebleu

    said, wanted = ([" ".join(one) for one in side] for side in (hypotheses, references))
    return float(sacrebleu.corpus_bleu(said, [wanted], tokenize="none", force=True).score) / 100
