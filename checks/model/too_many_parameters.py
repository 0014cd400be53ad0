"""MDL601: is the model large enough to know its samples by heart?"""

from collections.abc import Iterator
from math import isfinite

from slrdoctor.api import (
    DEGRADES,
    POSSIBLE,
    Capacity,
    Evidence,
    Finding,
    Fix,
    Progress,
    Threshold,
    check,
)

PER_SAMPLE = Threshold(
    1000, "rule of thumb that is often quoted, docs/limits.py: 1000 parameters a sample"
)
BAD_SCORE = Threshold(
    0.5,
    "rule of thumb, docs/limits.py: half way from guessing to perfect; of six public CTC runs the one "
    "that memorises has 0.67 of the error left and the others at most 0.14",
)
GAP = Threshold(
    2, "rule of thumb, docs/limits.py: dev loss (or errors) over that of samples known by heart"
)
LARGEST_HEAD = Threshold(0.25, "rule of thumb, docs/limits.py: of the parameters that sit in the head")


@check("MDL601", severity=DEGRADES, confidence=POSSIBLE, explains=("TRN504",))
def too_many_parameters(capacity: Capacity, progress: Progress) -> Iterator[Finding]:
    """The model has far more parameters than samples, and what it learned does not hold for others.

    Why it matters: a model that can store every sample has no need to find what samples of one
    sign have in common. The number alone says little: models of that size work where they are
    regularised or pretrained, so it is told only of a run that does not generalise.

    Judged by: over 1000 parameters that are trained for each training sample, a dev score that is
    less than half way from guessing to perfect, and a dev loss at twice the training loss or more.

    Fix: take a smaller model, a head of the classes that occur, or more samples.

    References: Zhang et al. 2017, Understanding deep learning requires rethinking generalization
    """
    if capacity.per_sample <= PER_SAMPLE.value or not _memorises(progress):
        return
    head = ""
    if capacity.unused and capacity.head_share > LARGEST_HEAD.value:
        head = (
            f", {capacity.head_share:.0%} of them in the head, of whose {capacity.outputs:,} outputs "
            f"{capacity.unused:,} occur in no training target"
        )
    read_from = capacity.read_from
    yield Finding(
        message=(
            f"{capacity.parameters:,} parameters are trained on {capacity.samples:,} samples, "
            f"{capacity.per_sample:,.0f} a sample{head}"
        ),
        evidence=(
            Evidence("parameters a training sample", capacity.per_sample, read_from, limit=PER_SAMPLE),
            Evidence("dev loss at the end", progress.last_dev, progress.read_from),
            Evidence("train loss at the end", progress.last_train, progress.read_from),
            Evidence("share of the head", capacity.head_share, read_from, "of the parameters"),
        ),
        fixes=(
            Fix("Halve the width and the depth of the model, and compare the dev scores."),
            Fix("Give the head only the classes that occur in training."),
            Fix(
                "Raise dropout and weight decay, and augment.",
                "optimizer = AdamW(..., weight_decay=0.05)",
            ),
        ),
    )


def _memorises(progress: Progress) -> bool:
    """Whether the run knows its training samples better than others, and others badly."""
    left = progress.error_left
    if left < BAD_SCORE.value or (progress.learned and not isfinite(left)):
        return False
    if isfinite(progress.last_dev) and isfinite(progress.last_train):
        return progress.last_dev >= GAP.value * progress.last_train
    wrong, wrong_on_dev = 1 - progress.train_accuracy, 1 - progress.best_metric
    return progress.metric == "accuracy" and wrong_on_dev >= GAP.value * wrong
