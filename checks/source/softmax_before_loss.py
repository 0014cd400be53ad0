"""SRC002: is the loss given what it takes: logits, or log-probabilities?"""

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Findings,
    Fix,
    LossInputs,
    check,
)


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
    if not code.faults:
        return code.sentence
    first, *others = code.faults
    more = f"; and the same in {', '.join(one.where for one in others)}" if others else ""
    yield Finding(
        message=f"{first.where}: {first.what}{more}",
        evidence=tuple(
            Evidence("softmax before a loss", line, place)
            for one in code.faults
            for place, line in one.quoted
        ),
        fixes=(
            Fix(
                "Give the cross-entropy the logits; give CTC and NLLLoss the output of `log_softmax`.",
                first.patch,
            ),
            *(Fix(f"Change {one.where} likewise.", one.patch) for one in others),
        ),
    )
