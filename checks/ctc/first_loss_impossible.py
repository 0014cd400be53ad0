"""CTC405: can the first loss be that of an untrained model?"""

import math
from collections.abc import Iterator

from slrdoctor.api import DEGRADES, POSSIBLE, Evidence, Finding, FirstLoss, Fix, Threshold, check

HIGH = Threshold(5, "rule of thumb, docs/limits.py: a rough start and weighted extra losses")
LOW_STEP = Threshold(0.3, "rule of thumb, docs/limits.py: of one step, in which nothing was learned")
LOW_EPOCH = Threshold(
    0.01, "rule of thumb, docs/limits.py: of an epoch's mean, in which much can be learned"
)


@check(
    "CTC405",
    severity=DEGRADES,
    confidence=POSSIBLE,
    explains=("CTC413", "CTC414", "DEC802", "EVL904", "TRN504"),
)
def first_loss_impossible(first: FirstLoss) -> Iterator[Finding]:
    """The first loss is not that of an untrained model, however it was reduced.

    Why it matters: the loss of uniform outputs is known exactly from frames, glosses and
    classes. A first loss far from it was not computed on these data: other lengths, other
    classes, outputs that are no log-probabilities, or a model that was trained before.

    Judged by: the first logged loss against T ln C - ln binom(T + L - R, 2L), the mean over
    the training samples, as a mean a token, a mean a sample and as sums over samples and
    batches; over 5 times the nearest, or under 0.3 of it (one step) or 0.01 (an epoch).

    Fix: log the shapes and lengths that the loss gets in the first batch.

    References: Graves et al. 2006, Connectionist Temporal Classification, section 4.1: the
    number of alignments, each as likely as the others under uniform outputs.
    """
    reduction, ratio = first.nearest()
    low = LOW_STEP if first.per == "step" else LOW_EPOCH
    if low.value <= ratio <= HIGH.value:
        return
    start = first.start
    implied = [
        f"T = {frames:.0f} as a mean a {unit}"
        for unit, frames in (("token", first.frames_by_token), ("sample", first.frames_by_sample))
        if math.isfinite(frames)
    ]
    yield Finding(
        message=(
            f"the first loss {first.value:.4g} is {ratio:.3g} times that of an untrained model "
            f"({reduction.name}); it implies {' or '.join(implied) or 'no T at all'}, while the clips "
            f"have {start.mean_input_length:.0f} frames for {start.mean_target_length:.1f} glosses"
        ),
        evidence=(
            Evidence("first training loss", first.value, first.read_from),
            Evidence("over the nearest start", ratio, first.read_from, "", HIGH if ratio > 1 else low),
            Evidence(
                "start of an untrained model", round(start.per_token, 3), start.read_from, "a token"
            ),
            Evidence(
                "start of an untrained model", round(start.per_sample, 3), start.read_from, "a sample"
            ),
            Evidence("classes", start.classes, start.classes_known_by or start.read_from),
        ),
        fixes=(
            Fix(
                "Print what the loss is given in the first batch and compare it with these numbers.",
                "print(log_probs.shape, log_probs.exp().sum(-1).mean(), input_lengths, target_lengths)",
            ),
        ),
    )
