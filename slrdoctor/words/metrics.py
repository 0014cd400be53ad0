"""The scores that the field judges by: how each is written, which way is better, what is perfect."""

from __future__ import annotations

from dataclasses import dataclass

# what stored predictions can be scored by
SCORES = ("wer", "accuracy", "sentence_accuracy", "bleu", "chrf")


@dataclass(frozen=True)
class Metric:
    """One score. Shares (accuracy, WER) are 0..1, and a WER may exceed 1; others are points of 100."""

    name: str  # as series are called: wer, accuracy, bleu
    word: str  # as people write it: WER, accuracy, BLEU
    lower_is_better: bool = False
    is_share: bool = True

    @property
    def sign(self) -> int:
        """+1 where higher is better, -1 where lower is."""
        return -1 if self.lower_is_better else 1

    @property
    def perfect(self) -> float:
        return 0.0 if self.lower_is_better else self.whole

    @property
    def whole(self) -> float:
        """What everything is: 1 of a share, 100 points."""
        return 1.0 if self.is_share else 100.0

    def shown(self, value: float, decimals: int = 1) -> str:
        """A value as its readers write it: `84.2%`, or `12.3` points."""
        return f"{value:.{decimals}%}" if self.is_share else f"{value:.{decimals}f}"

    def named(self, value: float, decimals: int = 1) -> str:
        """`WER 84.2%`."""
        return f"{self.word} {self.shown(value, decimals)}"


_METRICS = {
    metric.name: metric
    for metric in (
        Metric("wer", "WER", lower_is_better=True),
        Metric("cer", "CER", lower_is_better=True),
        Metric("ter", "TER", lower_is_better=True, is_share=False),
        Metric("accuracy", "accuracy"),
        Metric("sentence_accuracy", "sentence accuracy"),
        Metric("token_accuracy", "token accuracy"),
        Metric("recall", "recall at 1"),
        Metric("precision", "precision"),
        Metric("f1", "F1"),
        Metric("bleu", "BLEU", is_share=False),
        Metric("chrf", "chrF", is_share=False),
        Metric("rouge", "ROUGE", is_share=False),
    )
}


def metric(name: str) -> Metric:
    """The metric of a series' name; a share where higher is better, of a name that is not known."""
    return _METRICS.get(name) or Metric(name, name.replace("_", " "))
