"""EMB701: do the embeddings distinguish one label from another?"""

from math import isnan

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    WRONG_OUTPUT,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Separated,
    Separation,
    Threshold,
    check,
    chosen,
)

MARGIN = Threshold(
    0.25,
    "measured on 108 sets of noise with and without an offset, 60 to 2000 samples: under 0.2 "
    "deviations in 107; where half of the nearest neighbours share the label it is 1.6",
)
SHARE_OF_THE_WAY = Threshold(
    0.1, "arithmetic: (PosSim - NegSim) / (1 - NegSim) is 0 where labels mean nothing"
)
SHARE_WITHOUT_RETRIEVAL = Threshold(
    0.01, "arithmetic, to the third digit of a log: positives are like any other pair"
)
EPOCHS = chosen(5, "embeddings drawn apart by then have not collapsed", (1.25, 20), 47)
FIXES = (
    Fix(
        "Overfit 32 samples: their retrieval must reach 100%.",
        "train_set = Subset(train_set, range(32))",
    ),
    Fix("Warm the learning rate up over the first epochs, and start at a temperature of 0.1."),
    Fix(
        "Print the labels of a batch and how many positives each sample has.",
        "print(y, (y[:, None] == y).sum(1) - 1)",
    ),
)


@check(
    "EMB701",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("EMB703", "TRN502", "EVL904", "EVL905", "DEC801"),
    shows=WRONG_OUTPUT,
)
def embeddings_collapsed(separation: Separation) -> Findings:
    """The embeddings say nothing about what they are embeddings of.

    Why it matters: A decoder, classifier or search on top of them has nothing to go by. A high NegSim
    alone does not show this: an offset raises it and takes nothing away.

    Judged by: Embeddings, or a history of at least five epochs.
    - Embeddings: retrieval at 1 and at 5 is within what guessing reaches once in a thousand, and
      positives lie less than a quarter of a standard deviation above the negatives once the mean is
      subtracted.
    - History: (PosSim - NegSim) / (1 - NegSim) is under 0.1 with retrieval at chance, or under 0.01
      where retrieval is not logged.

    Fix: Overfit a few samples first. Warm the learning rate up, raise the temperature, use larger
    batches, and check that positives are pairs of one label and no others.

    References: Jing et al. 2022, Understanding Dimensional Collapse in Contrastive Learning.
    """
    if any(one.is_informative for one in separation.splits):
        return separation.sentence
    one = next((one for one in separation.splits if _is_collapsed(one)), None)
    if one is None:
        raise NotJudged(
            f"nothing shows that the embeddings distinguish labels: {separation.sentence}",
            "log retrieval on dev after every epoch, or store the embeddings of more samples",
        )
    evidence = [
        Evidence("NegSim", one.negsim, one.read_from),
        Evidence("PosSim", one.possim, one.read_from),
    ]
    if isnan(one.margin):
        place = f"only {one.centred:.1%} of the way from negative pairs to 1"
        limit = SHARE_OF_THE_WAY if one.is_judged else SHARE_WITHOUT_RETRIEVAL
        share = "(PosSim - NegSim) / (1 - NegSim)"
        evidence.append(Evidence(share, one.centred, one.read_from, limit=limit))
    else:
        unit = "standard deviations"
        place = f"{one.margin:.2f} {unit} from negative ones once the mean is subtracted"
        evidence.append(Evidence("margin without the mean", one.margin, one.read_from, unit, MARGIN))
        evidence.append(Evidence("effective rank", one.rank, one.read_from, f"of {one.dims} dimensions"))
    retrieval = ""
    if one.is_judged:
        luck = Threshold(
            one.most_1, f"binomial: guessing over {one.queries} queries, once in a thousand"
        )
        retrieval = f", and retrieval at 1 is {one.at_1:.1%} (chance: {one.guess_1:.1%})"
        evidence.append(Evidence("retrieval at 1", one.at_1, one.read_from, "share", luck))
    yield Finding(
        f"positive pairs in {one.what} lie {place} (PosSim {one.possim:.3f}, NegSim {one.negsim:.3f})"
        f"{retrieval}",
        tuple(evidence),
        FIXES,
    )


def _is_collapsed(one: Separated) -> bool:
    if one.epochs and one.epochs < EPOCHS.value:
        return False
    if not one.is_judged:
        return bool(one.epochs) and isnan(one.at_1) and one.centred <= SHARE_WITHOUT_RETRIEVAL.value
    return one.margin <= MARGIN.value if not isnan(one.margin) else one.centred <= SHARE_OF_THE_WAY.value
