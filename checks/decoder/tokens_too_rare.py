"""DEC803: can a decoder learn the words it is to write?"""

from slrdoctor.api import (
    DEGRADES,
    EVERY_SAMPLE,
    LIKELY,
    Evidence,
    Finding,
    Findings,
    Fix,
    RareWords,
    Threshold,
    check,
)

SEEN_ONCE = Threshold(
    0.5, "PHOENIX-2014T, where word-level decoders work, has 37% (Camgoz et al. 2018, table 1)"
)
NEVER_SEEN = Threshold(0.05, "PHOENIX-2014T has under 1% (Camgoz et al. 2018, table 1)")


@check(
    "DEC803",
    severity=DEGRADES,
    confidence=LIKELY,
    explains=("DEC801", "DEC802", "EVL904"),
    needs=EVERY_SAMPLE,
)
def tokens_too_rare(words: RareWords) -> Findings:
    """Most words of the texts are seen once in training, and many of dev never.

    Why it matters: A decoder with one output per word learns nothing of a word that it meets once, and
    cannot write one that it never met. What it can write are the frequent words, in any order.

    Judged by: Over half of the word types occur once in the training texts, and over 5% of the running
    words of dev (of test where dev is missing) never, without case and punctuation. Runs pass whose
    vocabulary, configuration or code cuts words into pieces, and languages written without spaces.

    Fix: Use a subword tokenizer trained on these texts, or that of a pretrained decoder.

    References: Sennrich et al. 2016, Neural Machine Translation of Rare Words with Subword Units.
    """
    if words.subword or words.share_once <= SEEN_ONCE.value or words.share_unknown <= NEVER_SEEN.value:
        return words.sentence
    yield Finding(
        f"{words.once} of {words.types} words ({words.share_once:.0%}) occur only once in {words.texts} "
        f"training texts, and {words.share_unknown:.0%} of the running words of {words.split} never "
        "occur there",
        (
            Evidence("words seen once", words.share_once, words.read_from, "share", SEEN_ONCE),
            Evidence(
                f"running words of {words.split} never seen", words.share_unknown, words.read_from,
                "share", NEVER_SEEN,
            ),
            Evidence("examples seen once", ", ".join(words.examples), words.read_from),
        ),
        (
            Fix(
                "Train a subword tokenizer on the training texts.",
                "spm.SentencePieceTrainer.train(input='train.txt', model_prefix='sp', vocab_size=4000)",
            ),
            Fix(
                "Fine-tune a pretrained decoder with its own tokenizer.",
                "MBartForConditionalGeneration.from_pretrained('facebook/mbart-large-cc25')",
            ),
        ),
    )  # fmt: skip
