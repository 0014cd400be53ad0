"""What kinds of errors a recogniser of gloss sequences makes."""

from __future__ import annotations

from dataclasses import dataclass

from slrdoctor.artifacts.run import PredictionFile
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.evaluation.predictions import ErrorCounts, counted
from slrdoctor.facts.evaluation.stored_pairs import StoredPairs
from slrdoctor.facts.labels.task import Task

RECOGNITION = "ctc"


@dataclass(frozen=True)
class GlossErrors:
    """The error counts of a run that recognises gloss sequences, also where each has one gloss."""

    counts: ErrorCounts
    read_from: str

    @property
    def sentence(self) -> str:
        return (
            f"{self.counts.sentence}; the hypotheses use {self.counts.distinct_hypothesis} different "
            f"glosses, the references {self.counts.distinct_reference}"
        )


@measure
def gloss_errors(pairs: StoredPairs, task: Task | None) -> GlossErrors:
    of_other_task = task is not None and task.name != RECOGNITION
    if pairs.is_text or of_other_task or (task is None and pairs.are_single):
        known = f": the task is {task.name} ({task.known_by})" if task is not None else ""
        raise Unavailable(
            f"{pairs.read_from} has no glosses recognised in sequence{known}",
            'name the task where this is wrong: [model] task = "ctc" in slrdoctor.toml',
        )
    file = PredictionFile(
        pairs.read_from, "", pairs.split, pairs.ids, pairs.hypotheses, pairs.references
    )
    return GlossErrors(counted(file), pairs.read_from)
