"""LAB206: does each class have enough examples to be learned?"""

from slrdoctor.api import (
    DEGRADES,
    EVERY_SAMPLE,
    FAILS_ON_DEV,
    LIKELY,
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

EXAMPLES_PER_CLASS = chosen(
    5,
    "the median class has 14 training clips in WLASL-100, 16 in INCLUDE-50, over 100 in AUTSL",
    (3.35, 15),
    306,
)
GLOSSES_SEEN_ONCE = chosen(
    0.5,
    "in PHOENIX-2014T 32% of the glosses occur only once (Camgoz et al. 2018, table 1)",
    (0.25, 2),
    306,
)


@check("LAB206", severity=DEGRADES, confidence=LIKELY, explains=(FAILS_ON_DEV,), needs=EVERY_SAMPLE)
def too_few_examples(counts: GlossCounts) -> Findings:
    """Most classes have too few training examples to be learned.

    Why it matters: One clip of a sign shows one signer, one speed and one camera. A model memorises
    the clip instead of learning the sign, and dev scores stay low.

    Judged by: Single labels are judged by the median number of training samples per output class,
    unseen classes included. Gloss sequences are judged by the share of glosses that occur only once.

    Fix: Use fewer classes, record more clips by more signers, or take a model pretrained on a larger
    data set.

    References: Li et al. 2020, Word-level Deep Sign Language Recognition (WLASL), section 6,
    on how accuracy falls with the number of classes; Camgoz et al. 2018, table 1.
    """
    if counts.single:
        if counts.median >= EXAMPLES_PER_CLASS.value:
            return counts.sentence
        classes = max(counts.outputs if counts.own_vocabulary else 0, len(counts.counts))
        examples = f"{counts.median:g} training sample{'s' if counts.median != 1 else ''}"
        message = (
            f"the median class has {examples if counts.median else 'no training sample'}: "
            f"{counts.samples} samples cover {part_of(len(counts.counts), classes, 'class', 'classes')}"
        )
        what, limit = "training samples of the median class", EXAMPLES_PER_CLASS
        evidence = Evidence(what, counts.median, counts.read_from, "", limit)
    else:
        types = len(counts.counts)
        if not types:
            raise NotJudged("no training target has a gloss")
        share = counts.once / types
        if share <= GLOSSES_SEEN_ONCE.value:
            return counts.sentence
        message = (
            f"{part_of(counts.once, types, 'gloss', 'glosses', f'{share:.1%}')} "
            f"{agreeing(counts.once, 'occurs', 'occur')} only once in "
            f"{counts.samples} training samples"
        )
        what, limit = "glosses that occur only once", GLOSSES_SEEN_ONCE
        evidence = Evidence(what, share, counts.read_from, "share", limit)
    yield Finding(
        message=message,
        evidence=(evidence,),
        fixes=(
            Fix(
                "Start with the classes that have enough examples.",
                "keep = {g for g, n in Counter(train_glosses).items() if n >= 5}",
            ),
            Fix("Record more examples, by more signers rather than by the same ones."),
        ),
    )
