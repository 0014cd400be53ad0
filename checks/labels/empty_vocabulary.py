"""LAB211: does the vocabulary contain glosses?"""

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Findings,
    Fix,
    Threshold,
    Vocabulary,
    check,
)

FEWEST_GLOSSES = Threshold(1, "Arithmetic: without a gloss there is nothing to predict.")


@check(
    "LAB211",
    severity=BLOCKS,
    confidence=CERTAIN,
    explains=("LAB201", "LAB204", NOTHING_LEARNED),
)
def empty_vocabulary(vocabulary: Vocabulary) -> Findings:
    """The vocabulary contains no glosses.

    Why it matters: Every target becomes empty or <unk>, and the model learns to output nothing. The
    loss falls all the same.

    Judged by: The number of tokens in the vocabulary that are not special ones such as <blank>, <pad>
    or <unk>. It is zero.

    Fix: Build the vocabulary from the training targets, and find out why it came out empty.

    References: The vocabulary of this run.
    """
    if vocabulary.glosses:
        return vocabulary.sentence
    special = [str(vocabulary.tokens[i]) for i in vocabulary.specials]
    only = f"only special tokens ({', '.join(special[:5])})" if special else "no tokens at all"
    yield Finding(
        message=f"the vocabulary {vocabulary.read_from} contains {only}",
        evidence=(
            Evidence("glosses in the vocabulary", 0, vocabulary.read_from, "tokens", FEWEST_GLOSSES),
        ),
        fixes=(
            Fix(
                "Build the vocabulary from the training targets.",
                "vocabulary = ['<blank>'] + sorted({g for target in train_targets for g in target})",
            ),
        ),
    )
