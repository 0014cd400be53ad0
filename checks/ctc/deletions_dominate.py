"""CTC414: does the model leave out most of what is signed?"""

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
    agreeing,
    check,
    chosen,
    counted,
    part_of,
)

SHORTEST_DECODED_SHARE = chosen(
    0.5,
    "published models delete two to three times what they insert and keep over 95% of the length; of "
    "six public CTC runs the worst keeps 61%",
    (0.5, 0.5),
    234,
)
GLOSSES_IN_USE = chosen(5, "with fewer different glosses the output has collapsed", (4.5, 5), 234)


@check(
    "CTC414",
    severity=DEGRADES,
    confidence=LIKELY,
    explains=("EVL906",),
    shows=WRONG_OUTPUT,
)
def deletions_dominate(errors: GlossErrors) -> Findings:
    """The hypotheses have less than half of the glosses that are signed.

    Why it matters: The model knows glosses and does not write them: the blank wins where it should
    not. Substitutions would mean confusion. Deletions mean too few or too coarse frames, a blank that
    is favoured, or a decoder that prunes.

    Judged by: There are fewer than half as many hypothesis tokens as reference tokens, and five or
    more different glosses are in use. Published models delete two or three times what they insert,
    and pass.

    Fix: Count the frames per gloss after the stride; decode greedily to see whether the decoder
    prunes; continue training with less weight on the blank.

    References: Graves et al. 2006, Connectionist Temporal Classification, section 3; Zeyer et al.
    2021, Why does CTC result in peaky behavior?
    """
    counts = errors.counts
    share = counts.hypothesis_tokens / counts.reference_tokens
    if share >= SHORTEST_DECODED_SHARE.value:
        return errors.sentence
    if counts.distinct_hypothesis < GLOSSES_IN_USE.value:
        used = counted(counts.distinct_hypothesis, "gloss", "glosses")
        raise NotJudged(f"the hypotheses use {used}, too few to speak of deletions", looks_ill=True)
    yield Finding(
        f"the hypotheses have {counts.mean_hypothesis_length:.1f} glosses per sample where "
        f"{counts.mean_reference_length:.1f} are signed: "
        f"{part_of(counts.deletions, counts.errors, 'error')} "
        f"{agreeing(counts.deletions, 'is a deletion', 'are deletions')} (WER {counts.wer:.1%})",
        (
            Evidence(
                "hypothesis tokens per reference token", share, counts.read_from, "",
                SHORTEST_DECODED_SHARE,
            ),
            Evidence("deletions", counts.deletions, counts.read_from),
            Evidence("insertions", counts.insertions, counts.read_from),
            Evidence(
                "different glosses in the hypotheses", counts.distinct_hypothesis, counts.read_from, "",
                GLOSSES_IN_USE,
            ),
        ),
        (
            Fix(
                "Decode greedily: if more glosses come out, the beam or its language model prunes them."
            ),
            Fix(
                "Lower the blank's log-probability while decoding, to see which glosses it hides.",
                "log_probs[..., blank] -= 2.0",
            ),
            Fix("Use a smaller temporal stride if a gloss has only a few frames."),
        ),
    )  # fmt: skip
