"""SRC007: is the model in eval mode where it is scored?"""

from slrdoctor.api import (
    FAILS_ON_DEV,
    LIKELY,
    MISLEADS,
    Findings,
    ScoredModes,
    check,
)

from ._pattern import pattern_found


@check("SRC007", severity=MISLEADS, confidence=LIKELY, explains=(FAILS_ON_DEV, "EVL913", "MDL611"))
def scored_in_train_mode(code: ScoredModes) -> Findings:
    """The model is scored in train mode: nothing on the way to the evaluation calls `eval()`.

    Why it matters: In train mode dropout removes parts of the model, and batch norm takes the
    statistics of the batch and goes on learning them from held-out samples. The scores are too
    low, depend on the batch, and differ from one evaluation to the next.

    Judged by: A loop over held-out samples calls a model and scores it, without a backward pass;
    the program trains a model that has dropout or batch norm; and neither the loop's function, nor
    its callers, nor what they call sets the mode. `torch.no_grad()` does not set it. Dropout on
    purpose is left out.

    Fix: Call `model.eval()` before the evaluation, and `model.train()` after it.

    References: torch.nn.Module.eval; pytorch.org, Autograd mechanics, on evaluation mode.
    """
    return (
        yield from pattern_found(
            code,
            "loop that scores without eval()",
            "Call `model.eval()` before the evaluation, and `model.train()` after it.",
        )
    )
