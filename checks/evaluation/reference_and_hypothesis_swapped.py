"""EVL902: was the score computed with its two arguments the wrong way round?"""

from slrdoctor.api import (
    CERTAIN,
    MISLEADS,
    Comparison,
    Evidence,
    Finding,
    Findings,
    Fix,
    SwapEvidence,
    Threshold,
    check,
    chosen,
    counted,
)

LARGEST_WER = Threshold(
    10, "arithmetic: per reference token it takes hypotheses over nine times as long as their references"
)
SHARE_CONFIRMED = chosen(0.5, "half of it in the stored predictions confirms it", (0.125, 2), 353)
FIXES = (
    Fix("For jiwer give the references first.", "jiwer.wer(references, hypotheses)"),
    Fix("For BLEU give the hypotheses first.", "sacrebleu.corpus_bleu(hypotheses, [references])"),
    Fix(
        "Sum errors and reference tokens over all samples, then divide once.",
        "sum(distance(h, r) for h, r in pairs) / sum(len(r) for _, r in pairs)",
    ),
)


@check("EVL902", severity=MISLEADS, confidence=CERTAIN, explains=("EVL906",))
def reference_and_hypothesis_swapped(evidence: SwapEvidence) -> Findings:
    """The score was computed with references and hypotheses exchanged.

    Why it matters: An error rate is errors per reference token. Per hypothesis token, a model that says
    little gets a rate without bound, and one that says too much a rate that flatters it. The numbers
    of epochs and models then do not compare.

    Judged by: Either of these.
    - The logged score is not that of the stored predictions, and equals, to the digits that it was
      logged with, the errors per hypothesis token (or BLEU with its arguments exchanged), where
      that differs from the right score by too much to be a coincidence.
    - A logged WER is infinite, as only a length of zero makes it, or in the thousands of percent at the
      end of the run, and the stored predictions, if any, do not give it.

    Fix: Exchange the two arguments of the scorer, and divide by the references' length.

    References: Morris et al. 2004, From WER and RIL to MER and WIL, on what an error rate is over.
    """
    compared = evidence.compared.rows if evidence.compared is not None else ()
    swapped = next((row for row in compared if row.is_swapped), None)
    if swapped is not None:
        yield _exchanged(swapped)
        return
    rates = evidence.rates
    if rates is None:
        return evidence.sentence
    again = [row.recomputed for row in compared if row.quantity == "wer"]
    if rates.infinite:
        message = (
            f"{rates.name} is infinite in {counted(rates.infinite, 'epoch')}: it was divided by a "
            "length of 0"
        )
        shown = Evidence("epochs with an infinite WER", rates.infinite, rates.read_from)
    elif rates.last >= LARGEST_WER.value and not any(
        w >= SHARE_CONFIRMED.value * rates.last for w in again
    ):
        message = (
            f"{rates.name} is {rates.last:.0%} at the end, which errors per reference token never reach"
        )
        shown = Evidence(f"{rates.name} at the end", rates.last, rates.read_from, "share", LARGEST_WER)
    else:
        return evidence.sentence
    yield Finding(
        message,
        (shown, *(Evidence("WER of the predictions", w, evidence.read_from, "share") for w in again)),
        FIXES,
    )


def _exchanged(row: Comparison) -> Finding:
    """The logged score is that of the stored predictions with the arguments exchanged."""
    per_token = row.quantity == "wer"
    over = f"that of {row.explained_by}. With its arguments in the right order"
    if per_token:
        over = (
            "errors divided by hypothesis tokens, as if hypotheses and references were swapped. "
            "Divided by reference tokens"
        )
    exchanged = f"{row.what} with the arguments exchanged"
    return Finding(
        f"the logged {row.what} of {row.shown(row.swapped)} is {over}, the stored predictions give "
        f"{row.shown(row.recomputed)}",
        (
            Evidence(exchanged, row.shown(row.swapped), row.read_from),
            Evidence(f"{row.what} of the stored predictions", row.shown(row.recomputed), row.read_from),
            Evidence(f"logged as {row.logged_as}", row.shown(row.logged), row.logged_in),
        ),
        FIXES,
    )
