"""MDL603: did training reach all of the model?"""

from collections.abc import Iterator

from slrdoctor.api import (
    BLOCKS,
    LIKELY,
    NOTHING_LEARNED,
    Evidence,
    Finding,
    Fix,
    ParameterUpdates,
    Threshold,
    check,
)

MOST = Threshold(
    0.5,
    "rule of thumb, docs/limits.py: share of the parameters at first values; a model trained as "
    "usual has none there, as one step moves some value over the edge that it was drawn within",
)


@check("MDL603", severity=BLOCKS, confidence=LIKELY, explains=(NOTHING_LEARNED,))
def parameters_never_updated(updates: ParameterUpdates) -> Iterator[Finding]:
    """Training never updated the head, most of the model, or the statistics of its normalisations.

    Why it matters: random weights stay random. A head that is left out of the optimizer guesses
    forever; batch normalisations without statistics make evaluation another model than training.

    Judged by: two checkpoints of different epochs with the same parameters throughout; or a head
    that the optimizer remembers nothing of, that is the same in two epochs, or that still fills
    the range it was initialised in; or such first values in most of the parameters; or a mean of
    0 and a variance of 1 in every batch normalisation. A pretrained part that is frozen is none,
    nor is a best checkpoint that was saved again as the last one.

    Fix: give the optimizer all parameters, and look for requires_grad, detach and no_grad.

    References: PyTorch's defaults: uniform within 1/sqrt(fan in); Glorot and Bengio 2010
    """
    found = tuple(_faults(updates))
    if not found:
        return
    yield Finding(
        message=f"{updates.read_from}: {found[0][0]}",
        evidence=(
            *(evidence for _, evidence in found),
            Evidence("trained", updates.trained or "not told", updates.read_from),
        ),
        fixes=(
            Fix(
                "Give the optimizer every parameter.",
                "optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)",
            ),
            Fix(
                "List what takes no gradient after a backward pass.",
                "print([n for n, p in model.named_parameters() if p.grad is None])",
            ),
            Fix("Call model.train() before each training epoch, and look for detach() and no_grad()."),
        ),
    )


def _faults(updates: ParameterUpdates) -> Iterator[tuple[str, Evidence]]:
    """Everything that was never updated, as it is said and as evidence."""
    read_from, trained = updates.read_from, updates.trained
    if updates.unchanged:
        yield (
            f"no parameter differs between {updates.unchanged}",
            Evidence("parameters that changed", 0, updates.unchanged),
        )
    if updates.head:
        yield (
            f"the head was never updated: {updates.head}",
            Evidence("head never updated", updates.head, read_from),
        )
    share = updates.random_share
    if share > MOST.value:
        names = ", ".join(updates.random[:2])
        yield (
            f"{share:.0%} of the parameters have their first values although {trained}: {names}",
            Evidence("share of parameters at first values", share, read_from, limit=MOST),
        )
    if updates.statistics:
        yield (
            f"all {updates.statistics} batch normalisations have mean 0, variance 1 although {trained}",
            Evidence("batch normalisations without statistics", updates.statistics, read_from),
        )
