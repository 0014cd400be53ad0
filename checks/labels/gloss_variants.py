"""LAB207: is each gloss always written in the same way?"""

from slrdoctor.api import (
    CERTAIN,
    NOTE,
    Evidence,
    Finding,
    Findings,
    Fix,
    GlossVariants,
    agreeing,
    check,
    counted,
    part_of,
)

ONE_FORM = "Write each gloss in one form: in the targets, the vocabulary and the references."
UNIFY = {
    "white space or Unicode form": "gloss = ' '.join(unicodedata.normalize('NFC', gloss).split())",
    "case": "gloss = gloss.upper()",
    "annotation marks": r"gloss = re.sub(r'\(\d+\)$|\++$|^(loc|cl|poss|lh|rh)-', '', gloss)",
}
NO_COMMENTS = "Remove the comments from targets and references alike, or keep them in both."
WITHOUT_COMMENTS = r"glosses = [g for g in glosses if not re.fullmatch(r'__\w+__', g)]"


@check("LAB207", severity=NOTE, confidence=CERTAIN)
def gloss_variants(found: GlossVariants) -> Findings:
    """Glosses are written in several ways, or comments appear among them.

    Why it matters: Each spelling becomes a class of its own with only part of the examples, and
    predicting the other spelling counts as an error. Comments such as `__ON__` are not signs. Corpora
    contain both on purpose, and some scoring tools remove them, so scores with and without them differ.

    Judged by: Over the glosses of all targets:
    - glosses that become equal in composed Unicode form and without extra spaces, when case is
      ignored, or without annotation marks such as `(1)`, `++` or `loc-`;
    - tokens between double underscores. Pointing signs (IX) are signs and do not count.

    Fix: Choose one form before the vocabulary is built, and score in the same form.

    References: https://unicode.org/reports/tr15/; Koller et al. 2015, Continuous sign language
    recognition, section 4, and the PHOENIX evaluation scripts, on the marks that they remove.
    """
    if not found.variants and not found.comments:
        return found.sentence
    parts, fixes = [], []
    if found.variants:
        examples = [f"{' and '.join(v.glosses[:3])} ({v.by})" for v in found.variants[:3]]
        parts.append(
            f"{part_of(len(found.variants), found.types, 'gloss', 'glosses')} "
            f"{agreeing(len(found.variants), 'is', 'are')} written in more than one way: "
            f"{'; '.join(examples)}"
        )
        fixes.append(Fix(ONE_FORM, UNIFY[found.variants[0].by], safe=False))
    if found.comments:
        named = ", ".join(token for token, _ in found.comments[:5])
        times = counted(sum(count for _, count in found.comments), "time")
        parts.append(
            f"{part_of(len(found.comments), found.types, 'gloss', 'glosses')} "
            f"{agreeing(len(found.comments), 'is a comment', 'are comments')} ({named}), found {times}"
        )
        fixes.append(Fix(NO_COMMENTS, WITHOUT_COMMENTS, safe=False))
    where, total = found.read_from, f"of {found.types}"
    yield Finding(
        message=", and ".join(parts),
        evidence=(
            Evidence("glosses written in several ways", len(found.variants), where, total),
            Evidence("comments among the glosses", len(found.comments), where, total),
        ),
        fixes=tuple(fixes),
    )
