"""The score that each task is judged by, over tokens."""

from __future__ import annotations

from collections.abc import Sequence

Tokens = tuple[str, ...]

METRIC = {"ctc": "wer", "classification": "accuracy", "retrieval": "recall", "translation": "bleu"}
LOWER_IS_BETTER = ("wer",)
HISTORY_NAME = {"recall": "dev_recall@1"}


def score(task: str, hypotheses: Sequence[Tokens], references: Sequence[Tokens]) -> float:
    """WER, accuracy and retrieval at 1 as shares; BLEU in points."""
    if task == "ctc":
        from rapidfuzz.distance import Levenshtein

        wrong = sum(Levenshtein.distance(r, h) for r, h in zip(references, hypotheses))
        return wrong / max(1, sum(map(len, references)))
    if task == "translation":
        from slrdoctor.arithmetic.text_scores import bleu

        return bleu([" ".join(h) for h in hypotheses], [" ".join(r) for r in references])
    return sum(h == r for h, r in zip(hypotheses, references)) / max(1, len(references))


def signed(task: str, value: float) -> float:
    """So that higher is better."""
    return -value if METRIC[task] in LOWER_IS_BETTER else value


def perfect(task: str) -> float:
    """The best score there is, signed so that higher is better."""
    return {"ctc": 0.0, "translation": 100.0}.get(task, 1.0)


def named(task: str) -> str:
    """As the history calls it."""
    return HISTORY_NAME.get(METRIC[task], f"dev_{METRIC[task]}")


def shown(metric: str, value: float) -> str:
    """As its readers write it."""
    word = {"wer": "WER", "bleu": "BLEU", "recall": "retrieval at 1"}.get(metric, metric)
    return f"{word} {value:.1f}" if metric == "bleu" else f"{word} {value:.1%}"
