"""ACT004: does the loss reach every trainable parameter?"""

from slrdoctor.api import (
    BLOCKS,
    CERTAIN,
    GRADIENTS,
    Evidence,
    Finding,
    Findings,
    Fix,
    ModelBehaviour,
    Threshold,
    agreeing,
    check,
    part_of,
)

TENSORS_WITHOUT_GRADIENT = Threshold(
    0, "Arithmetic: an optimizer never changes a parameter without a gradient."
)


NAMED = 4  # tensors


@check("ACT004", severity=BLOCKS, confidence=CERTAIN, explains=("ACT002", "MDL603"), gate=GRADIENTS)
def gradient_missing(behaviour: ModelBehaviour) -> Findings:
    """Some trainable parameters get no gradient.

    Why it matters: They keep their random initial values, and the layers after them learn from noise.
    The loss may still fall, since the last layer alone can memorise a few samples.

    Judged by: One backward pass from the loss and from every other output. Counted are the tensors
    without a gradient in layers that were called. Layers that are never called, and tensors with
    requires_grad off, do not count.

    Fix: Remove the no_grad, detach, numpy or argmax step between these parameters and the loss.

    References: PyTorch documentation, Autograd mechanics.
    """
    if not behaviour.without_gradient_count:
        return f"the loss reaches all {behaviour.trainable} trainable tensors"
    share = behaviour.without_gradient_values / max(behaviour.parameters, 1)
    count = behaviour.without_gradient_count
    names = ", ".join(behaviour.without_gradient[:NAMED])
    more = f" and {count - NAMED} more" if count > NAMED else ""
    yield Finding(
        f"{part_of(count, behaviour.trainable, 'trainable tensor')} ({names}{more}, {share:.0%} of the "
        f"parameters) {agreeing(count, 'gets', 'get')} no gradient from the loss",
        (
            Evidence(
                "trainable tensors without gradient", behaviour.without_gradient_count,
                behaviour.read_from, f"of {behaviour.trainable} tensors", TENSORS_WITHOUT_GRADIENT,
            ),
            Evidence("their parameters", share, behaviour.read_from, "share"),
        ),
        (
            Fix(
                "Remove the no_grad, detach or numpy step in forward() between these layers "
                "and the loss.",
                "for n, p in model.named_parameters(): print(n, None if p.grad is None else "
                "p.grad.norm())",
            ),
            Fix("If they are meant to be frozen, mark them so: requires_grad_(False)."),
        ),
        affected=behaviour.without_gradient_count,
        total=behaviour.trainable,
        verify=f"slrdoctor scan RUN_DIR --model {behaviour.model} --verify ACT004",
    )  # fmt: skip
