"""LAB202: do most output classes occur in training?"""

from slrdoctor.api import (
    CERTAIN,
    DEGRADES,
    EVERY_SAMPLE,
    Evidence,
    Finding,
    Findings,
    Fix,
    GlossCounts,
    NotJudged,
    agreeing,
    check,
    chosen,
    part_of,
)

UNSEEN_CLASSES = chosen(
    0.5,
    "in PHOENIX-2014 5% of the classes never occur in training, in PHOENIX-2014T 3%",
    (0.125, 0.75),
    306,
)


# At first the loss falls because the model unlearns the classes that never occur. With few steps this
# takes the whole training, and the output ends as blank.
@check(
    "LAB202",
    severity=DEGRADES,
    confidence=CERTAIN,
    explains=("LAB206", "TRN502", "CTC411", "CTC412"),
    needs=EVERY_SAMPLE,
)
def vocabulary_mostly_unseen(counts: GlossCounts) -> Findings:
    """Most output classes never occur in training.

    Why it matters: The model can only learn not to predict these classes. They cost parameters (in a
    small model most parameters are in the last layer) and keep the loss high until they are unlearned.

    Judged by: The share of glosses in the vocabulary, without special tokens, that occur in no
    training target. Without a vocabulary, the number of classes in the config counts.

    Fix: Use only the classes that occur, and enlarge the last layer when there are data for more.

    References: Arithmetic on the vocabulary and the training targets. Public vocabularies:
    PHOENIX-2014 has 1231 of 1295 glosses in training, PHOENIX-2014T 1085 of 1115, CSL-Daily all 2000.
    """
    if not counts.outputs:
        raise NotJudged(
            "the number of output classes is unknown",
            "name the vocabulary under [vocabulary] in slrdoctor.toml",
        )
    unseen = counts.outputs - counts.seen
    share = unseen / counts.outputs
    if share <= UNSEEN_CLASSES.value:
        return counts.sentence
    yield Finding(
        message=(
            f"{part_of(unseen, counts.outputs, 'output class', 'output classes', f'{share:.1%}')} never "
            f"{agreeing(unseen, 'occurs', 'occur')} in training: "
            f"{counts.samples} samples cover only {counts.seen}"
        ),
        evidence=(
            Evidence(
                "output classes never seen in training",
                share,
                counts.read_from,
                "share",
                UNSEEN_CLASSES,
            ),
            Evidence("output classes without special tokens", counts.outputs, counts.outputs_known_by),
            Evidence("output classes seen in training", counts.seen, counts.read_from),
        ),
        fixes=(
            Fix(
                f"Build the vocabulary from the {len(counts.counts)} glosses of the training targets.",
                "vocabulary = ['<blank>'] + sorted({g for target in train_targets for g in target})",
            ),
        ),
    )
