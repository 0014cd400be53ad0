"""DEC802: does the decoder repeat itself?"""

from collections.abc import Iterator

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    WRONG_OUTPUT,
    Evidence,
    Finding,
    Fix,
    RepeatedNgrams,
    Threshold,
    check,
)

SHARE = Threshold(
    0.05,
    "rule of thumb, docs/limits.py: of the hypotheses; in six public CTC runs none repeats a phrase",
)
IN_USE = Threshold(
    5, "rule of thumb, docs/limits.py: different tokens; with fewer, the output has collapsed"
)
TIMES = Threshold(
    3, "rule of thumb, docs/limits.py: signers repeat themselves too, and references show how often"
)


@check(
    "DEC802",
    severity=DEGRADES,
    confidence=LIKELY,
    explains=("EVL904", "EVL906"),
    shows=WRONG_OUTPUT,
)
def decoder_loops(repeated: RepeatedNgrams) -> Iterator[Finding]:
    """The decoder repeats phrases that no reference repeats.

    Why it matters: every copy is an insertion, so a few such hypotheses can cost as many errors as
    all others together. A decoder that loops has lost its place in the input, or never knows when
    to stop.

    Judged by: over 5% of the hypotheses have a phrase of one to eight tokens at least three times
    in a row, over four tokens or more, that no reference repeats so; and three times as many as
    the references that repeat any; while five or more different tokens are in use.

    Fix: limit the length, forbid repeated n-grams while decoding, and see that the end token is a
    target in training.

    References: Holtzman et al. 2020, The Curious Case of Neural Text Degeneration, section 3.
    """
    if repeated.share <= SHARE.value or repeated.share <= TIMES.value * repeated.share_of_references:
        return
    if repeated.distinct < IN_USE.value:
        return
    phrase, times = repeated.phrases[0]
    yield Finding(
        f"{repeated.looping} of {repeated.samples} hypotheses ({repeated.share:.0%}) repeat a phrase "
        f"three times in a row or more, {times} of them {phrase[:60]!r}; of the references "
        f"{repeated.looping_references} do",
        (
            Evidence("hypotheses that repeat a phrase", repeated.share, repeated.read_from, limit=SHARE),
            Evidence("references that do", repeated.share_of_references, repeated.read_from),
            Evidence(
                "hypothesis tokens that are copies",
                repeated.tokens / max(1, repeated.hypothesis_tokens),
                repeated.read_from,
            ),
        ),
        (
            Fix(
                "Forbid repeated n-grams and long output while decoding.",
                "model.generate(features, no_repeat_ngram_size=3, max_length=2 * longest_reference)",
            ),
            Fix("See that every training target ends with the end token, and that its loss counts."),
            Fix(
                "For CTC: merge repeats before blanks are removed.",
                "[k for k, _ in groupby(path) if k != blank]",
            ),
        ),
        samples=repeated.ids,
        affected=repeated.looping,
        total=repeated.samples,
    )
