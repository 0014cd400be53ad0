"""CTC413: how much of the vocabulary does the model ever predict?"""

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    WRONG_OUTPUT,
    Evidence,
    Finding,
    Findings,
    Fix,
    GlossErrors,
    NotJudged,
    check,
    chosen,
    counted,
)

SMALLEST_PREDICTED_SHARE = chosen(
    0.2,
    "a run with 87% WER that its author described has 17%, six public CTC runs with under 60% have all",
    (0.05, 0.25),
    234,
)
REFERENCE_GLOSSES = chosen(10, "a fifth of fewer glosses is one or two", (2.5, 20), 234)
EMPTY_HYPOTHESES = chosen(0.5, "above it the output is blank, another fault", (0.125, 0.625), 234)


@check(
    "CTC413",
    severity=DEGRADES,
    confidence=LIKELY,
    explains=("EVL906",),
    shows=WRONG_OUTPUT,
)
def few_glosses_predicted(errors: GlossErrors) -> Findings:
    """The model predicts only a small part of the glosses that are signed.

    Why it matters: A gloss that is never predicted is an error wherever it is signed. A model that has
    learned only the frequent glosses has too few examples of the rest, or has settled for what pays
    most.

    Judged by: The hypotheses hold fewer than a fifth of the different glosses of the references, where
    these have ten or more and fewer than half of the hypotheses are empty.

    Fix: Give rare glosses more weight or more examples, or leave out what is too rare to learn.

    References: Koller et al. 2015, Continuous sign language recognition, section 5, on glosses that
    occur once; Zeyer et al. 2021, Why does CTC result in peaky behavior?
    """
    counts = errors.counts
    if counts.distinct_reference < REFERENCE_GLOSSES.value:
        few = counted(counts.distinct_reference, "gloss", "glosses")
        raise NotJudged(f"the references use only {few}: it takes {REFERENCE_GLOSSES.value:g}")
    if counts.empty_share >= EMPTY_HYPOTHESES.value:
        raise NotJudged(f"{counts.empty_share:.0%} of the hypotheses are empty", looks_ill=True)
    share = counts.distinct_hypothesis / counts.distinct_reference
    if share >= SMALLEST_PREDICTED_SHARE.value:
        return errors.sentence
    yield Finding(
        f"the hypotheses use only {counted(counts.distinct_hypothesis, 'gloss', 'glosses')} where the "
        f"references use {counts.distinct_reference} ({share:.0%}), and {counts.commonest!r} makes up "
        f"{counts.commonest_share:.0%} of the output",
        (
            Evidence(
                "glosses in use, relative to the references", share, counts.read_from, "share",
                SMALLEST_PREDICTED_SHARE,
            ),
            Evidence("WER", counts.wer, counts.read_from, "share"),
        ),
        (
            Fix(
                "Draw samples with rare glosses more often while training.",
                "WeightedRandomSampler([max(1 / count[g] for g in t) for t in targets], len(targets))",
            ),
            Fix("Continue training if the number of different glosses still grows from epoch to epoch."),
            Fix("Map glosses with fewer than five examples to one token, in targets and references."),
        ),
    )  # fmt: skip
