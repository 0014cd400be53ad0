"""The score that each task is judged by, over tokens."""

from __future__ import annotations

from collections.abc import Sequence

from slrdoctor.arithmetic.error_rate import error_rate
from slrdoctor.words.tasks import TaskName

Tokens = tuple[str, ...]

METRIC = {task.value: task.metric.name for task in TaskName}
HISTORY_NAME = {"recall": "dev_recall@1"}


def score(task: str, hypotheses: Sequence[Tokens], references: Sequence[Tokens]) -> float:
    """WER, accuracy and retrieval at 1 as shares; BLEU in points."""
    if task == "ctc":
        return error_rate(hypotheses, references)
    if task == "translation":
        from slrdoctor.arithmetic.text_scores import bleu

        return bleu([" ".join(h) for h in hypotheses], [" ".join(r) for r in references])
    return sum(h == r for h, r in zip(hypotheses, references, strict=True)) / max(1, len(references))


def signed(task: str, value: float) -> float:
    """So that higher is better."""
    return TaskName(task).metric.sign * value


def perfect(task: str) -> float:
    """The best score there is, signed so that higher is better."""
    best = TaskName(task).metric
    return best.sign * best.perfect


def named(task: str) -> str:
    """As the history calls it."""
    return HISTORY_NAME.get(METRIC[task], f"dev_{METRIC[task]}")
