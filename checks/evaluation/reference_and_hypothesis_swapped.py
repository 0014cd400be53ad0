"""EVL902: was the score computed with its two arguments the wrong way round?"""

from collections.abc import Iterator

from slrdoctor.api import CERTAIN, MISLEADS, Evidence, Finding, Fix, SwapEvidence, Threshold, check

THOUSANDS = Threshold(
    10, "arithmetic: over reference tokens, hypotheses would be over nine times as long as references"
)
NEARBY = Threshold(
    0.5, "rule of thumb, docs/limits.py: a WER computed again that is half as large is as large in kind"
)
FIXES = (
    Fix("Give the references first, as jiwer asks.", "jiwer.wer(references, hypotheses)"),
    Fix("For BLEU give the hypotheses first.", "sacrebleu.corpus_bleu(hypotheses, [references])"),
    Fix(
        "Sum errors and reference tokens over all samples and divide once; leave out no sample.",
        "sum(distance(h, r) for h, r in pairs) / sum(len(r) for _, r in pairs)",
    ),
)


@check("EVL902", severity=MISLEADS, confidence=CERTAIN, explains=("EVL906",))
def reference_and_hypothesis_swapped(evidence: SwapEvidence) -> Iterator[Finding]:
    """The score was computed with references and hypotheses exchanged.

    Why it matters: an error rate is errors over reference tokens. Over hypothesis tokens a model
    that says little gets a rate without bound, and one that says too much a rate that flatters it,
    so the numbers of epochs and models do not compare.

    Judged by: the logged score is not that of the stored predictions, and equals, to the digits
    that it was logged with, the errors over hypothesis tokens (or BLEU with its arguments
    exchanged), where that differs from the right score by so much that it is no coincidence; or a
    logged WER that is infinite, as only a length of zero makes it, or in the thousands of percent
    at the end of the run while the stored predictions, if any, do not give it.

    Fix: exchange the two arguments of the scorer, and divide by the references' length.

    References: Morris et al. 2004, From WER and RIL to MER and WIL, on what an error rate is over.
    """
    for row in evidence.compared.rows if evidence.compared is not None else ():
        if row.is_swapped:
            over = "errors over hypothesis tokens" if row.quantity == "wer" else row.explained_by
            yield Finding(
                f"the logged {row.what} {row.shown(row.swapped)} is that of {over}: the right way round "
                f"the stored predictions have {row.shown(row.recomputed)}",
                (
                    Evidence(f"{row.what} with the arguments exchanged", row.swapped, row.read_from),
                    Evidence(f"{row.what} of the stored predictions", row.recomputed, row.read_from),
                    Evidence(f"nearest logged value, {row.logged_as}", row.logged, row.logged_in),
                ),
                FIXES,
            )
            return
    rates = evidence.rates
    if rates is None:
        return
    again = (
        [r.recomputed for r in evidence.compared.rows if r.quantity == "wer"]
        if evidence.compared
        else []
    )
    if rates.infinite:
        epochs = "epoch" if rates.infinite == 1 else "epochs"
        message = (
            f"{rates.name} is infinite in {rates.infinite} {epochs}: the length it was divided by is 0"
        )
        shown = Evidence("epochs with an infinite WER", rates.infinite, rates.read_from)
    elif rates.last >= THOUSANDS.value and not any(w >= NEARBY.value * rates.last for w in again):
        message = f"{rates.name} is {rates.last:.0%} at the end, which no length of references gives"
        shown = Evidence(f"{rates.name} at the end", rates.last, rates.read_from, limit=THOUSANDS)
    else:
        return
    yield Finding(
        message, (shown, *(Evidence("WER computed again", w, evidence.read_from) for w in again)), FIXES
    )
