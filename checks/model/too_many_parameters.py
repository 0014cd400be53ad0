"""MDL601: has the model so many parameters that it memorises its samples?"""

from math import isfinite

from slrdoctor.api import (
    DEGRADES,
    POSSIBLE,
    Capacity,
    Evidence,
    Finding,
    Findings,
    Fix,
    Progress,
    check,
    chosen,
)

PARAMETERS_PER_SAMPLE = chosen(
    1000, "this ratio is often quoted, without a measurement behind it", (1000, 3000), 402
)
ERROR_LEFT = chosen(
    0.5,
    "halfway from guessing to perfect: of six public CTC runs the one that memorises keeps 67% of the "
    "error of guessing, the others at most 14%",
    (0.125, 0.5),
    402,
)
DEV_OVER_TRAIN_LOSS = chosen(
    2, "a dev loss of twice the training loss is more than noise", (1.34, 8), 402
)
HEAD_SHARE = chosen(0.25, "a quarter of the parameters is worth mentioning", (0.0625, 1), 402)


@check("MDL601", severity=DEGRADES, confidence=POSSIBLE, explains=("TRN504",))
def too_many_parameters(capacity: Capacity, progress: Progress) -> Findings:
    """The model has far more parameters than samples, and does not generalise.

    Why it matters: A model that can store every sample does not have to find what samples of one sign
    have in common. The number alone says little, since such models work if they are regularised or
    pretrained. So it is reported only for a run that does not generalise.

    Judged by: All of these hold:
    - over 1000 trained parameters per training sample;
    - a dev score less than halfway from guessing to perfect;
    - a dev loss of at least twice the training loss.

    Fix: Use a smaller model, outputs only for the classes that occur, or more samples.

    References: Zhang et al. 2017, Understanding deep learning requires rethinking generalization.
    """
    if capacity.per_sample <= PARAMETERS_PER_SAMPLE.value or not _memorises(progress):
        return capacity.sentence
    head = ""
    if capacity.unused and capacity.head_share > HEAD_SHARE.value:
        head = (
            f"; {capacity.head_share:.0%} of them are in the last layer, and {capacity.unused:,} of its "
            f"{capacity.outputs:,} outputs occur in no training target"
        )
    read_from = capacity.read_from
    yield Finding(
        message=(
            f"{capacity.parameters:,} parameters are trained on {capacity.samples:,} samples, "
            f"{capacity.per_sample:,.0f} per sample{head}"
        ),
        evidence=(
            Evidence(
                "parameters",
                capacity.per_sample,
                read_from,
                "per training sample",
                PARAMETERS_PER_SAMPLE,
            ),
            Evidence("dev loss at the end", progress.shown_loss("dev"), progress.read_from),
            Evidence("training loss at the end", progress.shown_loss("train"), progress.read_from),
            Evidence("parameters in the last layer", capacity.head_share, read_from, "share"),
        ),
        fixes=(
            Fix("Halve the width and the depth of the model, and compare the dev scores."),
            Fix("Give the last layer only the classes that occur in training."),
            Fix(
                "Raise dropout and weight decay, and use data augmentation.",
                "optimizer = AdamW(..., weight_decay=0.05)",
            ),
        ),
    )


def _memorises(progress: Progress) -> bool:
    """Whether the run is bad on dev, and much better on its training samples."""
    left = progress.error_left
    if left < ERROR_LEFT.value or (progress.learned and not isfinite(left)):
        return False
    if isfinite(progress.last_dev) and isfinite(progress.last_train):
        return progress.last_dev >= DEV_OVER_TRAIN_LOSS.value * progress.last_train
    wrong, wrong_on_dev = 1 - progress.train_accuracy, 1 - progress.best_metric
    return progress.metric == "accuracy" and wrong_on_dev >= DEV_OVER_TRAIN_LOSS.value * wrong
