"""LAB206: is there enough of each class to learn it?"""

from collections.abc import Iterator

from slrdoctor.api import (
    DEGRADES,
    FAILS_ON_DEV,
    LIKELY,
    Evidence,
    Finding,
    Fix,
    GlossCounts,
    Threshold,
    check,
)

EXAMPLES = Threshold(
    5,
    "rule of thumb, docs/limits.py: the median class of WLASL-100 has 14 training clips, "
    "of INCLUDE-50 16, of AUTSL over 100",
)
ONCE = Threshold(
    0.5,
    "rule of thumb, docs/limits.py: of the glosses of PHOENIX-2014T 32% occur once (Camgoz et al. 2018, "
    "table 1)",
)


@check("LAB206", severity=DEGRADES, confidence=LIKELY, explains=FAILS_ON_DEV)
def too_few_examples(counts: GlossCounts) -> Iterator[Finding]:
    """Most classes have too few training examples to be learned.

    Why it matters: one clip of a sign shows one signer, one speed and one camera. What a
    model learns from it is the clip and not the sign: it memorises, and dev scores stay low.

    Judged by: single labels by the median number of training samples over all output
    classes, those never shown among them; gloss sequences by the share of glosses that
    occur once.

    Fix: fewer classes, more recordings by more signers, or a model pretrained on a larger
    set.

    References: Li et al. 2020, Word-level Deep Sign Language Recognition (WLASL), section 6,
    on how accuracy falls with the classes; Camgoz et al. 2018, table 1.
    """
    if counts.single:
        if counts.median >= EXAMPLES.value:
            return
        classes = max(counts.outputs if counts.own_vocabulary else 0, len(counts.counts))
        message = (
            f"the median of {classes} classes has {counts.median:g} training samples "
            f"({counts.samples} samples show {len(counts.counts)} classes)"
        )
        evidence = Evidence("median samples a class", counts.median, counts.read_from, "", EXAMPLES)
    else:
        types = len(counts.counts)
        share = counts.once / types if types else 0.0
        if share <= ONCE.value:
            return
        message = (
            f"{counts.once} of {types} glosses ({share:.1%}) occur once in "
            f"{counts.samples} training samples"
        )
        evidence = Evidence("share of glosses seen once", share, counts.read_from, "of types", ONCE)
    yield Finding(
        message=message,
        evidence=(evidence,),
        fixes=(
            Fix(
                "Begin with the classes that have enough examples.",
                "keep = {g for g, n in Counter(train_glosses).items() if n >= 5}",
            ),
            Fix("Record more examples, by more signers rather than by the same."),
        ),
    )
