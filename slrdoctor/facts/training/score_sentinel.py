"""Error rates of exactly 100%: a score, or what a scorer writes when it fails."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from slrdoctor.artifacts.kinds.history.log_text.notes import kind_of
from slrdoctor.artifacts.run import TrainingRun
from slrdoctor.core.registry import Unavailable, measure
from slrdoctor.facts.training.dev_score import DevScore, finite, held_out, over, settled
from slrdoctor.facts.training.history import Curve, History
from slrdoctor.facts.training.progress import Progress

EXACT = 5e-7  # of a WER as a share: 100.00 is 1, 99.99 is not
LONG_ENOUGH = 12  # epochs: after a quarter of fewer a loss may still come down from its start
GOOD = 0.6  # WER of the neighbours of a single 100% that shows that it is no score


@dataclass(frozen=True)
class LossAtEnd:
    """What one loss is at the end of the run: a median, as logged, and over what it was."""

    split: str
    value: float
    over_floor: float  # over the input-blind floor; nan where that is not known
    over_quarter: float  # over that after a quarter of the run; nan if the run is too short
    over_best: float  # over that of the epoch with the best score; nan unless that was good
    read_from: str


@dataclass(frozen=True)
class ScoreSentinel:
    """Epochs whose WER is 100% to the last digit, and what the losses are meanwhile."""

    exact: int  # epochs
    at_end: int  # of these, without a break, up to the end of the run
    alone: int  # with a good score in both neighbours
    epochs: int
    from_epoch: float  # where the run of them at the end begins, or the first epoch
    losses: tuple[LossAtEnd, ...]  # of the scored split first, then of train
    score_name: str  # "dev WER"
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
    inner = exact[1:-1] & (score.values[:-2] < GOOD) & (score.values[2:] < GOOD)
    errors = [
        (f"{file.where} line {line}", text)
        for file in run.histories
        for line, text in file.notes
        if kind_of(text) == "scorer-error"
    ]
    curves = (held_out(history, "loss"), history.curve("train", "loss"))
    return ScoreSentinel(
        exact=int(exact.sum()),
        at_end=at_end,
        alone=int(inner.sum()),
        epochs=len(exact),
        from_epoch=float(score.epochs[-at_end]) if at_end else float(score.epochs[0]),
        losses=tuple(_at_end(c, score, progress) for c in curves if c is not None and len(finite(c)[1])),
        score_name=f"{score.split} {score.word}",
        read_from=score.read_from,
        errors=tuple(text for _, text in errors),
        errors_in=errors[0][0] if errors else "",
    )


def _at_end(curve: Curve, score: DevScore, progress: Progress | None) -> LossAtEnd:
    epochs, values = finite(curve)
    end = settled(values)
    over_floor = over_quarter = over_best = math.nan
    if progress is not None:
        scaled = progress.last_train if curve.split == "train" else progress.last_dev
        over_floor = over(scaled, progress.floor)
    if len(values) >= LONG_ENOUGH:
        quarter = len(values) // 4
        over_quarter = over(end, float(np.median(values[quarter - 1 : quarter + 2])))
    if score.best <= GOOD and curve.per == score.per:
        then = values[epochs == score.best_at]
        over_best = over(end, float(then[0])) if len(then) else math.nan
    return LossAtEnd(curve.split, end, over_floor, over_quarter, over_best, curve.read_from)
