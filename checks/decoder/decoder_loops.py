"""DEC802: does the decoder repeat itself?"""

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    WRONG_OUTPUT,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    RepeatedNgrams,
    agreeing,
    check,
    chosen,
    counted,
)

LOOPING_SHARE = chosen(0.05, "in six public CTC runs none repeats a phrase", (0.05, 0.055), 337)
TOKENS_IN_USE = chosen(5, "with fewer different tokens the output has collapsed", (2.5, 5), 337)
TIMES_REFERENCES = chosen(3, "signers repeat themselves too, as references show", (0.75, 12), 337)
FIXES = (
    Fix(
        "Forbid repeated n-grams and long output while decoding.",
        "model.generate(features, no_repeat_ngram_size=3, max_length=2 * longest_reference)",
    ),
    Fix("Check that every training target ends with the end token, and that its loss counts."),
    Fix(
        "Merge repeats before you remove blanks, if this is CTC.",
        "[k for k, _ in groupby(path) if k != blank]",
    ),
)


@check(
    "DEC802",
    severity=DEGRADES,
    confidence=LIKELY,
    explains=("EVL904", "EVL906"),
    shows=WRONG_OUTPUT,
)
def decoder_loops(repeated: RepeatedNgrams) -> Findings:
    """The decoder repeats phrases that no reference repeats.

    Why it matters: Every copy is an insertion, so a few such hypotheses can cost as many errors as all
    others together. A decoder that loops has lost its place in the input, or never learned to stop.

    Judged by: A hypothesis loops if it has a phrase of one to eight tokens at least three times in a
    row, over four tokens or more, that no reference repeats like this. All of these have to hold:
    - Over 5% of the hypotheses loop.
    - They are three times as many as the references that repeat any phrase.
    - Five or more different tokens are in use.

    Fix: Limit the length, forbid repeated n-grams while decoding, and check that the end token is a
    target in training.

    References: Holtzman et al. 2020, The Curious Case of Neural Text Degeneration, section 3.
    """
    most = max(LOOPING_SHARE.value, TIMES_REFERENCES.value * repeated.share_of_references)
    if repeated.share <= most:
        return repeated.sentence
    if repeated.distinct < TOKENS_IN_USE.value:
        few = counted(repeated.distinct, "token")
        raise NotJudged(f"the hypotheses use only {few}, too few to form phrases", looks_ill=True)
    phrase, times = repeated.phrases[0]
    yield Finding(
        f"{repeated.looping} of {repeated.samples} hypotheses ({repeated.share:.0%}) repeat a phrase "
        f"three times in a row or more ({times} of them {phrase[:60]!r}), while "
        f"{repeated.looping_references} of the references "
        f"{agreeing(repeated.looping_references, 'does', 'do')}",
        (
            Evidence(
                "hypotheses that repeat a phrase", repeated.share, repeated.read_from, "share",
                LOOPING_SHARE,
            ),
            Evidence(
                "references that repeat one", repeated.share_of_references, repeated.read_from, "share"
            ),
            Evidence(
                "hypothesis tokens that are copies",
                repeated.tokens / max(1, repeated.hypothesis_tokens),
                repeated.read_from,
                "share",
            ),
        ),
        FIXES,
        samples=repeated.ids,
        affected=repeated.looping,
        total=repeated.samples,
    )  # fmt: skip
