"""MDL603: did training update the whole model?"""

from collections.abc import Iterator

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Findings,
    Fix,
    ParameterUpdates,
    check,
    chosen,
)

INITIAL_PARAMETERS = chosen(
    0.5,
    "in a trained model none remain, as one step moves some values outside the interval they were "
    "drawn from",
    (0.25, 0.75),
    402,
)


NO_RATE = 1e-9  # a step of this rate is lost in the rounding of a weight of 0.1
NAMED = 2  # parameters that the message names


RATE = Fix("Set a learning rate above 0, and step a schedule that counts epochs once per epoch.")


@check("MDL603", severity=BLOCKS, confidence=LIKELY, explains=(NOTHING_LEARNED,))
def parameters_never_updated(updates: ParameterUpdates) -> Findings:
    """Training never updated the last layer, most of the model, or its batch normalisation.

    Why it matters: Random weights stay random. A last layer that the optimizer does not have guesses
    forever, and batch normalisation without statistics evaluates another model than was trained.

    Judged by: Frozen pretrained parts, a second head that a run which learned has not used, parts
    frozen in a run with a sound score, and a best checkpoint saved again as the last, are fine. Any of:
    - two checkpoints of different epochs with exactly the same parameters;
    - a last layer without optimizer state, equal in two epochs, or with its initial values;
    - initial values in most of the parameters;
    - zeros in every matrix of an adapter (LoRA) that begins at zero;
    - a mean of 0 and a variance of 1 in every batch normalisation.
    The learning rate that the optimizer holds in the checkpoint is named where it is below 1e-9.

    Fix: Give the optimizer all parameters, and look for requires_grad, detach and no_grad.

    References: PyTorch's initialisation, uniform within 1/sqrt(fan in); Glorot and Bengio 2010.
    """
    found = tuple(_faults(updates))
    if not found:
        return updates.sentence
    rates = [updates.rate] if updates.rate is not None and updates.rate < NO_RATE else []
    cause = "".join(f"; the learning rate of its optimizer is {rate:.2g}" for rate in rates)
    yield Finding(
        message=f"in {updates.read_from}, {found[0][0]}{cause}",
        evidence=(
            *(evidence for _, evidence in found),
            *(Evidence("learning rate", rate, updates.read_from) for rate in rates),
            Evidence("sign of training", updates.trained or "none", updates.read_from),
        ),
        fixes=(
            *([RATE] if rates else []),
            Fix(
                "Give the optimizer every parameter.",
                "optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)",
            ),
            Fix(
                "List the parameters without a gradient after a backward pass.",
                "print([n for n, p in model.named_parameters() if p.grad is None])",
            ),
            Fix("Call model.train() before each training epoch, and look for detach() and no_grad()."),
        ),
    )


def _faults(updates: ParameterUpdates) -> Iterator[tuple[str, Evidence]]:
    """Everything that was never updated: message and evidence."""
    read_from, trained = updates.read_from, updates.trained
    if updates.unchanged:
        yield (
            f"all parameters are the same in {updates.unchanged}",
            Evidence("parameters that changed", 0, updates.unchanged),
        )
    if updates.head:
        yield (
            f"the last layer was never updated, as {updates.head}",
            Evidence("last layer", updates.head, read_from),
        )
    share = updates.random_share
    if share > INITIAL_PARAMETERS.value:
        names = ", ".join(updates.random[:NAMED])
        more = f" and {len(updates.random) - NAMED} more" if len(updates.random) > NAMED else ""
        yield (
            f"{'all' if share >= 1 else f'{share:.0%} of the'} parameters ({names}{more}) have their "
            f"initial values although {trained}",
            Evidence(
                "parameters with their initial values", share, read_from, "share", INITIAL_PARAMETERS
            ),
        )
    if updates.adapters:
        yield (
            f"all {updates.adapters} matrices of the adapter that begin at zero are zero although "
            f"{trained}",
            Evidence("matrices of the adapter that changed", 0, read_from),
        )
    if updates.statistics:
        yield (
            f"all {updates.statistics} batch normalisations have mean 0 and variance 1 although "
            f"{trained}",
            Evidence("batch normalisations without statistics", updates.statistics, read_from),
        )
