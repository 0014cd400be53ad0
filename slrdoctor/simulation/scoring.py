"""Scores of a simulated run, in the field's usual forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slrdoctor.arithmetic.error_rate import error_rate
from slrdoctor.words.metrics import metric
from slrdoctor.words.tasks import TaskName

METRICS = {task.value: task.metric.name for task in TaskName}

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
        kind = metric(self.metric)
        return kind.named(self.value * kind.whole)


def score(task: str, hypotheses: Sequence[Tokens], references: Sequence[Tokens]) -> Score:
    name = METRICS[task]
    if name == "wer":
        return Score(name, error_rate(hypotheses, references))
    if name == "bleu":
        return Score(name, bleu(hypotheses, references))
    right = sum(list(h) == list(r) for h, r in zip(hypotheses, references, strict=True))
    return Score(name, right / len(references))


def bleu(hypotheses: Sequence[Tokens], references: Sequence[Tokens]) -> float:
    import sacrebleu

    said, wanted = ([" ".join(one) for one in side] for side in (hypotheses, references))
    return float(sacrebleu.corpus_bleu(said, [wanted], tokenize="none", force=True).score) / 100
