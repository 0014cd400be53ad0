"""SRC001: is the gradient reset between two steps of the optimizer?"""

from slrdoctor.api import (
    DEGRADES,
    LIKELY,
    NOTHING_LEARNED,
    Findings,
    GradientResets,
    check,
)

from ._pattern import pattern_found


@check(
    "SRC001",
    severity=DEGRADES,
    confidence=LIKELY,
    explains=(
        NOTHING_LEARNED,
        "TRN503",
        "TRN506",
        "TRN507",
    ),
)
def gradients_never_reset(code: GradientResets) -> Findings:
    """Gradients are never reset between two steps of the optimizer.

    Why it matters: `backward` adds to the gradients that are there. Without a reset every step
    goes along the sum of all gradients since training began: the steps grow, keep to old
    directions, and training overshoots or ends far above what it could reach.

    Judged by: A loop, or a function that is called in loops only, has a backward pass and a step
    of an optimizer of torch, and neither it nor any function of the folder that it calls resets
    gradients (`zero_grad`, `grad = None`). Gradients that are accumulated on purpose are reset
    after some steps. Wrappers that reset by themselves, closures, and optimizers that are made
    within the loop are left out.

    Fix: Call `optimizer.zero_grad()` before each backward pass, or after each step.

    References: torch.optim.Optimizer.zero_grad; pytorch.org, Zeroing out gradients in PyTorch.
    """
    return (
        yield from pattern_found(
            code,
            "loop without a reset",
            "Call `optimizer.zero_grad()` before each backward pass, or after each step.",
        )
    )
