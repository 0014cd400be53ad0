"""EVL905: does the classifier do better than guessing?"""

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    OUTCOME,
    WRONG_OUTPUT,
    AccuracyChance,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    ProbeComparison,
    Threshold,
    check,
    chosen,
    counted,
)

from ._one_class import of_one_class

EPOCHS = Threshold(
    5,
    "measured on public runs: eleven classifiers that learn are beyond guessing in their first epoch",
)
HALF_WAY = chosen(0.5, "samples too few to show half the way from guessing to perfect decide nothing")
FIXES = (
    Fix(
        "Look at ten pairs of clip and label as the loader returns them.",
        "for clip, label in islice(train_set, 10): print(clip.shape, clip.mean(), names[label])",
    ),
    Fix("Overfit five samples.", "slrdoctor overfit RUN_DIR --samples 5"),
)


@check(
    "EVL905",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("EVL904",),
    counts=OUTCOME,
    shows=WRONG_OUTPUT,
)
def accuracy_at_chance(accuracy: AccuracyChance, probe: ProbeComparison | None) -> Findings:
    """The accuracy is that of guessing.

    Why it matters: Weak features and small models still beat chance. An accuracy that does not means
    that something is broken: labels that do not belong to the features, a loss or an optimizer that
    does not reach the model, or a model that only knows its training samples.

    Judged by: Guessing means answering at random or with the commonest class, whichever is better. What
    it reaches is given by the exact binomial distribution over the scored samples. After five epochs
    or more, or for the predictions of a finished run, both have to hold:
    - The median of the last epochs is within what guessing reaches once in a thousand.
    - The best epoch is within what guessing reaches in any of the epochs. Where the number of samples
      is unknown: no epoch is above guessing.
    An accuracy that is logged once counts where training went on for five epochs.
    An accuracy of 100% beside a loss of exactly 0, both from the first epoch on, is that of one class.

    Fix: Join features and labels anew and look at ten pairs; overfit five samples. Only then try more
    features, a larger model or more epochs.

    References: Clopper and Pearson 1934, on limits of the binomial; Ojala and Garriga 2010,
    Permutation tests for studying classifier performance
    """
    if accuracy.last > accuracy.most:
        if accuracy.epochs == 1 and not accuracy.of_predictions:
            raise NotJudged(f"{accuracy.what} was logged only once", "log it after every epoch")
        return accuracy.sentence
    if accuracy.best > accuracy.most_in_any:
        raise NotJudged(
            f"{accuracy.what} was {accuracy.best:.1%} at best and is {accuracy.last:.1%} at the end, "
            "which guessing reaches",
            "look at what changed after the best epoch",
            looks_ill=True,
        )
    if accuracy.most_in_any > accuracy.guessing + HALF_WAY.value * (1 - accuracy.guessing):
        raise NotJudged(
            f"{accuracy.samples} samples are too few to tell {accuracy.last:.1%} from guessing",
            "score more samples",
            looks_ill=True,
        )
    # a score that is logged once may close a long run, or stand in the log of a trial that was stopped
    trained = accuracy.trained if accuracy.epochs == 1 else accuracy.epochs
    if trained is not None and trained < EPOCHS.value:
        raise NotJudged(
            f"{accuracy.what} is {accuracy.last:.1%} after {counted(trained, 'epoch')}, which "
            f"guessing reaches; it takes {EPOCHS.value:g} to see whether it stays there",
            f"train for at least {EPOCHS.value:g} epochs",
            looks_ill=True,
        )
    if accuracy.classes == 1:
        yield of_one_class(accuracy, EPOCHS)
    else:
        yield _of_guessing(accuracy, probe.clause if probe else "")


def _of_guessing(accuracy: AccuracyChance, of_the_probe: str) -> Finding:
    over = f" over {accuracy.samples} samples" if accuracy.samples else ""
    guessing = f"binomial: guessing among {accuracy.classes} classes{over}"
    limit = Threshold(accuracy.most_in_any, f"{guessing} exceeds it once in a thousand runs")
    return Finding(
        f"{accuracy.what} is {accuracy.last:.1%} (best {accuracy.best:.1%}){over}, where chance reaches "
        f"{accuracy.guessing:.1%}, and up to {accuracy.most_in_any:.1%} with luck{of_the_probe}",
        (
            Evidence(f"best {accuracy.what}", accuracy.best, accuracy.read_from, "share", limit),
            Evidence("accuracy of guessing", accuracy.guessing, accuracy.classes_known_by, "share"),
            Evidence("epochs", accuracy.epochs, accuracy.read_from),
        ),
        FIXES,
        verify="slrdoctor overfit RUN_DIR --samples 5",
    )
