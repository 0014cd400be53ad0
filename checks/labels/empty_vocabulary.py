"""LAB211: is there anything in the vocabulary?"""

from collections.abc import Iterator

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Fix,
    Threshold,
    Vocabulary,
    check,
)

NONE = Threshold(0, "arithmetic: without a gloss there is nothing to put out")


@check(
    "LAB211",
    severity=BLOCKS,
    confidence=CERTAIN,
    explains=("LAB201", "LAB204", *NOTHING_LEARNED),
)
def empty_vocabulary(vocabulary: Vocabulary) -> Iterator[Finding]:
    """The vocabulary has no glosses.

    Why it matters: every target becomes empty or <unk>, and the model learns to put out
    nothing. The loss falls all the same.

    Judged by: the tokens of the vocabulary that are not special ones such as <blank>,
    <pad> or <unk>; there are none.

    Fix: build the vocabulary from the training targets, and look why it came out empty.

    References: the vocabulary of this run.
    """
    if vocabulary.glosses:
        return
    special = [str(vocabulary.tokens[i]) for i in vocabulary.specials]
    only = f"only the special tokens {', '.join(special[:5])}" if special else "no tokens at all"
    yield Finding(
        message=f"the vocabulary {vocabulary.read_from} has {only}",
        evidence=(Evidence("glosses in the vocabulary", 0, vocabulary.read_from, "tokens", NONE),),
        fixes=(
            Fix(
                "Build the vocabulary from the training targets.",
                "vocabulary = ['<blank>'] + sorted({g for target in train_targets for g in target})",
            ),
        ),
    )
