"""TRN509: was the run ended while it still improved?"""

from collections.abc import Iterator

import numpy as np

from slrdoctor.api import (
    LIKELY,
    NOTE,
    DevScore,
    Evidence,
    Finding,
    Fix,
    LearningRate,
    Progress,
    Threshold,
    check,
)

IMPROVING = Threshold(
    0.1, "rule of thumb, docs/limits.py: of the remaining error, from one quarter to the next"
)
POINTS = 0.02  # a smaller change of a share is the noise of an epoch
FEWEST = 8  # epochs
ENDED = 0.05  # of the peak: a schedule that is down there has ended


@check("TRN509", severity=NOTE, confidence=LIKELY)
def stopped_early(score: DevScore, progress: Progress, rate: LearningRate | None) -> Iterator[Finding]:
    """The dev score was still improving when the run ended.

    Why it matters: the numbers of the run are not those that the model can reach.

    Judged by: the best dev score in the last tenth of the run, and the median error of its last
    quarter under that of the quarter before by a tenth and by two points. Not where the learning
    rate had come down to a twentieth of its peak: that schedule has ended.

    Fix: go on from the last checkpoint, with the schedule stretched to the new number of epochs.

    References: Prechelt 1998, Early Stopping, but when?
    """
    ended = rate is not None and rate.points > 1 and rate.last <= ENDED * rate.peak
    is_known = score.is_share or score.quantity == "bleu"  # a score with a best value
    if not progress.learned or len(score.values) < FEWEST or not is_known or ended:
        return
    shares = score.values if score.is_share else score.values / 100
    errors = shares if score.sign < 0 else 1 - shares
    quarter = len(errors) // 4
    last, before = np.median(errors[-quarter:]), np.median(errors[-2 * quarter : -quarter])
    late = int(np.argmin(errors)) >= len(errors) - max(2, len(errors) // 10)
    if not late or before - last < max(POINTS, IMPROVING.value * before):
        return
    yield Finding(
        f"{score.split} {score.word} was still improving when the run ended after {len(errors)} "
        f"{score.looks}: its error fell from {before:.1%} to {last:.1%} over the last quarter",
        (
            Evidence(
                "fall of the error", float((before - last) / before), score.read_from, limit=IMPROVING
            ),
            Evidence("best at", score.best_at, score.read_from, score.per),
        ),
        (Fix(f"Go on from the last checkpoint up to {2 * len(errors)} {score.looks}."),),
    )
