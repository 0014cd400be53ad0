"""TRN508: did a new stage of the training undo what the one before had learned?"""

from slrdoctor.api import (
    DEGRADES,
    NOTHING_LEARNED,
    POSSIBLE,
    Evidence,
    Finding,
    Findings,
    Fix,
    StageChanges,
    check,
    chosen,
    number,
)

TIMES_BEFORE = chosen(1.1, "a tenth above the level before the change", (0.275, 2.2), 3)
TIMES_USUAL_CHANGE = chosen(3, "three times the usual change from epoch to epoch is beyond noise")
TIMES_BEFORE_AT_BEST = chosen(1.05, "within 5% of the level before it came back", (0.2625, 2.1), 3)


@check("TRN508", severity=DEGRADES, confidence=POSSIBLE, explains=("TRN503", "TRN505", NOTHING_LEARNED))
def stage_shock(stages: StageChanges) -> Findings:
    """The dev loss jumped where a stage or the schedule changed, and did not come back.

    Why it matters: A stage that begins with a full learning rate, fresh layers or another loss can throw
    away in one epoch what the stage before had learned.

    Judged by: Medians of three epochs each. Restarts of a schedule that come back pass. All of these
    have to hold:
    - The dev loss after the change is a tenth above that before it, and by three times the usual change
      from epoch to epoch.
    - Up to the next change it never comes back to within 5% of the level before.
    - The dev score does not get further than before by more than it usually changes.

    Fix: Start the stage from the best checkpoint, with a tenth of the learning rate and a warm-up.

    References: Howard and Ruder 2018, Universal Language Model Fine-tuning (gradual unfreezing,
    discriminative rates); Goyal et al. 2017, gradual warm-up
    """
    for change in stages.changes:
        jump = change.after - change.before
        usual = TIMES_USUAL_CHANGE.value * change.step_before
        needed = max((TIMES_BEFORE.value - 1) * abs(change.before), usual)
        if jump < needed or change.score_better:
            continue
        if change.lowest_after <= change.before + (TIMES_BEFORE_AT_BEST.value - 1) * abs(change.before):
            continue
        yield Finding(
            f"the dev loss jumps from {number(change.before)} to {number(change.after)} at epoch "
            f"{change.at:g} ({change.what}) and comes back only to {number(change.lowest_after)}",
            (
                Evidence(
                    "dev loss after the change", change.jumped, stages.read_from, "times that before",
                    TIMES_BEFORE,
                ),
                Evidence(
                    "lowest dev loss after it", change.stayed, stages.read_from, "times that before",
                    TIMES_BEFORE_AT_BEST,
                ),
                Evidence(
                    "jump", jump / change.step_before if change.step_before else "infinitely many",
                    stages.read_from, "times the usual change", TIMES_USUAL_CHANGE,
                ),
            ),
            (
                Fix("Start the stage from the best checkpoint of the stage before."),
                Fix(
                    "Give new layers the full learning rate, old ones a tenth, and warm both up.",
                    "AdamW([{'params': new, 'lr': 3e-4}, {'params': old, 'lr': 3e-5}])",
                ),
            ),
        )  # fmt: skip
    return stages.sentence
