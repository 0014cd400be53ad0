"""CTC415: is the class that the decoder drops the one that the model uses as blank?"""

from collections.abc import Iterator

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    NOTHING_LEARNED,
    BlankRival,
    Evidence,
    Finding,
    Fix,
    Threshold,
    check,
)

DROP = Threshold(0.2, "rule of thumb, docs/limits.py: of WER, in points of the share")
HALF = Threshold(0.5, "rule of thumb, docs/limits.py: of the WER with the configured blank")


@check(
    "CTC415",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("TRN504", *NOTHING_LEARNED),
)
def wrong_blank_index(rival: BlankRival) -> Iterator[Finding]:
    """The class that behaves as the blank is not the one that is configured as blank.

    Why it matters: a decoder that drops another class than the loss does writes the blank as a
    gloss, and leaves out a gloss instead. The model may be good, and every score of it is bad.
    Toolkits disagree: torch and signjoey take the first class, TensorFlow and Keras the last.

    Judged by: the class that is likeliest in most frames is not the configured blank, and with
    it as blank the WER of greedy decoding falls to half or less and by at least 20 points. Where
    nothing configures the blank there is nothing to judge.

    Fix: give loss, decoder and config the same index.

    References: torch.nn.CTCLoss, parameter blank; tf.nn.ctc_loss, parameter blank_index.
    """
    configured, other = rival.configured, rival.likeliest
    saved = configured.wer - other.wer
    if other.index == configured.index or saved < DROP.value or other.wer > HALF.value * configured.wer:
        return
    yield Finding(
        f"with the configured blank {configured.index} ({rival.known_by}) greedy decoding has "
        f"{configured.wer:.1%} WER, with class {other.index}, likeliest in {rival.share:.1%} of the "
        f"frames, {other.wer:.1%}",
        (
            Evidence("WER that the other saves", saved, rival.read_from, limit=DROP),
            Evidence(
                "its WER over the other's", other.wer / configured.wer, rival.read_from, limit=HALF
            ),
            Evidence("configured blank", configured.index, rival.known_by, f'"{configured.token}"'),
            Evidence("class of most frames", other.index, rival.read_from, f'"{other.token}"'),
        ),
        (
            Fix(
                "Give the decoder the index that the loss was trained with.",
                f"blank = {other.index}   # in the decoder, as in CTCLoss(blank={other.index})",
            ),
            Fix(
                "If the loss should have had the configured index, correct it there and train anew.",
                f"torch.nn.CTCLoss(blank={configured.index})",
            ),
        ),
        total=rival.samples,
    )
