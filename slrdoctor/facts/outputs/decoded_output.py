"""How much the decoded outputs say: nothing, one token, far too little, or enough."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.ctc.ctc_lengths import CtcLengths
from slrdoctor.facts.evaluation.predictions import ErrorCounts
from slrdoctor.facts.labels.task import Task
from slrdoctor.facts.outputs.log_probs import LogProbs
from slrdoctor.facts.outputs.output_pass import ENABLE
from slrdoctor.facts.training.dev_score import held_out, settled
from slrdoctor.facts.training.history import Curve, History


@dataclass(frozen=True)
class DecodedOutput:
    """What greedy decoding or the stored hypotheses hold, against the references; nan where unknown.

    `blank_share` is of the frames; a model that gives each gloss one frame has `peaky_share`.
    """

    known_by: str  # log-probabilities | hypotheses | log: only the blank share is known
    split: str
    samples: int
    empty_share: float  # of the samples
    length_ratio: float  # decoded tokens over reference tokens
    commonest: str
    commonest_share: float  # of the decoded tokens
    reference_types: int  # distinct tokens
    wer: float
    blank_share: float
    peaky_share: float
    read_from: str

    @property
    def what(self) -> str:
        """What was looked at: the dev hypotheses, the greedy test hypotheses, the dev log."""
        greedy = self.known_by == "log-probabilities"
        words = ("greedy" * greedy, self.split, "hypotheses" if greedy else self.known_by)
        return " ".join(("the", *filter(None, words)))

    @property
    def sentence(self) -> str:
        blank = f"{self.blank_share:.1%} of the frames are blank"
        if math.isfinite(self.peaky_share):
            blank += f" ({self.peaky_share:.1%} where each gloss has one frame)"
        if not self.samples:
            return f"{blank}, as logged"
        said = (
            f"{self.what} hold {self.length_ratio:.2f} tokens per reference token, and "
            f"{self.empty_share:.1%} of {self.samples} are empty"
        )
        return f"{said}; {blank}" if math.isfinite(self.blank_share) else said


@measure
def decoded_output(
    task: Task,
    outputs: LogProbs | None,
    errors: ErrorCounts | None,
    history: History | None,
    lengths: CtcLengths | None,
) -> DecodedOutput:
    """Of the log-probabilities, else of the hypotheses, else only the blank share that was logged."""
    if task.name != "ctc":
        raise Unavailable(f"the task is {task.name} ({task.known_by}), not CTC")
    peaky = math.nan
    if lengths is not None:
        peaky = float(1 - lengths.target_lengths.sum() / max(1, lengths.input_lengths.sum()))
    if outputs is not None:
        return _of_log_probs(outputs)
    if errors is not None:
        return _of_errors(errors, _blank_curve(history), peaky)
    curve = _blank_curve(history)
    if curve is None:
        raise Unavailable(
            "looked for log-probabilities, for hypotheses with their references, and for a logged "
            "share of blanks",
            ENABLE,
        )
    return DecodedOutput(
        known_by="log",
        split=curve.split,
        samples=0,
        empty_share=math.nan,
        length_ratio=math.nan,
        commonest="",
        commonest_share=math.nan,
        reference_types=0,
        wer=math.nan,
        blank_share=settled(curve.values),
        peaky_share=peaky,
        read_from=curve.read_from,
    )


def _of_log_probs(outputs: LogProbs) -> DecodedOutput:
    said = Counter(token for hypothesis in outputs.hypotheses for token in hypothesis)
    token, times = said.most_common(1)[0] if said else ("", 0)
    return DecodedOutput(
        known_by="log-probabilities",
        split=outputs.split,
        samples=len(outputs.ids),
        empty_share=sum(not hypothesis for hypothesis in outputs.hypotheses) / len(outputs.ids),
        length_ratio=said.total() / _tokens(outputs.references),
        commonest=token,
        commonest_share=times / said.total() if said else 0.0,
        reference_types=len({token for reference in outputs.references for token in reference}),
        wer=outputs.wer,
        blank_share=outputs.blank_share,
        peaky_share=outputs.peaky_share,
        read_from=outputs.read_from,
    )


def _of_errors(errors: ErrorCounts, logged: Curve | None, peaky_share: float) -> DecodedOutput:
    return DecodedOutput(
        known_by="hypotheses",
        split=errors.split,
        samples=errors.samples,
        empty_share=errors.empty_share,
        length_ratio=errors.hypothesis_tokens / errors.reference_tokens,
        commonest=errors.commonest,
        commonest_share=errors.commonest_share,
        reference_types=errors.distinct_reference,
        wer=errors.wer,
        blank_share=math.nan if logged is None else settled(logged.values),
        peaky_share=peaky_share,
        read_from=errors.read_from,
    )


def _tokens(sequences: Sequence[Sequence[str]]) -> int:
    return sum(map(len, sequences))


def _blank_curve(history: History | None) -> Curve | None:
    if history is None:
        return None
    return held_out(history, "blank_share") or history.curve("train", "blank_share")
