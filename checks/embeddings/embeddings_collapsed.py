"""EMB701: do the embeddings tell one label from another?"""

from collections.abc import Iterator
from math import isnan

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    WRONG_OUTPUT,
    Evidence,
    Finding,
    Fix,
    Separated,
    Separation,
    Threshold,
    check,
)

MARGIN = Threshold(
    0.25,
    "measured on 108 sets of noise with and without an offset, 60 to 2000 samples: under 0.2 "
    "deviations in 107; where half of the nearest neighbours share the label it is 1.6",
)
CENTRED = Threshold(0.1, "arithmetic: (PosSim - NegSim) / (1 - NegSim) is 0 where labels mean nothing")
EQUAL = Threshold(0.01, "arithmetic, to the third digit of a log: positives are like any other pair")
EPOCHS = Threshold(
    5, "rule of thumb, docs/limits.py: embeddings that are drawn apart by then are not collapsed"
)


@check(
    "EMB701",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("EMB703", "TRN502", "EVL904", "EVL905", "DEC801"),
    shows=WRONG_OUTPUT,
)
def embeddings_collapsed(separation: Separation) -> Iterator[Finding]:
    """The embeddings tell nothing of what they are embeddings of.

    Why it matters: a decoder, classifier or search on top of them has nothing to go by. A high
    NegSim alone does not say so: an offset lifts it and takes nothing away.

    Judged by: retrieval at 1 and at 5 within what guessing reaches once in a thousand, and a margin
    between positives and negatives, after the mean is taken off, under a quarter of the deviation
    of the negatives. From a history, after five epochs: (PosSim - NegSim) / (1 - NegSim) under 0.1
    with retrieval at chance, or under 0.01 where retrieval is not logged.

    Fix: overfit a few samples first; warm the learning rate up, raise the temperature, use larger
    batches, and see that positives are pairs of one label and no others.

    References: Jing et al. 2022, Understanding Dimensional Collapse in Contrastive Learning.
    """
    if any(one.is_informative for one in separation.told):
        return
    one = next((one for one in separation.told if _is_collapsed(one)), None)
    if one is None:
        return
    evidence = [
        Evidence("NegSim", one.negsim, one.read_from),
        Evidence("PosSim", one.possim, one.read_from),
    ]
    if isnan(one.margin):
        told = f"lie {one.centred:.1%} of the way from the negatives to 1"
        evidence.append(
            Evidence("(PosSim - NegSim) / (1 - NegSim)", one.centred, one.read_from, limit=CENTRED)
        )
    else:
        told = f"lie {one.margin:.2f} deviations above the negatives once the mean is taken off"
        evidence.append(Evidence("centred margin", one.margin, one.read_from, "deviations", MARGIN))
        evidence.append(Evidence("effective rank", one.rank, one.read_from, f"of {one.dims} dimensions"))
    found = ""
    if one.is_judged:
        luck = Threshold(
            one.most_1, f"binomial: guessing over {one.queries} queries, once in a thousand"
        )
        found = f", and retrieval at 1 finds {one.at_1:.1%} (guessing: {one.guess_1:.1%})"
        evidence.append(Evidence("retrieval at 1", one.at_1, one.read_from, limit=luck))
    yield Finding(
        f"in {one.what} positives {told} (PosSim {one.possim:.3f}, NegSim {one.negsim:.3f}){found}",
        tuple(evidence),
        (
            Fix(
                "Overfit 32 samples: their retrieval must come to 100%.",
                "train_set = Subset(train_set, range(32))",
            ),
            Fix("Warm the learning rate up over the first epochs, and start at a temperature of 0.1."),
            Fix(
                "Print the labels of a batch and how many positives each sample has.",
                "print(y, (y[:, None] == y).sum(1) - 1)",
            ),
        ),
    )


def _is_collapsed(one: Separated) -> bool:
    if one.epochs and one.epochs < EPOCHS.value:
        return False
    if not one.is_judged:
        return bool(one.epochs) and isnan(one.at_1) and one.centred <= EQUAL.value
    return one.margin <= MARGIN.value if not isnan(one.margin) else one.centred <= CENTRED.value
