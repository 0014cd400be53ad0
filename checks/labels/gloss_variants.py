"""LAB207: is each gloss written in one way?"""

from collections.abc import Iterator

from slrdoctor.api import CERTAIN, NOTE, Evidence, Finding, Fix, GlossVariants, check


@check("LAB207", severity=NOTE, confidence=CERTAIN)
def gloss_variants(found: GlossVariants) -> Iterator[Finding]:
    """Glosses are written in several ways, or marks stand where glosses do.

    Why it matters: each way of writing is a class of its own, with a part of the examples,
    and putting out the other one is an error. Marks such as `__ON__` or `loc-` are not
    signed in the way that glosses are. Corpora have them on purpose; scoring tools fold
    some of them, so scores with and without folding do not compare.

    Judged by: gloss types of all targets that become one under composed Unicode form and
    trimmed white space, under case folding, or without annotation marks around them; and
    tokens that are a mark alone.

    Fix: decide on one form before the vocabulary is built, and score in the same form.

    References: https://unicode.org/reports/tr15/; Koller et al. 2015, Continuous sign
    language recognition, section 4, and the PHOENIX evaluation scripts on which marks they
    fold.
    """
    if not found.variants and not found.marks:
        return
    examples = [f"{' and '.join(v.glosses[:3])} ({v.by})" for v in found.variants[:3]]
    marks = ", ".join(mark for mark, _ in found.marks[:5])
    parts = []
    if found.variants:
        parts.append(
            f"{len(found.variants)} of {found.types} glosses are written in several ways: "
            f"{'; '.join(examples)}"
        )
    if found.marks:
        count = sum(count for _, count in found.marks)
        parts.append(
            f"{len(found.marks)} of {found.types} tokens are annotation marks ({marks}), "
            f"with {count} occurrences"
        )
    yield Finding(
        message=", and ".join(parts),
        evidence=(
            Evidence(
                "glosses in several forms", len(found.variants), found.read_from, f"of {found.types}"
            ),
            Evidence("annotation marks", len(found.marks), found.read_from, f"of {found.types} types"),
        ),
        fixes=(
            Fix(
                "Write each gloss in one form, in targets, vocabulary and references alike.",
                "gloss = re.sub(r'\\(\\d+\\)$|\\++$', '', unicodedata.normalize('NFC', gloss).strip())",
                safe=False,
            ),
        ),
    )
