"""CTC415: is the class that the decoder drops the one that the model uses as blank?"""

from collections.abc import Iterator

from slrdoctor.api import BLOCKS, LIKELY, Evidence, Finding, Fix, LogProbs, Threshold, check

DROP = Threshold(0.2, "rule of thumb, to be measured: of WER, in points of the share")
HALF = Threshold(0.5, "rule of thumb, to be measured: of the WER with the configured blank")


@check(
    "CTC415",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=("CTC411", "CTC412", "CTC413", "CTC414", "TRN502", "EVL904"),
)
def wrong_blank_index(outputs: LogProbs) -> Iterator[Finding]:
    """The class that behaves as the blank is not the one that is configured as blank.

    Why it matters: a decoder that drops another class than the loss does writes the blank as a
    gloss, and leaves out a gloss instead. The model may be good, and every score of it is bad.
    Toolkits disagree: torch and signjoey take the first class, TensorFlow and Keras the last.

    Judged by: the class that is likeliest in most frames is not the configured blank, and with
    it as blank the WER of greedy decoding falls to half or less and by at least 20 points. A
    blank that is only assumed, as nothing configures it, is no fault and is not judged.

    Fix: give loss, decoder and config the same index.

    References: torch.nn.CTCLoss, parameter blank; tf.nn.ctc_loss, parameter blank_index.
    """
    rival = outputs.commonest_class
    if rival.index == outputs.blank or not outputs.blank_is_certain:
        return
    if rival.wer > HALF.value * outputs.wer or outputs.wer - rival.wer < DROP.value:
        return
    yield Finding(
        f"with the configured blank {outputs.blank} ({outputs.blank_known_by}) greedy decoding has "
        f"{outputs.wer:.1%} WER, with class {rival.index}, likeliest in {outputs.commonest_share:.1%} "
        f"of the frames, {rival.wer:.1%}",
        (
            Evidence(
                "WER saved by another blank", outputs.wer - rival.wer, outputs.read_from, limit=DROP
            ),
            Evidence(
                "its WER over the configured one's",
                rival.wer / outputs.wer,
                outputs.read_from,
                limit=HALF,
            ),
            Evidence("configured blank", outputs.blank, outputs.blank_known_by),
            Evidence("class of most frames", rival.index, outputs.read_from, f'"{rival.token}"'),
        ),
        (
            Fix(
                "Give the decoder the index that the loss was trained with.",
                f"blank = {rival.index}   # in the decoder, as in CTCLoss(blank={rival.index})",
            ),
            Fix(
                "If the loss should have had the configured index, correct it there and train anew.",
                f"torch.nn.CTCLoss(blank={outputs.blank})",
            ),
        ),
        total=len(outputs.ids),
    )
