"""EVL903: is the error rate one of writing rather than of recognition?"""

from slrdoctor.api import (
    CERTAIN,
    MISLEADS,
    Evidence,
    Finding,
    Findings,
    Fix,
    NormalisedScores,
    Reproduction,
    check,
    chosen,
)

ERRORS_OF_WRITING = chosen(0.2, "in six public CTC runs writing makes none", (0.05, 0.8), 399)
POINTS_OF_WRITING = chosen(0.03, "3 points of the error rate", (0.0075, 0.12), 399)


@check(
    "EVL903",
    severity=MISLEADS,
    confidence=CERTAIN,
    explains=("CTC413", "EVL901", "EVL904", "EVL905", "EVL906", "EVL913"),
)
def scored_without_normalising(scores: NormalisedScores, log: Reproduction | None) -> Findings:
    """Hypotheses and references are written differently, and that is scored as errors.

    Why it matters: A gloss in other case, another Unicode form or with an annotator's mark never equals
    its reference. The model may be good, and no training brings such a score down.

    Judged by: The error rate is computed again with tokens made the same that differ only in writing:
    start and padding tokens, Unicode form, case, accents, look-alike letters, annotation marks,
    punctuation, each with all before it. At least a fifth of all errors and 3 points must go. Two
    kinds of forms or runs pass:
    - Two forms that the model tells apart, as both occur on both sides or in the vocabulary, stay two.
    - A logged score that is that of normalised hypotheses shows that the scorer did normalise.

    Fix: Bring both sides into one form before scoring, and say in the results which.

    References: Koller et al. 2015, Continuous sign language recognition, section 5, on the cleaning
    of PHOENIX hypotheses before scoring; Unicode Standard Annex 15.
    """
    what, wer = scores.best
    fallen = scores.wer - wer
    if fallen < POINTS_OF_WRITING.value or fallen < ERRORS_OF_WRITING.value * scores.wer:
        return scores.sentence
    rows = log.compared.rows if log is not None and log.compared is not None else ()
    if any(row.kind == "normalised" and row.read_from == scores.read_from for row in rows):
        return f"the logged score was normalised: {scores.sentence}"
    rate = "error rate" if scores.are_single else "WER"
    pairs = " and ".join(f"{said} where the references have {meant}" for said, meant in _shown(scores))
    yield Finding(
        f"the {rate} is {scores.wer:.1%} as stored and {wer:.1%} ignoring {what}"
        + (f": the hypotheses have {pairs}" if pairs else ""),
        (
            Evidence(
                "errors that are only of writing",
                fallen / scores.wer,
                scores.read_from,
                "share",
                ERRORS_OF_WRITING,
            ),
            Evidence(f"{rate} that they make up", fallen, scores.read_from, "share", POINTS_OF_WRITING),
            Evidence(f"{rate} as stored", scores.wer, scores.read_from, "share"),
            Evidence(f"{rate} without {what}", wer, scores.read_from, "share"),
        ),
        (
            Fix(
                "Normalise both sides before you score them.",
                'norm = lambda s: unicodedata.normalize("NFC", s).casefold()\n'
                "jiwer.wer([norm(r) for r in references], [norm(h) for h in hypotheses])",
                safe=False,
            ),
            Fix("Write hypotheses with the vocabulary that the targets were encoded with."),
        ),
    )


def _shown(scores: NormalisedScores) -> list[tuple[str, str]]:
    """Pairs of tokens; those that look the same with their characters' numbers."""
    quote = ascii if "Unicode" in scores.best[0] else repr
    return [(quote(said), quote(meant)) for said, meant in scores.examples[:2]]
