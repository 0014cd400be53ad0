"""CTC414: does the model leave out most of what is signed?"""

from collections.abc import Iterator

from slrdoctor.api import DEGRADES, LIKELY, Evidence, Finding, Fix, GlossErrors, Threshold, check

SHORT = Threshold(
    0.5,
    "rule of thumb, docs/limits.py: published models delete two to three times what they insert and "
    "keep over 95% of the length; of six public CTC runs the worst keeps 61%",
)
IN_USE = Threshold(
    5, "rule of thumb, docs/limits.py: different glosses; with fewer, the output has collapsed"
)


@check("CTC414", severity=DEGRADES, confidence=LIKELY, explains=("EVL906",))
def deletions_dominate(errors: GlossErrors) -> Iterator[Finding]:
    """The hypotheses have less than half of the glosses that are signed.

    Why it matters: the model knows glosses and does not write them: blank wins where it should not.
    More substitutions would show confusion; deletions show frames too few or too coarse, a blank
    that is favoured, or a decoder that prunes.

    Judged by: the hypothesis tokens are under half of the reference tokens, while five or more
    different glosses are in use. Published models delete two or three times what they insert, and
    pass.

    Fix: count the frames a gloss has after the stride; decode greedily to see whether the decoder
    prunes; train on, with less weight on blank.

    References: Graves et al. 2006, Connectionist Temporal Classification, section 3; Zeyer et al.
    2021, Why does CTC result in peaky behavior?
    """
    counts = errors.counts
    share = counts.hypothesis_tokens / counts.reference_tokens
    if share >= SHORT.value or counts.distinct_hypothesis < IN_USE.value:
        return
    yield Finding(
        f"the hypotheses have {counts.mean_hypothesis_length:.1f} glosses where "
        f"{counts.mean_reference_length:.1f} are signed: {counts.deletions} of {counts.errors} errors "
        f"are deletions (WER {counts.wer:.1%})",
        (
            Evidence("hypothesis tokens over reference tokens", share, counts.read_from, limit=SHORT),
            Evidence("deletions", counts.deletions, counts.read_from),
            Evidence("insertions", counts.insertions, counts.read_from),
            Evidence(
                "different glosses in use", counts.distinct_hypothesis, counts.read_from, limit=IN_USE
            ),
        ),
        (
            Fix(
                "Decode greedily: if more glosses come out, the beam or its language model prunes them."
            ),
            Fix(
                "Subtract from the blank's log-probability while decoding, to see what is held back.",
                "log_probs[..., blank] -= 2.0",
            ),
            Fix("Use a smaller temporal stride where glosses have few frames."),
        ),
    )
