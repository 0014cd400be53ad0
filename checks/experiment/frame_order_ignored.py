"""ACT007: does the output depend on the frames, and on their order?"""

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    Evidence,
    Finding,
    Findings,
    Fix,
    ModelBehaviour,
    Threshold,
    check,
)

LARGEST_ROUNDING = Threshold(1e-3, "Arithmetic: rounding in single precision is ten times smaller.")


@check("ACT007", severity=BLOCKS, confidence=LIKELY, explains=("ACT002", "CTC412", "TRN502"))
def frame_order_ignored(behaviour: ModelBehaviour) -> Findings:
    """Zeroing or shuffling the frames does not change the output.

    Why it matters: Signs are movements. A model with the same output for zeros loses its input on the
    way. One with the same output for shuffled frames cannot tell a sign from its reverse, nor one order
    of glosses from another.

    Judged by: The same batch in eval mode, with all frames zero, and with the frames of each clip
    shuffled. For sequences the outputs are compared without their order, so that a model that looks at
    one frame at a time is found as well.

    Fix: Follow the features through forward(). Add positions to attention, and let layers look at
    several frames together.

    References: Vaswani et al. 2017, Attention Is All You Need, section 3.5 (why positions are needed).
    """
    if behaviour.zeroed < LARGEST_ROUNDING.value:
        same, value = "the output is the same for zeros as for the samples", behaviour.zeroed
        fix = "Follow the features through forward(): somewhere they are dropped, masked or overwritten."
    elif behaviour.shuffled < LARGEST_ROUNDING.value:
        same, value = "the output is the same when the frames are shuffled", behaviour.shuffled
        fix = "Add positions before attention, or a recurrent or convolutional layer over time."
    else:
        return "the output changes when frames are shuffled or set to zero"
    yield Finding(
        f"{same}: no log-probability changes by more than {value:.1g} nats",
        (
            Evidence(
                "change with the input zeroed",
                behaviour.zeroed,
                behaviour.read_from,
                "nats",
                LARGEST_ROUNDING,
            ),
            Evidence(
                "change with frames shuffled",
                behaviour.shuffled,
                behaviour.read_from,
                "nats",
                LARGEST_ROUNDING,
            ),
        ),
        (Fix(fix),),
        verify=f"slrdoctor scan RUN_DIR --model {behaviour.model} --verify ACT007",
    )
