"""LAB201: does every training gloss have an output class?"""

from slrdoctor.api import (
    CERTAIN,
    DEGRADES,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Findings,
    Fix,
    GlossCoverage,
    NotJudged,
    Threshold,
    agreeing,
    check,
)

MISSING_GLOSSES = Threshold(0, "Arithmetic: a gloss without an output class cannot be learned.")


@check(
    "LAB201",
    severity=DEGRADES,
    confidence=CERTAIN,
    explains=("LAB202", NOTHING_LEARNED),
)
def gloss_not_in_vocabulary(coverage: GlossCoverage) -> Findings:
    """Some training glosses are not in the vocabulary.

    Why it matters: A loader silently maps such a gloss to <unk> or drops it. The target then lacks the
    gloss, and the model can never predict it.

    Judged by: Every gloss of the training targets is looked up in the vocabulary as written, or by its
    number where targets are class indices. Tokens that differ only in Unicode form, case, accents,
    look-alike letters, annotation marks or spelling are named.

    Fix: Build the vocabulary from the training targets, or write both in the same form.

    References: https://unicode.org/reports/tr15/ on normal forms. The public vocabularies of
    PHOENIX-2014, PHOENIX-2014T and CSL-Daily contain every training gloss.
    """
    if not coverage.types:
        raise NotJudged("no training target has a gloss")
    if not coverage.missing:
        return coverage.sentence
    types, tokens = len(coverage.missing), coverage.missing_tokens
    where, what = coverage.read_from, "class numbers" if coverage.by == "numbers" else "glosses"
    near = [f'"{n.gloss}" is in it as "{n.token}" ({n.by})' for n in coverage.near[:3]]
    most = [f'"{gloss}"' for gloss, _ in coverage.missing[:3]]
    by_kind = ", ".join(f"{by}: {count}" for by, count in coverage.near_counts.items())
    yield Finding(
        message=(
            f"{types} of {coverage.types} training {what} ({tokens / coverage.tokens:.1%} of all "
            f"occurrences) {agreeing(types, 'is', 'are')} not in the vocabulary of "
            f"{coverage.vocabulary} glosses: "
            f"{'; '.join(near) or ', '.join(most)}"
        ),
        evidence=(
            Evidence(
                f"training {what} that are not in the vocabulary",
                types,
                where,
                f"of {coverage.types}",
                MISSING_GLOSSES,
            ),
            Evidence("their occurrences", tokens / coverage.tokens, where, "share"),
            Evidence("similar tokens in the vocabulary, by what differs", by_kind or "none", where),
        ),
        fixes=(
            Fix(
                "Build the vocabulary from the training targets.",
                "vocabulary = sorted({gloss for target in train_targets for gloss in target})",
            ),
            *([_one_form(coverage)] if coverage.near else []),
        ),
        samples=coverage.ids,
        affected=len(coverage.ids),
        total=coverage.samples,
    )


def _one_form(coverage: GlossCoverage) -> Fix:
    first = coverage.near[0]
    return Fix(
        f'Or write both in the same form: "{first.gloss}" and "{first.token}" differ in {first.by}.',
        "gloss = unicodedata.normalize('NFC', gloss).strip().upper()   # in vocabulary and targets",
        safe=False,
    )
