"""SRC003: is a learning rate or a factor of its schedule 0?"""

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    NOTHING_LEARNED,
    Findings,
    ZeroRates,
    check,
)

from ._pattern import pattern_found


@check(
    "SRC003",
    severity=BLOCKS,
    confidence=LIKELY,
    explains=(
        NOTHING_LEARNED,
        "TRN506",
        "MDL603",
    ),
)
def rate_zero_in_code(code: ZeroRates) -> Findings:
    """A learning rate, or the factor of a schedule, is 0 in the program.

    Why it matters: With a rate of 0 no step changes the model. A factor of 0 (also one that a
    whole-number division makes 0, as in `1 // (epoch + 1)`) does the same from the first change of
    the rate on.

    Judged by: The number that an optimizer or schedule of torch, Keras or Transformers is given,
    as a literal, a constant, or a function of the epoch that is worked out at several epochs.
    Defaults that a command line may overrule, groups of parameters, and programs that set the rate
    themselves are left out.

    Fix: Set a rate above 0, such as 1e-3 for Adam, and a factor such as 0.1.

    References: torch.optim; torch.optim.lr_scheduler.
    """
    return (
        yield from pattern_found(
            code,
            "rate or factor of 0",
            "Set a rate above 0, such as 1e-3 for Adam, and a factor such as 0.1.",
        )
    )
