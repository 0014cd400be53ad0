"""LAB202: are most output classes of use?"""

from collections.abc import Iterator

from slrdoctor.api import CERTAIN, DEGRADES, Evidence, Finding, Fix, GlossCounts, Threshold, check

UNSEEN = Threshold(
    0.5,
    "rule of thumb, docs/limits.py: PHOENIX-2014 leaves 5% of its classes unseen, PHOENIX-2014T 3%, "
    "CSL-Daily none",
)


# The fall of the loss from its start to the floor is the unlearning of classes that never occur: with
# few steps it takes all of the training, and what the output then is, is blank.
@check(
    "LAB202",
    severity=DEGRADES,
    confidence=CERTAIN,
    explains=("LAB206", "TRN502", "CTC411", "CTC412"),
)
def vocabulary_mostly_unseen(counts: GlossCounts) -> Iterator[Finding]:
    """Most output classes never occur in training.

    Why it matters: the model can only learn never to put these classes out. They take
    parameters (in a small model most of them sit in the last layer), flatten its first
    outputs, and keep the loss high until they are unlearned.

    Judged by: the share of the vocabulary's glosses, special tokens left out, that occur in
    no training target; without a vocabulary by the number of classes in the config.

    Fix: use the classes that occur, and grow the head when data for more of them are there.

    References: arithmetic on the vocabulary and the training targets; public vocabularies
    (PHOENIX-2014: 1231 of 1295 seen, PHOENIX-2014T: 1085 of 1115, CSL-Daily: 2000 of 2000).
    """
    if not counts.outputs:
        return
    unseen = counts.outputs - counts.seen
    share = unseen / counts.outputs
    if share <= UNSEEN.value:
        return
    yield Finding(
        message=(
            f"{unseen} of {counts.outputs} output classes ({share:.1%}) never occur in the "
            f"{counts.samples} training samples, which show {counts.seen} of them"
        ),
        evidence=(
            Evidence(
                "share of classes never seen", share, counts.read_from, "of output classes", UNSEEN
            ),
            Evidence(
                "output classes", counts.outputs, counts.outputs_known_by, "without special tokens"
            ),
            Evidence("classes in training", counts.seen, counts.read_from),
        ),
        fixes=(
            Fix(
                f"Build the vocabulary from the {len(counts.counts)} glosses of the training targets.",
                "vocabulary = ['<blank>'] + sorted({g for target in train_targets for g in target})",
            ),
        ),
    )
