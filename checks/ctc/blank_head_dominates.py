"""CTC418: can anything but the blank win?"""

from slrdoctor.api import (
    DEGRADES,
    NOTHING_LEARNED,
    POSSIBLE,
    BlankRow,
    Evidence,
    Finding,
    Findings,
    Fix,
    Threshold,
    check,
    chosen,
)

LARGEST_BIAS_LEAD = Threshold(
    3,
    "Gaussian tail: inputs of unit size in random directions exceed three standard deviations once in "
    "700 frames; a small BiLSTM-CTC has -0.14 to 0 here in every epoch, healthy or not",
)
LARGEST_NORM_RATIO = chosen(5, "a small BiLSTM-CTC has 0.5 to 1.1 in every epoch", (1.25, 20), 228)


@check("CTC418", severity=DEGRADES, confidence=POSSIBLE, explains=(NOTHING_LEARNED,))
def blank_head_dominates(row: BlankRow) -> Findings:
    """The blank's row of the head lets the blank win whatever the input is.

    Why it matters: A CTC model whose head prefers the blank by itself emits nothing, and its
    gradients go into the head's bias before they reach the encoder. A large initial bias, a head
    taken from another model or a strong penalty on glosses leaves such a row.

    Judged by: That a trained blank is the likeliest class in most frames is normal. Either of these
    is not:
    - The blank's bias leads every other class by three standard deviations of what inputs of unit
      size add to the difference.
    - The blank's weight vector is five times as long as any other.

    Fix: Re-initialise the head and continue training. Do not add to the blank's bias by hand.

    References: Zeyer et al. 2021, Why does CTC result in peaky behavior?
    """
    ahead, longer = row.reach >= LARGEST_BIAS_LEAD.value, row.norm_ratio >= LARGEST_NORM_RATIO.value
    if not ahead and not longer:
        return row.sentence
    if ahead:
        message = (
            f"the bias of the blank (index {row.blank}) is {row.bias:.2f}, that of every other class at "
            f"most {row.next_bias:.2f}: the output is the blank for nearly every input (if the inputs "
            f"of the last layer have unit size, this lead is {row.reach:.1f} standard deviations)"
        )
    else:
        message = (
            f"the weight vector of the blank (index {row.blank}) is {row.norm_ratio:.1f} times as long "
            f"as that of any other of the {row.classes} classes, so the blank wins wherever this vector "
            "points along the input"
        )
    yield Finding(
        message=message,
        evidence=(
            Evidence(
                "lead of the blank's bias", row.reach, row.read_from, "standard deviations",
                LARGEST_BIAS_LEAD,
            ),
            Evidence(
                "norm of the blank's weights", row.norm_ratio, row.read_from, "times the next longest",
                LARGEST_NORM_RATIO,
            ),
            Evidence("bias of the blank", row.bias, row.read_from),
        ),
        fixes=(
            Fix(
                "Re-initialise the head and continue training.",
                "model.head.reset_parameters()",
            ),
            Fix("Give the loss the same blank index.", f"nn.CTCLoss(blank={row.blank})"),
        ),
    )  # fmt: skip
