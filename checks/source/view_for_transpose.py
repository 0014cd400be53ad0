"""SRC005: does a view or reshape exchange two axes?"""

from slrdoctor.api import (
    BLOCKS,
    FAILS_ON_DEV,
    LIKELY,
    NOTHING_LEARNED,
    ExchangedAxes,
    Findings,
    check,
)

from ._pattern import pattern_found


@check(
    "SRC005",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=(
        NOTHING_LEARNED,
        FAILS_ON_DEV,
    ),
)
def view_for_transpose(code: ExchangedAxes) -> Findings:
    """A view or reshape is used to exchange two axes, which mixes the frames of different samples.

    Why it matters: `view` and `reshape` keep the numbers in their order and cut them anew: nothing
    is exchanged. A [B, T, D] tensor viewed as [T, B, D] holds, in each row, frames of other times
    and samples, so the model is trained on shuffled input.

    Judged by: A tensor is viewed by all of its own sizes in another order (`x.view(x.size(1),
    x.size(0), -1)`, or by the names that `x.shape` was unpacked into), and is the same tensor
    where the sizes were taken. Sides of pictures, and tensors of one value or of noise, are left
    out.

    Fix: Use `transpose` or `permute`.

    References: torch.Tensor.view and torch.transpose.
    """
    return (yield from pattern_found(code, "view by exchanged sizes", "Use `transpose` or `permute`."))
