"""TRN505: is the last model much worse than the best one was?"""

from slrdoctor.api import (
    FAILS_ON_DEV,
    LIKELY,
    NOTE,
    DevScore,
    Evidence,
    Finding,
    Findings,
    Fix,
    KeptCheckpoint,
    NotJudged,
    Progress,
    check,
    chosen,
)

GAIN_LOST = chosen(0.25, "a quarter of what the score had gained", (0.0625, 1), 402)
POINTS_LOST = chosen(0.03, "three points are beyond the noise of an epoch", (0.0075, 0.12), 402)
FEWEST_EPOCHS = chosen(5, "fewer do not show what a score does after its best")


@check("TRN505", severity=NOTE, confidence=LIKELY, shows=(FAILS_ON_DEV,))
def dev_worsened_after_best(
    score: DevScore, kept: KeptCheckpoint, progress: Progress | None
) -> Findings:
    """The dev score is much worse at the end than at its best, and the best model was not kept.

    Why it matters: What is left of the run is its last checkpoint, and that is not the model that the
    best number in the log belongs to.

    Judged by: The median of the last epochs lies more than three points and more than a quarter of the
    gain behind the best, and neither the name nor the epoch of a checkpoint is that of the best.

    Fix: Save the model whenever the dev score is the best so far, and stop some epochs after.

    References: Prechelt 1998, Early Stopping, but when?
    """
    lost = score.sign * (score.best - score.last)
    gained = score.sign * (score.best - score.first)
    points = POINTS_LOST.value * (1 if score.is_share else 100)
    learned = progress is None or progress.learned  # else the best was luck
    if kept.best_kept or lost <= points or lost <= GAIN_LOST.value * gained:
        return score.sentence
    if len(score.values) < FEWEST_EPOCHS.value:
        few = f"only {len(score.values)} {score.looks} were logged"
        raise NotJudged(f"{few}: it takes {FEWEST_EPOCHS.value:g} to see whether the score was lost")
    if not learned:
        raise NotJudged("the run learned nothing: its best score may be luck")
    yield Finding(
        f"the {score.split} {score.word} was {score.shown(score.best)} at {score.per} "
        f"{score.best_at:g} and is {score.shown(score.last)} at the end, and the checkpoint of "
        f"{score.per} {score.best_at:g} was not kept",
        (
            Evidence(
                f"{score.word} lost since its best", lost / score.metric.whole, score.read_from, "share",
                POINTS_LOST,
            ),
            Evidence(
                "share of its gain", lost / gained if gained else "all", score.read_from, "share",
                GAIN_LOST,
            ),
            Evidence("checkpoints", ", ".join(kept.kept[:3]) or "none found", kept.read_from),
        ),
        (
            Fix(
                "Save the model when its dev score is the best so far.",
                "if wer < best: best = wer; torch.save(model.state_dict(), run_dir / 'best.pt')",
            ),
            Fix("Stop when the dev score has not improved for ten epochs."),
        ),
    )  # fmt: skip
