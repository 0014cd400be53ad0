"""SRC007: is the model in eval mode where it is scored?"""

from slrdoctor.api import (
    FAILS_ON_DEV,
    LIKELY,
    MISLEADS,
    Evidence,
    Finding,
    Findings,
    Fix,
    ScoredModes,
    check,
)


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
    if not code.faults:
        return code.sentence
    first, *others = code.faults
    more = f"; and the same in {', '.join(one.where for one in others)}" if others else ""
    yield Finding(
        message=f"{first.where}: {first.what}{more}",
        evidence=tuple(
            Evidence("loop that scores without eval()", line, place)
            for one in code.faults
            for place, line in one.quoted
        ),
        fixes=(
            Fix("Call `model.eval()` before the evaluation, and `model.train()` after it.", first.patch),
            *(Fix(f"Change {one.where} likewise.", one.patch) for one in others),
        ),
    )
