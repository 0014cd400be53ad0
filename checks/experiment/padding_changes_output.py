"""ACT006: does a sample have the same output alone as when padded in a batch?"""

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    Evidence,
    Finding,
    Findings,
    Fix,
    ModelBehaviour,
    check,
    chosen,
)

CHANGED_FRAMES = chosen(
    0.25, "unmasked convolutions change a few frames at the edge, an unpacked backward layer most"
)


@check("ACT006", severity=DEGRADES, confidence=LIKELY)
def padding_changes_output(behaviour: ModelBehaviour) -> Findings:
    """A sample has another output alone than when padded in a batch.

    Why it matters: The decoded output then depends on the longest clip of the batch, and scores change
    with the batch size. The model also learns from padding as if it were frames.

    Judged by: The shortest sample alone and in its batch, in eval mode. Counted are the frames in which
    a class with a probability of over 5% changes by over 10%.

    Fix: Pass the lengths to the model: pack sequences, and mask attention and convolutions.

    References: torch.nn.utils.rnn.pack_padded_sequence; torch.nn.MultiheadAttention, key_padding_mask.
    """
    if behaviour.padding_frames <= CHANGED_FRAMES.value:
        return "padding does not change the output of a sample"
    yield Finding(
        f"alone, the shortest sample has another output than in a batch, where {behaviour.padded:.0%} "
        "of "
        f"its frames are padding: {behaviour.padding_frames:.0%} of its real frames change, by up to "
        f"{behaviour.padding:.2f} nats",
        (
            Evidence(
                "frames that change",
                behaviour.padding_frames,
                behaviour.read_from,
                "share",
                CHANGED_FRAMES,
            ),
            Evidence("largest change", behaviour.padding, behaviour.read_from, "nats"),
        ),
        (
            Fix(
                "Pack the batch before recurrent layers.",
                "nn.utils.rnn.pack_padded_sequence(x, lengths.cpu(), batch_first=True, "
                "enforce_sorted=False)",
            ),
            Fix("Give attention a key_padding_mask, and set padding to zero before each convolution."),
        ),
        verify=f"slrdoctor scan RUN_DIR --model {behaviour.model} --verify ACT006",
    )
