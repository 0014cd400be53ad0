"""TRN512: are train and dev loss the same kind of number?"""

from collections.abc import Iterator

from slrdoctor.api import MISLEADS, POSSIBLE, Evidence, Finding, Fix, LossRatio, Threshold, check

NEAR = Threshold(1.5, "rule of thumb, to be measured: train and dev differ by less early in a run")
STEADY = Threshold(2.0, "rule of thumb, to be measured: a factor that learning makes does not stay")
FEWEST_BATCHES = 5  # with fewer, a sum is not told from a mean


@check("TRN512", severity=MISLEADS, confidence=POSSIBLE)
def losses_not_comparable(losses: LossRatio) -> Iterator[Finding]:
    """The train and the dev loss differ by the number of batches: one is a sum, the other a mean.

    Why it matters: a training loss that lies far above or below the dev loss for this reason
    looks like a gap between train and dev that is not there, or hides one that is.

    Judged by: over the first third of the epochs, before a model can memorise, a ratio that stays
    within a factor of two and is within 1.5 of the number of batches of an epoch. Not where both
    are sums, whatever the numbers of their batches, and not where the first losses say that both
    are means.

    Fix: divide each sum by its number of samples.

    References: torch.nn.CrossEntropyLoss and torch.nn.CTCLoss, the argument reduction
    """
    sums = [r.startswith("sum") for r in (losses.train_reduction, losses.dev_reduction)]
    means = [r.startswith("mean") for r in (losses.train_reduction, losses.dev_reduction)]
    batches = losses.batches
    if batches is None or batches < FEWEST_BATCHES or all(sums) or all(means):
        return
    off = max(losses.ratio / batches, batches / losses.ratio)
    if off > NEAR.value or losses.spread > STEADY.value:
        return
    other = "dev" if losses.larger == "train" else "train"
    yield Finding(
        f"the {losses.larger} loss is {losses.ratio:.3g} times the {other} loss from the start, and an "
        f"epoch has {batches} batches: a sum over batches against a mean",
        (
            Evidence(
                "ratio over the number of batches", losses.ratio / batches, losses.read_from, limit=NEAR
            ),
            Evidence("largest over smallest ratio", losses.spread, losses.read_from, limit=STEADY),
            Evidence(
                "first losses",
                f"train {losses.first_train:.4g}, dev {losses.first_dev:.4g}",
                losses.read_from,
            ),
        ),
        (
            Fix(
                f"Log the {losses.larger} loss as a mean over samples.",
                "total += loss.item() * len(batch); ...; history['loss'].append(total / len(dataset))",
            ),
        ),
    )
