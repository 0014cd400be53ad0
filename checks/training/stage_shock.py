"""TRN508: did a new stage of the training undo what the one before had learned?"""

from collections.abc import Iterator

from slrdoctor.api import (
    DEGRADES,
    NOTHING_LEARNED,
    POSSIBLE,
    Evidence,
    Finding,
    Fix,
    StageChanges,
    Threshold,
    check,
)

JUMP = Threshold(
    1.1, "rule of thumb, docs/limits.py: dev loss after over before, medians of three epochs"
)
NOISE = 3  # times the usual change from epoch to epoch
BACK = Threshold(
    1.05, "rule of thumb, docs/limits.py: within 5% of the level before counts as come back"
)


@check("TRN508", severity=DEGRADES, confidence=POSSIBLE, explains=("TRN503", "TRN505", *NOTHING_LEARNED))
def stage_shock(stages: StageChanges) -> Iterator[Finding]:
    """The dev loss jumped where a stage or the schedule changed, and did not come back.

    Why it matters: a stage that begins with a full learning rate, fresh layers or another loss
    can throw away in one epoch what the stage before had learned.

    Judged by: the median dev loss of three epochs after the change a tenth above that of three
    before it and three times the usual change between epochs; no three epochs up to the next
    change within 5% of the level before; and a dev score, over three epochs as well, that comes no
    further than before by more than it usually changes. Restarts of a schedule that come back pass.

    Fix: start the stage from the best checkpoint, with a tenth of the learning rate and a warm-up.

    References: Howard and Ruder 2018, Universal Language Model Fine-tuning (gradual unfreezing,
    discriminative rates); Goyal et al. 2017, gradual warm-up
    """
    for change in stages.changes:
        jump = change.after - change.before
        needed = max((JUMP.value - 1) * abs(change.before), NOISE * change.step_before)
        if jump < needed or change.score_better:
            continue
        if change.lowest_after <= change.before + (BACK.value - 1) * abs(change.before):
            continue
        yield Finding(
            f"the dev loss jumps from {change.before:.3g} to {change.after:.3g} at epoch {change.at:g} "
            f"({change.what}) and comes back to {change.lowest_after:.3g} at best",
            (
                Evidence(
                    "dev loss after over before",
                    change.jumped,
                    stages.read_from,
                    limit=JUMP,
                ),
                Evidence(
                    "lowest after over before",
                    change.stayed,
                    stages.read_from,
                    limit=BACK,
                ),
                Evidence("usual change between epochs", change.step_before, stages.read_from),
            ),
            (
                Fix("Start the stage from the best checkpoint of the one before."),
                Fix(
                    "Give new layers the full rate, old ones a tenth, and warm both up.",
                    "AdamW([{'params': new, 'lr': 3e-4}, {'params': old, 'lr': 3e-5}])",
                ),
            ),
        )
