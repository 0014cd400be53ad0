"""Error rates of exactly 100%: a score, or what a scorer writes when it fails."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slrdoctor.artifacts.log_notes import kind_of
from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.facts.dev_score import DevScore, Floats
from slrdoctor.facts.history import History
from slrdoctor.facts.progress import Progress
from slrdoctor.registry import Unavailable, measure

EXACT = 5e-7  # of a WER as a share: 100.00 is 1, 99.99 is not
GOOD = 0.6  # WER of the neighbours of a single 100% that shows that it is no score


@dataclass(frozen=True)
class ScoreSentinel:
    """Epochs whose WER is 100% to the last digit, and the loss that they had.

    `loss_share` is the loss in these epochs over the input-blind floor: the dev loss
    where it is logged, else the train loss; nan where the floor is not known.
    """

    exact: int  # epochs
    at_end: int  # of these, without a break, up to the end of the run
    alone: int  # with a good score in both neighbours
    epochs: int
    from_epoch: float  # where the run of them at the end begins
    loss: float  # lowest of the loss in these epochs, as logged; nan where there is none
    loss_split: str
    loss_share: float
    score_name: str
    read_from: str
    errors: tuple[str, ...] = ()  # lines of the log in which the scorer fails
    errors_in: str = ""  # "log.txt line 17"

    @property
    def sentence(self) -> str:
        return f"{self.exact} of {self.epochs} values of {self.score_name} are exactly 100%"


@measure
def score_sentinel(
    score: DevScore, history: History, run: TrainingRun, progress: Progress | None
) -> ScoreSentinel:
    if score.quantity not in ("wer", "cer"):
        raise Unavailable(
            f"the score is {score.word}, which has no error rate of 100%", "log the WER of every epoch"
        )
    exact = np.abs(score.values - 1) < EXACT
    wrong = np.flatnonzero(~exact)
    at_end = len(exact) - 1 - int(wrong[-1]) if len(wrong) else len(exact)
    # without a run of them at the end, it is the loss of the whole run that speaks
    since = float(score.epochs[-at_end]) if at_end else float(score.epochs[0])
    errors = [
        (f"{file.where} line {line}", text)
        for file in run.histories
        for line, text in file.notes
        if kind_of(text) == "scorer-error"
    ]
    split, loss, share = _loss(history, progress, score, since)
    return ScoreSentinel(
        exact=int(exact.sum()),
        at_end=at_end,
        alone=_alone(score.values, exact),
        epochs=len(exact),
        from_epoch=since,
        loss=loss,
        loss_split=split,
        loss_share=share,
        score_name=score.name,
        read_from=score.read_from,
        errors=tuple(text for _, text in errors),
        errors_in=errors[0][0] if errors else "",
    )


def _alone(values: Floats, exact: NDArray[np.bool_]) -> int:
    """How many exact values stand between two good ones."""
    inner = exact[1:-1] & (values[:-2] < GOOD) & (values[2:] < GOOD)
    return int(inner.sum())


def _loss(
    history: History, progress: Progress | None, score: DevScore, since: float
) -> tuple[str, float, float]:
    """The split, the lowest loss from an epoch on, and its share of the floor."""
    for split in ("dev", "test", "train"):
        curve = history.curve(split, "loss")
        if curve is None:
            continue
        if curve.per == score.per:
            values = curve.values[(curve.epochs >= since) & np.isfinite(curve.values)]
        else:
            values = curve.values[np.isfinite(curve.values)]
        if not len(values):
            continue
        share = math.nan
        if progress is not None and math.isfinite(progress.floor):
            scaled = progress.last_train if split == "train" else progress.last_dev
            share = scaled / progress.floor
        return split, float(np.min(values)), share
    return "", math.nan, math.nan
