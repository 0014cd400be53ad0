"""EMB703: how many of their dimensions do the embeddings use?"""

from slrdoctor.api import (
    DEGRADES,
    POSSIBLE,
    WRONG_OUTPUT,
    Embeddings,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    check,
    chosen,
)

DIRECTIONS_USED = chosen(0.1, "random embeddings use nine tenths of them", (0.09, 0.1), 47)
FEWEST_DIRECTIONS = chosen(20, "a tenth of fewer is one direction or two", (5, 40), 47)


@check("EMB703", severity=DEGRADES, confidence=POSSIBLE, shows=WRONG_OUTPUT)
def few_dimensions_used(embeddings: Embeddings) -> Findings:
    """The embeddings use few of the directions that they have room for.

    Why it matters: What is embedded along a few directions is distinguished by a few numbers. Such a
    space was squeezed by its loss or head, and a wider one would not help.

    Judged by: The effective rank is the exponential of the entropy of the normalised singular values
    once the mean is subtracted. It is under a tenth of the directions that there could be: dimensions,
    samples less one, and labels less one, since embeddings that are their label need no more.

    Fix: Put the loss on a projection head and use what lies before it; lower the weight decay, raise the
    temperature, or add a term for variance and covariance.

    References: Roy and Vetterli 2007, The effective rank; Jing et al. 2022, Understanding
    Dimensional Collapse; Bardes et al. 2022, VICReg.
    """
    for one in embeddings.sets:
        share = one.rank / one.rank_limit if one.rank_limit else 1.0
        if one.rank_limit < FEWEST_DIRECTIONS.value or share >= DIRECTIONS_USED.value:
            continue
        yield Finding(
            f"the {one.name} use only {one.rank:.1f} of their {one.dims} dimensions (effective rank); "
            f"{one.samples} samples{f' of {one.types} labels' if one.types else ''} could spread over "
            f"{one.rank_limit} of them",
            (
                Evidence("directions in use", share, one.read_from, "share", DIRECTIONS_USED),
                Evidence("effective rank", one.rank, one.read_from, f"of at most {one.rank_limit}"),
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
    if all(one.rank_limit < FEWEST_DIRECTIONS.value for one in embeddings.sets):
        fewest = f"{FEWEST_DIRECTIONS.value:g}"
        raise NotJudged(f"the embeddings have room for fewer than {fewest} directions")
    return embeddings.sentence
