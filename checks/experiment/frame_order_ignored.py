"""ACT007: does the output depend on the frames, and on their order?"""

from collections.abc import Iterator

from slrdoctor.api import BLOCKS, LIKELY, Evidence, Finding, Fix, ModelBehaviour, Threshold, check

SAME = Threshold(1e-3, "rounding of single precision stays under it by a factor of ten and more")


@check("ACT007", severity=BLOCKS, confidence=LIKELY, explains=("ACT002", "CTC412", "TRN502"))
def frame_order_ignored(behaviour: ModelBehaviour) -> Iterator[Finding]:
    """Zeroing or shuffling the frames leaves the output as it was.

    Why it matters: signs are movements. A model that gives the same for zeros has lost its input on the
    way; one that gives the same for shuffled frames cannot tell a sign from its reverse, nor the order
    of glosses.

    Judged by: the same batch with all frames zero, and with the frames of each clip shuffled, in
    eval mode. For sequences the outputs are compared without their order, so that a model that looks
    at one frame at a time shows as such.

    Fix: follow the features through forward(); give attention positions, and look at frames together.

    References: Vaswani et al. 2017, Attention Is All You Need, section 3.5 (why positions are needed).
    """
    if behaviour.zeroed < SAME.value:
        told, value = "the output is the same for zeros as for the samples", behaviour.zeroed
        fix = "Follow the features through forward(): somewhere they are dropped, masked or overwritten."
    elif behaviour.shuffled < SAME.value:
        told, value = "the output is the same when the frames are shuffled", behaviour.shuffled
        fix = "Add positions before attention, or a recurrent or convolutional layer over time."
    else:
        return
    yield Finding(
        f"{told}: no log-probability changes by more than {value:.1g} nats",
        (
            Evidence(
                "change with the input zeroed", behaviour.zeroed, behaviour.read_from, "nats", SAME
            ),
            Evidence(
                "change with frames shuffled", behaviour.shuffled, behaviour.read_from, "nats", SAME
            ),
        ),
        (Fix(fix),),
        verify=f"slrdoctor scan RUN_DIR --model {behaviour.model} --select ACT007",
    )
