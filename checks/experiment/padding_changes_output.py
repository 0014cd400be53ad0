"""ACT006: is a sample alone what it is when padded in a batch?"""

from collections.abc import Iterator

from slrdoctor.api import DEGRADES, LIKELY, Evidence, Finding, Fix, ModelBehaviour, Threshold, check

FRAMES = Threshold(
    0.25,
    "rule of thumb, docs/limits.py: unmasked convolutions change a few frames at the edge, an unpacked "
    "backward layer most of them",
)


@check("ACT006", severity=DEGRADES, confidence=LIKELY)
def padding_changes_output(behaviour: ModelBehaviour) -> Iterator[Finding]:
    """A sample gives another output alone than padded in a batch.

    Why it matters: what is decoded then depends on the longest clip of the batch, and scores change with
    the batch size. Padding that is taken for frames also wastes what the model learns.

    Judged by: the shortest sample alone and in its batch, in eval mode: frames where a class with a
    probability of over 5% changes by over 10% count.

    Fix: give the lengths to the model: pack sequences, mask attention and convolutions.

    References: REFERENCE row 93 in docs/overfit.md: last steps of padded clips used as a summary.
    """
    if behaviour.padding_frames <= FRAMES.value:
        return
    yield Finding(
        f"the shortest sample, {behaviour.padded:.0%} of whose place in the batch is "
        "padding, gives another "
        f"output alone: {behaviour.padding_frames:.0%} of its frames change, by up to "
        f"{behaviour.padding:.2f} nats",
        (
            Evidence(
                "frames that change",
                behaviour.padding_frames,
                behaviour.read_from,
                "share of frames",
                FRAMES,
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
        verify=f"slrdoctor scan RUN_DIR --model {behaviour.model} --select ACT006",
    )
