"""TRN509: was the run ended while it still improved?"""

import numpy as np

from slrdoctor.api import (
    LIKELY,
    NOTE,
    DevScore,
    Evidence,
    Finding,
    Findings,
    Fix,
    LearningRate,
    NotJudged,
    Progress,
    check,
    chosen,
)

ERROR_FALL = chosen(0.1, "a tenth of the error, from one quarter to the next", (0.09, 0.11), 402)
POINTS_FALL = chosen(0.02, "a smaller change is the noise of an epoch")
FEWEST_EPOCHS = chosen(8, "two values per quarter of the run")
SCHEDULE_ENDED = chosen(0.05, "a learning rate at a twentieth of its peak has come to its end")


@check("TRN509", severity=NOTE, confidence=LIKELY)
def stopped_early(score: DevScore, progress: Progress, rate: LearningRate | None) -> Findings:
    """The dev score was still improving when the run ended.

    Why it matters: The numbers of the run are not those that the model can reach.

    Judged by: The best dev score lies in the last tenth of the run, and the median error of the last
    quarter is below that of the quarter before by a tenth and by two points. A run whose learning
    rate had come down to a twentieth of its peak passes: its schedule has ended.

    Fix: Continue from the last checkpoint, with the schedule stretched to the new number of epochs.

    References: Prechelt 1998, Early Stopping, but when?
    """
    ended = rate is not None and rate.points > 1 and rate.last <= SCHEDULE_ENDED.value * rate.peak
    if score.is_cut:
        raise NotJudged(f"{score.read_from} ends where the checkpoint was saved, not with the run")
    if ended:
        return "the learning rate had come to its end"
    if len(score.values) < FEWEST_EPOCHS.value:
        few = f"only {len(score.values)} {score.looks} were logged"
        raise NotJudged(
            f"{few}: it takes {FEWEST_EPOCHS.value:g} to see whether the score still improves"
        )
    if not progress.learned:
        raise NotJudged("the run learned nothing that could still improve")
    if not score.is_share and score.quantity != "bleu":
        raise NotJudged(f"the best possible {score.word} is unknown")
    shares = score.values if score.is_share else score.values / 100
    errors = shares if score.sign < 0 else 1 - shares
    quarter = len(errors) // 4
    last, before = np.median(errors[-quarter:]), np.median(errors[-2 * quarter : -quarter])
    late = int(np.argmin(errors)) >= len(errors) - max(2, len(errors) // 10)
    if not late or before - last < max(POINTS_FALL.value, ERROR_FALL.value * before):
        return score.sentence
    yield Finding(
        f"the {score.split} {score.word} was still improving when the run ended after {len(errors)} "
        f"{score.looks}: it {_course(score, float(before), float(last))} over the last quarter",
        (
            Evidence(
                "fall of the error",
                float((before - last) / before),
                score.read_from,
                "share",
                ERROR_FALL,
            ),
            Evidence("fall in points", float(before - last), score.read_from, "share", POINTS_FALL),
            Evidence(f"{score.per} of the best score", score.best_at, score.read_from),
        ),
        (Fix(f"Continue from the last checkpoint up to {2 * len(errors)} {score.looks}."),),
    )


def _course(score: DevScore, before: float, last: float) -> str:
    """From which score to which, of errors as shares of 1."""
    went = "fell" if score.sign < 0 else "rose"
    values = (before, last) if score.sign < 0 else (1 - before, 1 - last)
    first, second = (score.shown(value * score.metric.whole) for value in values)
    return f"{went} from {first} to {second}"
