"""CTC413: how much of the vocabulary is ever said?"""

from collections.abc import Iterator

from slrdoctor.api import DEGRADES, LIKELY, Evidence, Finding, Fix, GlossErrors, Threshold, check

FEW = Threshold(
    0.2,
    "rule of thumb, docs/limits.py: a public description of a run with 87% WER has 17%, six public CTC "
    "runs with under 60% have all",
)
TYPES = Threshold(
    10, "rule of thumb, docs/limits.py: of fewer glosses in the references, a fifth is one or two"
)
EMPTY = Threshold(0.5, "rule of thumb, docs/limits.py: of the hypotheses; blank output is another fault")


@check("CTC413", severity=DEGRADES, confidence=LIKELY, explains=("EVL906",))
def few_glosses_predicted(errors: GlossErrors) -> Iterator[Finding]:
    """The model ever predicts a small part of the glosses that are signed.

    Why it matters: every gloss that is never predicted is an error wherever it is signed. A model that
    has learned the frequent glosses and no others has too few examples of the rest, or has
    stopped at what pays most.

    Judged by: the different glosses of all hypotheses are under a fifth of those of the references,
    where these have ten or more and less than half of the hypotheses are empty.

    Fix: give rare glosses more weight or more examples, or leave out what is too rare to learn.

    References: Koller et al. 2015, Continuous sign language recognition, section 5, on glosses that
    occur once; Zeyer et al. 2021, Why does CTC result in peaky behavior?
    """
    counts = errors.counts
    if counts.distinct_reference < TYPES.value or counts.empty_share >= EMPTY.value:
        return
    share = counts.distinct_hypothesis / counts.distinct_reference
    if share >= FEW.value:
        return
    yield Finding(
        f"{counts.distinct_hypothesis} different glosses are predicted where "
        f"{counts.distinct_reference} are signed ({share:.0%}), and {counts.commonest!r} is "
        f"{counts.commonest_share:.0%} of the output",
        (
            Evidence(
                "different glosses predicted, over those signed", share, counts.read_from, limit=FEW
            ),
            Evidence("WER", counts.wer, counts.read_from),
        ),
        (
            Fix(
                "Draw samples with rare glosses more often.",
                "WeightedRandomSampler([max(1 / count[g] for g in t) for t in targets], len(targets))",
            ),
            Fix("Train on: look whether the number of different glosses still grows with the epochs."),
            Fix(
                "Replace glosses with fewer than five examples by one token, in targets and references."
            ),
        ),
    )
