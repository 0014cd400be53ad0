"""SRC004: do the references of BLEU have the shape that the library takes?"""

from slrdoctor.api import (
    LIKELY,
    MISLEADS,
    BleuReferences,
    Evidence,
    Finding,
    Findings,
    Fix,
    check,
)


@check(
    "SRC004",
    severity=MISLEADS,
    confidence=LIKELY,
    explains=("EVL906", "EVL913"),
)
def bleu_references_transposed(code: BleuReferences) -> Findings:
    """BLEU is given its references in a shape that the library takes for something else.

    Why it matters: sacrebleu takes a list for each set of references, NLTK a list for each
    sentence. In the other shape no error is raised: sentences are scored against the wrong
    references, or words are taken for references and letters for words, and the score says
    nothing.

    Judged by: The references are followed to how they were collected, and the lists around a
    sentence or its words are counted: `[[r] for r in refs]` to sacrebleu; one reference's words a
    sentence, or all references in one list, to NLTK's corpus_bleu; the words of one reference to
    its sentence_bleu.

    Fix: sacrebleu: `corpus_bleu(hypotheses, [references])`. NLTK: `corpus_bleu([[r] for r in
    references], hypotheses)`.

    References: github.com/mjpost/sacrebleu, Using SacreBLEU from Python;
    nltk.translate.bleu_score.corpus_bleu.
    """
    if not code.faults:
        return code.sentence
    first, *others = code.faults
    more = f"; and the same in {', '.join(one.where for one in others)}" if others else ""
    yield Finding(
        message=f"{first.where}: {first.what}{more}",
        evidence=tuple(
            Evidence("shape of references", line, place)
            for one in code.faults
            for place, line in one.quoted
        ),
        fixes=(
            Fix("Give the references in the shape that the library takes.", first.patch),
            *(Fix(f"Change {one.where} likewise.", one.patch) for one in others),
        ),
    )
