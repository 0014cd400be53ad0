"""CTC418: can anything but the blank win?"""

from collections.abc import Iterator

from slrdoctor.api import (
    DEGRADES,
    NOTHING_LEARNED,
    POSSIBLE,
    BlankRow,
    Evidence,
    Finding,
    Fix,
    Threshold,
    check,
)

SPREADS = Threshold(
    3,
    "Gaussian tail: inputs of unit size in random directions pass three spreads once in 700 frames; "
    "a small BiLSTM-CTC has -0.14 to 0 here in every epoch, healthy or not",
)
LONGER = Threshold(
    5, "rule of thumb, docs/limits.py: a small BiLSTM-CTC has 0.5 to 1.1 here in every epoch"
)


@check("CTC418", severity=DEGRADES, confidence=POSSIBLE, explains=NOTHING_LEARNED)
def blank_head_dominates(row: BlankRow) -> Iterator[Finding]:
    """The blank's row of the head lets the blank win whatever the input is.

    Why it matters: a CTC model whose head prefers the blank by itself emits nothing, and its
    gradients go into the head's bias before they reach the encoder. A large first bias, a head
    from another model or a strong penalty on glosses leave such a row.

    Judged by: how far the blank's bias is ahead of every other class, in spreads of the
    difference that inputs of unit size make; and the norm of its row over the longest other.
    That a trained blank is the likeliest class in most frames is normal and not judged here.

    Fix: initialise the head anew and train it on; do not add to the blank's bias by hand.

    References: Zeyer et al. 2021, Why does CTC result in peaky behavior?
    """
    ahead, longer = row.reach >= SPREADS.value, row.norm_ratio >= LONGER.value
    if not ahead and not longer:
        return
    if ahead:
        message = (
            f"the blank (index {row.blank}) has a bias of {row.bias:.2f}, every other class at most "
            f"{row.next_bias:.2f}: {row.reach:.1f} spreads ahead, which hardly any input makes up for"
        )
    else:
        message = (
            f"the blank's row (index {row.blank}) is {row.norm_ratio:.1f} times as long as that of any "
            f"other of {row.classes} classes, and outweighs them wherever it points along the input"
        )
    yield Finding(
        message=message,
        evidence=(
            Evidence("lead of the blank's bias", row.reach, row.read_from, "spreads", SPREADS),
            Evidence("norm of the blank's row over the next", row.norm_ratio, row.read_from, "", LONGER),
            Evidence("bias of the blank", row.bias, row.read_from),
        ),
        fixes=(
            Fix(
                "Initialise the head anew and go on training.",
                "model.head.reset_parameters()",
            ),
            Fix("Check that the blank's index is the one the loss was given.", "nn.CTCLoss(blank=0)"),
        ),
    )
