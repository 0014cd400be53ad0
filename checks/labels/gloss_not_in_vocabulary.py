"""LAB201: can every training gloss be put out at all?"""

from collections.abc import Iterator

from slrdoctor.api import (
    CERTAIN,
    DEGRADES,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Fix,
    GlossCoverage,
    Threshold,
    check,
)

NONE = Threshold(0, "arithmetic: what has no output class cannot be learned")


@check(
    "LAB201",
    severity=DEGRADES,
    confidence=CERTAIN,
    explains=("LAB202", *NOTHING_LEARNED),
)
def gloss_not_in_vocabulary(coverage: GlossCoverage) -> Iterator[Finding]:
    """Training glosses are not in the vocabulary.

    Why it matters: a loader maps such a gloss to <unk> or drops it without a word. The
    target that is learned then lacks it, and the model can never put it out.

    Judged by: every gloss of the training targets looked up in the vocabulary as written,
    or as its number where targets are class indices. For those that are not there, the
    token that they are nearly written like: by Unicode form, case, accents, letters of one
    look in two alphabets, annotation marks, or spelling.

    Fix: build the vocabulary from the training targets, or write both in one form.

    References: https://unicode.org/reports/tr15/ on normal forms; of the public vocabularies
    of PHOENIX-2014, PHOENIX-2014T and CSL-Daily none lacks a training gloss.
    """
    if not coverage.missing:
        return
    types, tokens = len(coverage.missing), coverage.missing_tokens
    where, what = coverage.read_from, "class numbers" if coverage.by == "numbers" else "glosses"
    near = [f'"{n.gloss}" is there as "{n.token}" ({n.by})' for n in coverage.near[:3]]
    most = [f'"{gloss}"' for gloss, _ in coverage.missing[:3]]
    by_kind = ", ".join(f"{count} by {by}" for by, count in coverage.near_counts.items())
    yield Finding(
        message=(
            f"{types} of {coverage.types} training {what} ({types / coverage.types:.1%}), and "
            f"{tokens / coverage.tokens:.1%} of their occurrences, are not among the "
            f"{coverage.vocabulary} of the vocabulary: {'; '.join(near) or ', '.join(most)}"
        ),
        evidence=(
            Evidence("glosses not in the vocabulary", types, where, f"of {coverage.types} types", NONE),
            Evidence("share of types", types / coverage.types, where, "", NONE),
            Evidence("share of occurrences", tokens / coverage.tokens, where, f"of {coverage.tokens}"),
            Evidence("near misses", by_kind or "none", where),
        ),
        fixes=(
            Fix(
                "Build the vocabulary from the training targets.",
                "vocabulary = sorted({gloss for target in train_targets for gloss in target})",
            ),
            *([_one_form(coverage)] if coverage.near else []),
        ),
        samples=coverage.ids[:5],
        affected=len(coverage.ids),
        total=coverage.samples,
    )


def _one_form(coverage: GlossCoverage) -> Fix:
    first = coverage.near[0]
    return Fix(
        f'Or write both in one form: "{first.gloss}" and "{first.token}" differ by {first.by}.',
        "gloss = unicodedata.normalize('NFC', gloss).strip().upper()   # in vocabulary and targets",
        safe=False,
    )
