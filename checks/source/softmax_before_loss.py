"""SRC002: is the loss given what it takes: logits, or log-probabilities?"""

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    NOTHING_LEARNED,
    Findings,
    LossInputs,
    check,
)

from ._pattern import pattern_found


@check("SRC002", severity=DEGRADES, confidence=LIKELY, explains=(NOTHING_LEARNED,))
def softmax_before_loss(code: LossInputs) -> Findings:
    """A loss is given probabilities where it takes logits or log-probabilities.

    Why it matters: A cross-entropy takes the softmax itself. Taken twice, the largest probability
    of K classes is e / (K - 1 + e), so the loss cannot fall below ln(K - 1 + e) - 1 and the
    gradients are small. CTC and the likelihood loss take logarithms: given probabilities, they are
    negative and favour nothing.

    Judged by: The first argument of a loss of torch is followed back, through assignments, models
    of the folder and what all callers hand in, to a softmax. A log-softmax before a cross-entropy,
    or two of them, change nothing and are left out, as is any value that could not be followed.

    Fix: Give the cross-entropy the logits; give CTC and NLLLoss the output of `log_softmax`.

    References: torch.nn.CrossEntropyLoss, torch.nn.CTCLoss and torch.nn.NLLLoss on their input.
    """
    return (
        yield from pattern_found(
            code,
            "softmax before a loss",
            "Give the cross-entropy the logits; give CTC and NLLLoss the output of `log_softmax`.",
        )
    )
