"""SRC004: do the references of BLEU have the shape that the library takes?"""

from slrdoctor.api import (
    LIKELY,
    MISLEADS,
    BleuReferences,
    Findings,
    check,
)

from ._pattern import pattern_found


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
    return (
        yield from pattern_found(
            code, "shape of references", "Give the references in the shape that the library takes."
        )
    )
