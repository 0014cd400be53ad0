"""The scores that the field judges by: how each is written, which way is better, what is perfect."""

from __future__ import annotations

import math
from dataclasses import dataclass

HALF = 0.5  # of the errors that answering without looking makes
# what stored predictions can be scored by
SCORES = ("wer", "accuracy", "sentence_accuracy", "bleu", "chrf")


@dataclass(frozen=True)
class Metric:
    """One score. Shares (accuracy, WER) are 0..1, and a WER may exceed 1; others are points of 100."""

    name: str  # as series are called: wer, accuracy, bleu
    word: str  # as people write it: WER, accuracy, BLEU
    lower_is_better: bool = False
    is_share: bool = True
    # a plain figure of the field: a score that is no better is nothing to stop at, NaN for none
    poor: float = math.nan

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

    def is_poor(self, value: float, blind: float) -> bool:
        """Whether a score is poor by the figures of the field, or half of guessing's errors are left.

        `blind` is what answering without looking scores, NaN where that is unknown.
        """
        if not self.is_share:
            return value < self.poor  # never where no figure is known
        if self.lower_is_better:
            left = value / blind if blind > 0 else math.nan
            return value >= self.poor or left >= HALF
        # a recall among thousands of candidates is low in a sound run
        return self.name == "accuracy" and (1 - value) / (1 - (blind if blind < 1 else 0.0)) >= HALF

    def named(self, value: float, decimals: int = 1) -> str:
        """`WER 84.2%`."""
        return f"{self.word} {self.shown(value, decimals)}"


_METRICS = {
    metric.name: metric
    for metric in (
        # every recogniser published for PHOENIX-2014 since 2019 has a WER of under 35%
        Metric("wer", "WER", lower_is_better=True, poor=0.35),
        Metric("cer", "CER", lower_is_better=True),
        Metric("ter", "TER", lower_is_better=True, is_share=False),
        Metric("accuracy", "accuracy"),
        Metric("sentence_accuracy", "sentence accuracy"),
        Metric("token_accuracy", "token accuracy"),
        Metric("levenshtein", "Levenshtein score"),
        Metric("recall", "recall at 1"),
        Metric("precision", "precision"),
        Metric("f1", "F1"),
        # the first model that translated PHOENIX-2014T from video: 9.58 (Camgoz et al. 2018)
        Metric("bleu", "BLEU", is_share=False, poor=9.58),
        Metric("chrf", "chrF", is_share=False),
        Metric("rouge", "ROUGE", is_share=False),
    )
}


def metric(name: str) -> Metric:
    """The metric of a series' name; a share where higher is better, of a name that is not known."""
    return _METRICS.get(name) or Metric(name, name.replace("_", " "))
