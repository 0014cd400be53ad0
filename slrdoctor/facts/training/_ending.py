"""The score that a run ends at, against silence and blind guessing."""

from __future__ import annotations

import math
from dataclasses import dataclass

from slrdoctor.arithmetic.chance import most_by_chance
from slrdoctor.facts.training.dev_score import DevScore
from slrdoctor.words.grammar import counted
from slrdoctor.words.metrics import metric

BLEU_POINTS = 2.0  # a decoder that ignores its input scores less
BLIND_LOSS = 0.9  # of the loss of a model that ignores its input
ROUNDED = 0.995  # a log has three digits of a score
BEATS_BLIND_WER = 0.9  # of the blind WER
# no constant hypothesis is this good on a public benchmark, where the blind WER is 0.9 to 1
WER_WITHOUT_FLOOR = 0.85
# one sentence for all samples has a third of their letters in place
LEVENSHTEIN_WITHOUT_FLOOR = 0.4
UNLIKELY = 1e-3  # chance that guessing reaches the best accuracy in any epoch
SAMPLES_AT_LEAST = 100  # taken for a dev set whose size is not known


@dataclass(frozen=True)
class Ending:
    """`last` as in `DevScore`; `blind` is what guessing scores, nan where unknown.

    `train_accuracy` and `train_loss` (times that of a model that ignores its input) are those of
    the last few epochs, nan where unknown; they count where no dev score was logged.
    """

    metric: str  # "" where no score was logged
    last: float
    blind: float
    train_accuracy: float = math.nan
    guessing: float = math.nan  # the accuracy of guessing on the training samples
    train_loss: float = math.nan

    @property
    def is_blind(self) -> bool:
        """Whether silence or a constant answer scores as much."""
        if not self.metric:
            return self._guesses_in_training or self.train_loss >= BLIND_LOSS
        if not math.isfinite(self.last):
            return False
        score = metric(self.metric)
        if score.lower_is_better:
            silence = score.whole
            return self.last >= ROUNDED * (min(silence, self.blind) if self._known else silence)
        if not score.is_share:
            return self.last < BLEU_POINTS
        return ROUNDED * self.last <= (self.blind if self._known else 0.0)

    @property
    def _guesses_in_training(self) -> bool:
        return ROUNDED * self.train_accuracy <= self.guessing  # never for nan

    @property
    def _known(self) -> bool:
        return math.isfinite(self.blind)

    @property
    def sentence(self) -> str:
        if not self.metric and self._guesses_in_training:
            return f"training accuracy ends at {self.train_accuracy:.1%}, which guessing reaches"
        if not self.metric:
            return f"training loss ends at {self.train_loss:.2f} of that of a model without input"
        score = metric(self.metric)
        guessing = f", where guessing scores {score.shown(self.blind)}" if self._known else ""
        return f"{score.word} ends at {score.shown(self.last)}{guessing}"

    def doubt(self, epochs: int, fewest: int) -> str:
        """Why a course of this many epochs does not show that anything was learned."""
        if self.is_blind:
            return f"{self.sentence}, after {counted(epochs, 'epoch')}"
        if epochs < fewest:
            return (
                f"only {counted(epochs, 'epoch')} logged; it takes {fewest} to see whether a run learns"
            )
        if self.metric:
            return f"{self.sentence}, which guessing can reach by luck"
        return "no dev score was logged, and the loss alone does not show whether anything was learned"


def beats_blind(score: DevScore, blind: float, samples: int | None) -> bool:
    """Whether the best score is beyond `blind`, what answering without looking scores (nan: unknown).

    The best of many epochs is lucky: an accuracy must be beyond what guessing reaches in any of them.
    """
    best = score.best
    if score.metric.lower_is_better:
        return best < (BEATS_BLIND_WER * blind if math.isfinite(blind) else WER_WITHOUT_FLOOR)
    if score.quantity in ("accuracy", "recall") and math.isfinite(blind):
        samples = samples or SAMPLES_AT_LEAST
        return round(best * samples) > most_by_chance(samples, blind, UNLIKELY / len(score.values))
    if not score.is_share:
        return best >= BLEU_POINTS
    if score.quantity == "levenshtein":
        return best >= LEVENSHTEIN_WITHOUT_FLOOR
    return best >= 0.5 or best >= score.first + 0.1
