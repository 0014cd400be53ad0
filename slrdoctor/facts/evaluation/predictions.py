"""What kinds of errors the stored hypotheses make."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from slrdoctor.arithmetic.gloss_forms import is_numbers
from slrdoctor.artifacts.run import PredictionFile, TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.words import grammar

ENABLE = (
    "store both in one json or csv with the columns id, hypothesis, reference, or in the evaluation "
    'loop: slrdoctor.dump_outputs("outputs", ids, hypotheses=hypotheses, references=references)'
)
_STEP = re.compile(r"\d+")


@dataclass(frozen=True)
class ErrorCounts:
    """Hypotheses against references, over all samples of one file of predictions.

    Counts are of tokens, by the alignment with fewest errors. Rates are shares of the
    reference tokens; a classification prediction is a sequence of one.
    """

    split: str
    samples: int
    substitutions: int
    deletions: int
    insertions: int
    reference_tokens: int
    hypothesis_tokens: int
    exact: int  # samples without an error
    empty: int  # samples with an empty hypothesis
    distinct_hypothesis: int  # tokens
    distinct_reference: int
    commonest: str  # hypothesis token, and its share of all hypothesis tokens
    commonest_share: float
    is_classification: bool  # one token a sample on both sides
    read_from: str

    @property
    def errors(self) -> int:
        return self.substitutions + self.deletions + self.insertions

    @property
    def wer(self) -> float:
        return self.errors / self.reference_tokens

    @property
    def mean_hypothesis_length(self) -> float:
        return self.hypothesis_tokens / self.samples

    @property
    def mean_reference_length(self) -> float:
        return self.reference_tokens / self.samples

    @property
    def empty_share(self) -> float:
        return self.empty / self.samples

    @property
    def accuracy(self) -> float:
        """The share of samples without an error."""
        return self.exact / self.samples

    @property
    def sentence(self) -> str:
        if self.is_classification:
            return f"{self.exact} of {self.samples} stored predictions are right ({self.accuracy:.1%})"
        return (
            f"WER is {self.wer:.2%} on {self.samples} stored hypotheses: "
            f"{grammar.counted(self.substitutions, 'substitution')}, "
            f"{grammar.counted(self.deletions, 'deletion')} and "
            f"{grammar.counted(self.insertions, 'insertion')} in {self.reference_tokens} reference "
            "tokens"
        )


@measure
def error_counts(run: TrainingRun) -> ErrorCounts:
    """The errors of the dev predictions, of the latest step where there are several files."""
    return counted(max(usable(run), key=preference))


def usable(run: TrainingRun) -> list[PredictionFile]:
    """The files whose hypotheses can be held against references; raises Unavailable without any."""
    with_references = [file for file in run.predictions if any(file.references)]
    found = [file for file in with_references if not _are_of_two_codings(file)]
    if with_references and not found:
        raise Unavailable(
            f"the hypotheses and the references of {with_references[0].where} are not written alike: "
            f"one side has class numbers and the other names",
            ENABLE,
        )
    if not found:
        raise Unavailable("looked for hypotheses with their references", ENABLE)
    return found


def _are_of_two_codings(file: PredictionFile) -> bool:
    """Whether one side has class numbers only and the other has none."""
    said, meant = (
        {token for tokens in side for token in tokens} for side in (file.hypotheses, file.references)
    )
    if not said or not meant:
        return False
    numbered = [sum(is_numbers((token,)) for token in side) / len(side) for side in (said, meant)]
    return sorted(numbered) == [0, 1]


def preference(file: PredictionFile) -> tuple[int, int, int]:
    """Orders files by how well they stand for the run: dev first, then the latest step."""
    numbers = _STEP.findall(file.where.rpartition("/")[2])
    return (
        ("train", "", "test", "dev").index(file.split),
        int(numbers[0]) if numbers else -1,
        len(file.ids),
    )


def counted(file: PredictionFile) -> ErrorCounts:
    """The errors of one file that has at least one reference token."""
    from rapidfuzz.distance import Levenshtein

    kinds: Counter[str] = Counter()
    exact = 0
    for hypothesis, reference in zip(file.hypotheses, file.references, strict=True):
        operations = Levenshtein.editops(reference, hypothesis)
        kinds.update(operation.tag for operation in operations)
        exact += not operations
    said = Counter(token for hypothesis in file.hypotheses for token in hypothesis)
    meant = {token for reference in file.references for token in reference}
    commonest, times = said.most_common(1)[0] if said else ("", 0)
    return ErrorCounts(
        split=file.split,
        samples=len(file.references),
        substitutions=kinds["replace"],
        deletions=kinds["delete"],
        insertions=kinds["insert"],
        reference_tokens=sum(map(len, file.references)),
        hypothesis_tokens=said.total(),
        exact=exact,
        empty=sum(not hypothesis for hypothesis in file.hypotheses),
        distinct_hypothesis=len(said),
        distinct_reference=len(meant),
        commonest=commonest,
        commonest_share=times / said.total() if said else 0.0,
        is_classification=all(len(r) == 1 for r in file.references)
        and all(len(h) <= 1 for h in file.hypotheses),
        read_from=file.where,
    )
