"""EVL903: is the error rate one of writing rather than of recognition?"""

from collections.abc import Iterator

from slrdoctor.api import (
    CERTAIN,
    MISLEADS,
    Evidence,
    Finding,
    Fix,
    NormalisedScores,
    Reproduction,
    Threshold,
    check,
)

SHARE = Threshold(
    0.2, "rule of thumb, docs/limits.py: of all errors; in six public CTC runs writing makes none"
)
POINTS = Threshold(0.03, "rule of thumb, docs/limits.py: of the error rate, 3 points")


@check(
    "EVL903",
    severity=MISLEADS,
    confidence=CERTAIN,
    explains=("CTC413", "EVL901", "EVL904", "EVL905", "EVL906"),
)
def scored_without_normalising(scores: NormalisedScores, log: Reproduction | None) -> Iterator[Finding]:
    """Hypotheses and references are written differently, and that is scored as errors.

    Why it matters: a gloss in other case, another Unicode form or with an annotator's mark never
    equals its reference. The model may be good, and no training brings such a score down.

    Judged by: the error rate with tokens that differ in nothing but writing made the same: start
    and padding tokens, Unicode form, case, accents, look-alike letters, annotation marks,
    punctuation, each with all before it. Two forms that the model tells apart, as both occur on
    both sides or in the vocabulary, stay two. A fifth of all errors and 3 points must go. Quiet
    where the logged score is that of normalised hypotheses: then the scorer did normalise.

    Fix: bring both sides into one form before scoring, and say in the results which.

    References: Koller et al. 2015, Continuous sign language recognition, section 5, on the cleaning
    of PHOENIX hypotheses before scoring; Unicode Standard Annex 15.
    """
    what, wer = scores.best
    fallen = scores.wer - wer
    if fallen < POINTS.value or fallen < SHARE.value * scores.wer:
        return
    rows = log.compared.rows if log is not None and log.compared is not None else ()
    if any(row.kind == "normalised" and row.read_from == scores.read_from for row in rows):
        return
    rate = "error rate" if scores.are_single else "WER"
    pairs = " and ".join(f"{said} where the references have {meant}" for said, meant in _shown(scores))
    yield Finding(
        f"the {rate} is {scores.wer:.1%} as stored and {wer:.1%} without regard to {what}"
        + (f": the hypotheses have {pairs}" if pairs else ""),
        (
            Evidence(
                "share of the errors that are of writing",
                fallen / scores.wer,
                scores.read_from,
                limit=SHARE,
            ),
            Evidence(f"points of {rate} that they make", fallen, scores.read_from, limit=POINTS),
            Evidence(f"{rate} as stored", scores.wer, scores.read_from),
            Evidence(f"{rate} without {what}", wer, scores.read_from),
        ),
        (
            Fix(
                "Normalise both sides before they are scored, and nothing else.",
                'norm = lambda s: unicodedata.normalize("NFC", s).casefold()\n'
                "wer(map(norm, references), map(norm, hypotheses))",
                safe=False,
            ),
            Fix("Write hypotheses with the vocabulary that the targets were encoded with."),
        ),
    )


def _shown(scores: NormalisedScores) -> list[tuple[str, str]]:
    """Pairs of tokens; those that look the same with their characters' numbers."""
    quote = ascii if "Unicode" in scores.best[0] else repr
    return [(quote(said), quote(meant)) for said, meant in scores.examples[:2]]
