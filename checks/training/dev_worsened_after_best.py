"""TRN505: is the last model much worse than the best one was?"""

from collections.abc import Iterator

from slrdoctor.api import (
    LIKELY,
    NOTE,
    DevScore,
    Evidence,
    Finding,
    Fix,
    KeptCheckpoint,
    Progress,
    Threshold,
    check,
)

LOST = Threshold(0.25, "rule of thumb, docs/limits.py: a quarter of what the score had gained")
POINTS = Threshold(0.03, "rule of thumb, docs/limits.py: three points, beyond the noise of an epoch")
FEWEST = 5  # epochs: fewer show no course after a best one


@check("TRN505", severity=NOTE, confidence=LIKELY)
def dev_worsened_after_best(
    score: DevScore, kept: KeptCheckpoint, progress: Progress | None
) -> Iterator[Finding]:
    """The dev score is much worse at the end than at its best, and the best model was not kept.

    Why it matters: what is left of the run is its last checkpoint, and that is not the model
    that the best number in the log belongs to.

    Judged by: the median of the last epochs behind the best by over three points and over a
    quarter of the gain, and no checkpoint that is named best or after the best epoch.

    Fix: save the model whenever the dev score is the best so far, and stop some epochs after.

    References: Prechelt 1998, Early Stopping, but when?
    """
    lost = score.sign * (score.best - score.last)
    gained = score.sign * (score.best - score.first)
    points = POINTS.value * (1 if score.is_share else 100)
    learned = progress is None or progress.learned  # else the best was luck
    if (
        kept.best_kept
        or not learned
        or len(score.values) < FEWEST
        or lost <= points
        or lost <= LOST.value * gained
    ):
        return
    yield Finding(
        f"{score.split} {score.word} was {score.shown(score.best)} at {score.per} {score.best_at:g} and "
        f"is {score.shown(score.last)} at the end, and no checkpoint of the best is there",
        (
            Evidence("lost since the best", lost, score.read_from, limit=POINTS),
            Evidence("checkpoints", ", ".join(kept.kept[:3]) or "none found", kept.read_from),
        ),
        (
            Fix(
                "Save the model when its dev score is the best so far.",
                "if wer < best: best = wer; torch.save(model.state_dict(), run_dir / 'best.pt')",
            ),
            Fix("Stop when the dev score has not improved for ten epochs."),
        ),
    )
