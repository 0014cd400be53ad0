"""What speaks for and against a score: the log, the annotations, and the pairs themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.evaluation.reference_source import ReferenceSource
from slrdoctor.facts.evaluation.score_comparison import ScoreComparison
from slrdoctor.facts.evaluation.shuffled_hypotheses import ShuffledHypotheses
from slrdoctor.facts.training.logged_scores import ErrorRates


@dataclass(frozen=True)
class SwapEvidence:
    """The logged error rates, and the logged scores beside those of the stored predictions."""

    rates: ErrorRates | None
    compared: ScoreComparison | None
    read_from: str

    @property
    def sentence(self) -> str:
        facts = [fact.sentence for fact in (self.rates, self.compared) if fact is not None]
        if self.compared is None:
            facts.append("there are no stored predictions to compute it again from")
        return "; ".join(facts)


@dataclass(frozen=True)
class Reproduction:
    """Whether the stored predictions lead to the logged score and belong to their references."""

    pairs: ShuffledHypotheses
    compared: ScoreComparison | None  # None where no score of theirs is logged
    source: ReferenceSource | None  # None where their ids do not lead to the annotations
    read_from: str

    @property
    def left_by_rematching(self) -> float:
        """What giving every hypothesis another reference leaves, over what it leaves anyway.

        Of the errors, or of those of unrelated sentences where these are fewer. nan for labels
        and where references recur, as then any set of hypotheses fits.
        """
        pairs = self.pairs
        least = min(pairs.wer, pairs.unrelated_wer)
        recur = 2 * pairs.distinct_references < pairs.samples
        return math.nan if pairs.are_single or recur or not least else pairs.rematched_wer / least

    @property
    def sentence(self) -> str:
        facts = [fact.sentence for fact in (self.compared, self.source) if fact is not None]
        if self.compared is None:
            facts.append("there is no logged score to compare the stored predictions with")
        return "; ".join(facts)


@measure
def swap_evidence(rates: ErrorRates | None, compared: ScoreComparison | None) -> SwapEvidence:
    if rates is None and compared is None:
        raise Unavailable(
            "looked for a logged WER, and for a logged score with the predictions that it belongs to",
            "log the WER of every epoch, and store hypotheses and references in one json or csv",
        )
    read_from = [fact.read_from for fact in (rates, compared) if fact is not None]
    return SwapEvidence(rates, compared, ", ".join(dict.fromkeys(read_from)))


@measure
def reproduction(
    pairs: ShuffledHypotheses, compared: ScoreComparison | None, source: ReferenceSource | None
) -> Reproduction:
    return Reproduction(pairs, compared, source, pairs.read_from)
