"""CTC415: is the class that the decoder drops the one that the model uses as blank?"""

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    NOTHING_LEARNED,
    BlankRival,
    Evidence,
    Finding,
    Findings,
    Fix,
    check,
    chosen,
)

WER_POINTS_SAVED = chosen(0.2, "20 points of WER", (0.05, 0.8), 228)
WER_LEFT = chosen(0.5, "half of the WER with the configured blank", (0.125, 0.75), 228)


@check(
    "CTC415",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("TRN504", NOTHING_LEARNED),
)
def wrong_blank_index(rival: BlankRival) -> Findings:
    """The class that behaves as the blank is not the one that is configured as blank.

    Why it matters: A decoder that drops another class than the loss does writes the blank as a gloss,
    and leaves out a gloss instead. The model may be good, and every score of it is bad. Toolkits
    disagree: torch and signjoey take the first class, TensorFlow and Keras the last.

    Judged by: The class that is likeliest in most frames is not the configured blank, and with it as
    the blank the WER of greedy decoding falls to half or less and by at least 20 points. Where
    nothing configures the blank there is nothing to judge.

    Fix: Give loss, decoder and config the same index.

    References: torch.nn.CTCLoss, parameter blank; tf.nn.ctc_loss, parameter blank_index.
    """
    configured, other = rival.configured, rival.likeliest
    saved = configured.wer - other.wer
    if (
        other.index == configured.index
        or saved < WER_POINTS_SAVED.value
        or other.wer > WER_LEFT.value * configured.wer
    ):
        return rival.sentence
    yield Finding(
        f"greedy decoding gives a WER of {configured.wer:.1%} with class {configured.index} as the "
        f"blank ({rival.known_by}), but one of {other.wer:.1%} with class {other.index}, which is the "
        f"most likely class in {rival.share:.1%} of the frames",
        (
            Evidence(
                f"WER that blank {other.index} saves", saved, rival.read_from, "share", WER_POINTS_SAVED
            ),
            Evidence(
                f"WER left with blank {other.index}", other.wer / configured.wer, rival.read_from,
                "share", WER_LEFT,
            ),
            Evidence("configured blank", configured.index, rival.known_by, f'"{configured.token}"'),
            Evidence("likeliest class in most frames", other.index, rival.read_from, f'"{other.token}"'),
        ),
        (
            Fix(
                "Give the decoder the index that the loss was trained with.",
                f"blank = {other.index}  # in the decoder, as in CTCLoss(blank={other.index})",
            ),
            Fix(
                "Retrain with the configured index if the loss should have had it.",
                f"torch.nn.CTCLoss(blank={configured.index})",
            ),
        ),
        total=rival.samples,
    )  # fmt: skip
