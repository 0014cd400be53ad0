"""What a run can be about, and the scores that each task is judged by."""

from __future__ import annotations

import enum

from slrdoctor.words.metrics import Metric, metric


class TaskName(str, enum.Enum):
    """The tasks, by the names that `[model] task` in slrdoctor.toml has."""

    CTC = "ctc"
    CLASSIFICATION = "classification"
    TRANSLATION = "translation"
    RETRIEVAL = "retrieval"

    def __str__(self) -> str:
        return self.value

    @property
    def metric(self) -> Metric:
        """The score that it is judged by first."""
        return metric(self.metrics[0])

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of the scores that it is judged by; what a log lacks falls to the next."""
        return METRICS[self.value]

    @property
    def loss_unit(self) -> str:
        """What a mean loss is taken over: CTC's over a token of the target, others' over a sample."""
        return "token" if self is TaskName.CTC else "sample"


METRICS = {
    "ctc": ("wer", "accuracy", "cer", "bleu", "levenshtein", "sentence_accuracy"),
    "classification": ("accuracy", "recall", "f1", "wer"),
    "translation": ("bleu", "chrf", "rouge", "wer", "cer", "levenshtein", "sentence_accuracy"),
    "retrieval": ("recall", "accuracy"),
}
ANY_TASK = (
    "wer", "accuracy", "bleu", "recall", "rouge", "chrf", "cer", "levenshtein", "sentence_accuracy"
)  # fmt: skip
