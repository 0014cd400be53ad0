"""TRN512: are train and dev loss the same kind of number?"""

from slrdoctor.api import (
    MISLEADS,
    POSSIBLE,
    Evidence,
    Finding,
    Findings,
    Fix,
    LossRatio,
    NotJudged,
    check,
    chosen,
    number,
)

LEAST_PER_BATCH = chosen(0.8, "a sum over two dev batches instead gives 0.5", (0.2, 1), 365)
MOST_PER_BATCH = chosen(
    2.0, "early in a run a mean train loss is at most twice a mean dev loss", (1.34, 8), 365
)
STEADY = chosen(2.0, "a ratio that comes from learning changes by more", (2, 8), 365)
FEWEST_BATCHES = chosen(8, "a sum over fewer looks like a mean")
FEWEST_WITHOUT_A_MEAN = chosen(20, "where neither loss is known to be a mean, it may be a sum of few")


@check("TRN512", severity=MISLEADS, confidence=POSSIBLE)
def losses_not_comparable(losses: LossRatio) -> Findings:
    """The train and the dev loss differ by the number of batches: one is a sum, the other a mean.

    Why it matters: A training loss that lies far above or below the dev loss for this reason looks
    like a gap between train and dev that is not there, or hides one that is.

    Judged by: The ratio of the two losses over the first third of the epochs, before a model can
    memorise. Where both are sums, or both are means, nothing is wrong. Otherwise both of these have
    to hold:
    - The ratio stays within a factor of two; where the first losses show a sum and a mean, the first
      ratio is enough.
    - It is 0.8 to 2 times the number of batches per epoch, of which there are eight or more (20 where
      the first losses do not show a mean, or the other split's batches are unknown).

    Fix: Divide each sum by its number of samples.

    References: torch.nn.CrossEntropyLoss and torch.nn.CTCLoss, the argument reduction
    """
    reductions = (losses.train_reduction, losses.dev_reduction)
    sums, means = [r.is_sum for r in reductions], [r.is_mean for r in reductions]
    batches, known = losses.batches, any(sums) and any(means)
    fewest = FEWEST_BATCHES if any(means) and losses.other_batches else FEWEST_WITHOUT_A_MEAN
    if all(sums) or all(means):
        return losses.sentence
    if batches is None or batches < fewest.value:
        many = "unknown" if batches is None else f"{batches}: it takes {fewest.value:g}"
        raise NotJudged(f"the number of batches per epoch is {many}")
    # dev is measured after the epoch, when the first one has learned much: later ones show it then
    steady = (losses.ratio,) if losses.spread <= STEADY.value else ()
    ratios = [r / batches for r in (*steady, *([losses.first_ratio] if known else []))]
    share = next(
        (r for r in reversed(ratios) if LEAST_PER_BATCH.value <= r <= MOST_PER_BATCH.value), 0.0
    )
    if not share:
        return losses.sentence
    other, called = "dev" if losses.larger == "train" else "train", {"train": "training", "dev": "dev"}
    firsts = f"train {number(losses.first_train, 4)}, dev {number(losses.first_dev, 4)}"
    yield Finding(
        f"the {called[losses.larger]} loss is {number(share * batches)} times the {called[other]} loss "
        f"from the start, and an epoch has {batches} batches: one is a sum over batches, the other a "
        "mean",
        (
            Evidence("ratio of the losses per batch", share, losses.read_from, "", MOST_PER_BATCH),
            Evidence("largest over smallest ratio", losses.spread, losses.read_from, limit=STEADY),
            Evidence("batches per epoch", batches, losses.read_from, "", fewest),
            Evidence("first losses", firsts, losses.read_from),
        ),
        (
            Fix(
                f"Log the {losses.larger} loss as a mean over samples.",
                "total += loss.item() * len(y)  # per batch; after the epoch: total / len(dataset)",
            ),
        ),
    )
