"""The score that a run ends at, against silence and blind guessing."""

from __future__ import annotations

import math
from dataclasses import dataclass

from slrdoctor.facts.training.dev_score import LOWER_IS_BETTER

BLEU_POINTS = 2.0  # a decoder that ignores its input scores less
NOT_SHARES = ("bleu", "chrf", "rouge", "ter")
SILENCE = 1.0  # the error rate of empty hypotheses
ROUNDED = 0.995  # a log has three digits of a score


@dataclass(frozen=True)
class Ending:
    """`last` as in `DevScore`; `blind` is what guessing scores, nan where unknown."""

    metric: str  # "" where no score was logged
    last: float
    blind: float

    @property
    def is_blind(self) -> bool:
        """Whether silence or a constant answer scores as much."""
        if not self.metric or not math.isfinite(self.last):
            return False
        if self.metric in LOWER_IS_BETTER:
            return self.last >= ROUNDED * (min(SILENCE, self.blind) if self._known else SILENCE)
        if self.metric in NOT_SHARES:
            return self.last < BLEU_POINTS
        return ROUNDED * self.last <= (self.blind if self._known else 0.0)

    @property
    def _known(self) -> bool:
        return math.isfinite(self.blind)

    @property
    def sentence(self) -> str:
        name = self.metric.upper() if self.metric in ("wer", "cer", "bleu") else self.metric
        if self.metric in NOT_SHARES:
            return f"{name} ends at {self.last:.2f}"
        guessing = f", where blind guessing scores {self.blind:.1%}" if self._known else ""
        return f"{name} ends at {self.last:.1%}{guessing}"

    def doubt(self, epochs: int, fewest: int) -> str:
        """Why a course of this many epochs does not show that anything was learned."""
        if self.is_blind:
            return f"{self.sentence} after {epochs} epochs"
        if epochs < fewest:
            return f"{epochs} epochs were logged, and {fewest} show whether a run learns"
        if self.metric:
            return f"{self.sentence}: it is not beyond what guessing reaches by luck"
        return "no dev score was logged, and the loss alone does not show whether anything was learned"
