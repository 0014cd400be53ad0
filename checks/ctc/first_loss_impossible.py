"""CTC405: can the first loss be that of an untrained model?"""

import math

from slrdoctor.api import (
    DEGRADES,
    POSSIBLE,
    Evidence,
    Finding,
    Findings,
    FirstLoss,
    Fix,
    check,
    chosen,
    number,
)

HIGHEST_FIRST_LOSS = chosen(5, "a rough start and weighted extra losses reach less", (1.25, 20), 227)
LOWEST_FIRST_STEP = chosen(0.3, "nothing is learned before the first step", (0.075, 0.9), 227)
LOWEST_FIRST_EPOCH = chosen(0.01, "much can be learned in an epoch", (0.0025, 0.04), 227)


@check(
    "CTC405",
    severity=DEGRADES,
    confidence=POSSIBLE,
    explains=("CTC413", "CTC414", "DEC802", "EVL904", "TRN504"),
)
def first_loss_impossible(first: FirstLoss) -> Findings:
    """The first loss is not that of an untrained model, however it was reduced.

    Why it matters: The loss of uniform outputs is known exactly from frames, glosses and classes. A
    first loss far from it was not computed on these data: the lengths or classes are others, the
    outputs are not log-probabilities, or the model had been trained before.

    Judged by: T ln C - ln binom(T + L - R, 2L) is the loss of uniform outputs, averaged over the
    training samples. The first logged loss is compared with it as a mean per token, as a mean per
    sample, and as sums over samples and batches. Either of these fires:
    - a first loss over 5 times the nearest of them;
    - a first loss under 0.3 of the nearest in a single step, or under 0.01 as the mean of an epoch.

    Fix: Log the shapes and lengths that the loss gets in the first batch.

    References: Graves et al. 2006, Connectionist Temporal Classification, section 4.1: the
    number of alignments, each as likely as the others under uniform outputs.
    """
    reduction, ratio = first.nearest()
    low = LOWEST_FIRST_STEP if first.per == "step" else LOWEST_FIRST_EPOCH
    if low.value <= ratio <= HIGHEST_FIRST_LOSS.value:
        return first.sentence
    start = first.start
    implied = [
        f"{frames:.0f} frames as a mean per {unit}"
        for unit, frames in (("token", first.frames_by_token), ("sample", first.frames_by_sample))
        if math.isfinite(frames)
    ]
    yield Finding(
        message=(
            f"the first loss of {number(first.value, 4)} is {number(ratio)} times that of an untrained "
            f"model, taken as a {reduction.name}. It would be right for "
            f"{' or '.join(implied) or 'no clip length'}; on average, CTC is given "
            f"{start.mean_input_length:.0f} frames for {start.mean_target_length:.1f} glosses"
        ),
        evidence=(
            Evidence("first training loss", first.value, first.read_from),
            Evidence(
                "first loss relative to an untrained model", ratio, first.read_from, "times",
                HIGHEST_FIRST_LOSS if ratio > 1 else low,
            ),
            Evidence(
                "loss of an untrained model", round(start.per_token, 3), start.read_from, "per token"
            ),
            Evidence(
                "loss of an untrained model", round(start.per_sample, 3), start.read_from, "per sample"
            ),
            Evidence("classes", start.classes, start.classes_known_by or start.read_from),
        ),
        fixes=(
            Fix(
                "Print what the loss gets in the first batch, and compare it with these numbers.",
                "print(log_probs.shape, log_probs.exp().sum(-1).mean(), input_lengths, target_lengths)",
            ),
        ),
    )  # fmt: skip
