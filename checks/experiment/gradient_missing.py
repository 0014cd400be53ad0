"""ACT004: does the loss reach every trainable parameter?"""

from collections.abc import Iterator

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    GRADIENTS,
    Evidence,
    Finding,
    Fix,
    ModelBehaviour,
    Threshold,
    check,
)

NONE = Threshold(0, "exact: a parameter without gradient is never changed by an optimizer")


@check("ACT004", severity=BLOCKS, confidence=CERTAIN, explains=("ACT002", "MDL603"), gate=GRADIENTS)
def gradient_missing(behaviour: ModelBehaviour) -> Iterator[Finding]:
    """Trainable parameters get no gradient.

    Why it matters: they stay at their random start, and what is behind them learns from noise. The loss
    may still fall, as the head alone can learn a few samples by heart.

    Judged by: one backward pass from the loss and from every other output. Tensors of layers that
    were called and whose gradient is absent are counted; layers that are never called, and those
    with requires_grad off, are left out.

    Fix: take away the no_grad, detach, numpy or argmax step between them and the loss.

    References: PyTorch documentation, Autograd mechanics.
    """
    if not behaviour.without_gradient_count:
        return
    share = behaviour.without_gradient_values / max(behaviour.parameters, 1)
    names = ", ".join(behaviour.without_gradient[:4])
    yield Finding(
        f"{behaviour.without_gradient_count} of {behaviour.trainable} trainable tensors, "
        f"{share:.0%} of the "
        f"parameters, get no gradient from the loss: {names}",
        (
            Evidence(
                "trainable tensors without gradient", behaviour.without_gradient_count,
                behaviour.read_from, f"of {behaviour.trainable} tensors", NONE,
            ),
            Evidence("their share of the parameters", share, behaviour.read_from),
        ),
        (
            Fix(
                "Take away the no_grad, detach or numpy step in forward() between these layers "
                "and the loss.",
                "for n, p in model.named_parameters(): print(n, None if p.grad is None else "
                "p.grad.norm())",
            ),
            Fix("Where they are meant to be frozen, say so: requires_grad_(False)."),
        ),
        affected=behaviour.without_gradient_count,
        total=behaviour.trainable,
        verify=f"slrdoctor scan RUN_DIR --model {behaviour.model} --select ACT004",
    )  # fmt: skip
