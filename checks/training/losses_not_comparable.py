"""TRN512: are train and dev loss the same kind of number?"""

from collections.abc import Iterator

from slrdoctor.api import MISLEADS, POSSIBLE, Evidence, Finding, Fix, LossRatio, Threshold, check

FROM = Threshold(0.8, "rule of thumb, docs/limits.py: a sum over two dev batches instead gives 0.5")
UP_TO = Threshold(2.0, "rule of thumb, docs/limits.py: mean train over mean dev loss early in a run")
STEADY = Threshold(2.0, "rule of thumb, docs/limits.py: a factor that learning makes does not stay")
FEWEST_BATCHES = 8  # with fewer, a sum is not told from a mean
MANY_BATCHES = 20  # where the first losses show no mean, or it may be a sum over few batches


@check("TRN512", severity=MISLEADS, confidence=POSSIBLE)
def losses_not_comparable(losses: LossRatio) -> Iterator[Finding]:
    """The train and the dev loss differ by the number of batches: one is a sum, the other a mean.

    Why it matters: a training loss that lies far above or below the dev loss for this reason
    looks like a gap between train and dev that is not there, or hides one that is.

    Judged by: over the first third of the epochs, before a model can memorise, a ratio that stays
    within a factor of two and lies at 0.8 to 2 of the number of batches of an epoch, of which
    there are eight or more (20 where the first losses do not show that one is a mean, or the other
    split's batches are not known). Where the first losses show a sum and a mean, either their ratio
    or the steady one may lie there. Not where both are sums, whatever the numbers of their batches,
    or both are means.

    Fix: divide each sum by its number of samples.

    References: torch.nn.CrossEntropyLoss and torch.nn.CTCLoss, the argument reduction
    """
    sums = [r.startswith("sum") for r in (losses.train_reduction, losses.dev_reduction)]
    means = [r.startswith("mean") for r in (losses.train_reduction, losses.dev_reduction)]
    batches, told = losses.batches, any(sums) and any(means)
    fewest = FEWEST_BATCHES if any(means) and losses.other_batches else MANY_BATCHES
    if batches is None or batches < fewest or all(sums) or all(means):
        return
    # dev is measured after the epoch, when the first one has learned much: then later ones tell
    steady = (losses.ratio,) if losses.spread <= STEADY.value else ()
    ratios = [r / batches for r in (*steady, *([losses.first_ratio] if told else []))]
    share = next((r for r in reversed(ratios) if FROM.value <= r <= UP_TO.value), 0.0)
    if not share:
        return
    other = "dev" if losses.larger == "train" else "train"
    firsts = f"train {losses.first_train:.4g}, dev {losses.first_dev:.4g}"
    yield Finding(
        f"the {losses.larger} loss is {share * batches:.3g} times the {other} loss from the start, and "
        f"an epoch has {batches} batches: a sum over batches against a mean",
        (
            Evidence("ratio over the number of batches", share, losses.read_from, limit=UP_TO),
            Evidence("largest over smallest ratio", losses.spread, losses.read_from, limit=STEADY),
            Evidence("first losses", firsts, losses.read_from),
        ),
        (
            Fix(
                f"Log the {losses.larger} loss as a mean over samples.",
                "total += loss.item() * len(batch); ...; history['loss'].append(total / len(dataset))",
            ),
        ),
    )
