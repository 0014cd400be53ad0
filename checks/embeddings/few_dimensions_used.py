"""EMB703: how many of their dimensions do the embeddings use?"""

from collections.abc import Iterator

from slrdoctor.api import (
    DEGRADES,
    POSSIBLE,
    WRONG_OUTPUT,
    Embeddings,
    Evidence,
    Finding,
    Fix,
    Threshold,
    check,
)

SHARE = Threshold(
    0.1, "rule of thumb, docs/limits.py: random embeddings use nine tenths, collapsed ones a few"
)
FEWEST = Threshold(
    20,
    "rule of thumb, docs/limits.py: directions that there must be room for before few of them are few",
)


@check("EMB703", severity=DEGRADES, confidence=POSSIBLE, shows=WRONG_OUTPUT)
def few_dimensions_used(embeddings: Embeddings) -> Iterator[Finding]:
    """The embeddings use few of the directions that they have room for.

    Why it matters: what is embedded along a few directions is told apart by a few numbers. Such a
    space was squeezed by its loss or head, and a wider one would not help.

    Judged by: the effective rank, the exponential of the entropy of the normalised singular values
    after the mean is taken off, under a tenth of the directions that there could be: dimensions,
    samples less one, and labels less one, since embeddings that are their label need no more.

    Fix: put the loss on a projection head and use what lies before it; lower the weight decay,
    raise the temperature, or add a term for variance and covariance.

    References: Roy and Vetterli 2007, The effective rank; Jing et al. 2022, Understanding
    Dimensional Collapse; Bardes et al. 2022, VICReg.
    """
    for one in embeddings.sets:
        share = one.rank / one.rank_limit if one.rank_limit else 1.0
        if one.rank_limit < FEWEST.value or share >= SHARE.value:
            continue
        yield Finding(
            f"the {one.name} of {one.dims} dimensions use {one.rank:.1f} directions where {one.samples} "
            f"samples{f' of {one.types} labels' if one.types else ''} have room for {one.rank_limit}",
            (
                Evidence("effective rank over its limit", share, one.read_from, limit=SHARE),
                Evidence("effective rank", one.rank, one.read_from),
                Evidence("samples", one.samples, one.read_from),
            ),
            (
                Fix(
                    "Put the contrastive loss on a projection head, and use what lies before it.",
                    "self.project = nn.Sequential(nn.Linear(d, d), nn.ReLU(), nn.Linear(d, 128))",
                ),
                Fix("Add VICReg's variance and covariance terms to the loss."),
            ),
        )
        return
