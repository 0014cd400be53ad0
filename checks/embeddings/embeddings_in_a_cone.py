"""EMB702: do all embeddings share an offset?"""

from math import isnan

from slrdoctor.api import (
    CERTAIN,
    NOTE,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Separation,
    check,
    chosen,
    number,
)

HIGHEST_NEGSIM = chosen(
    0.8,
    "encoders, trained or not, have mean cosines of 0.5 to 0.6 (Liang et al. 2022)",
    (0.72, 0.8),
    47,
)


@check("EMB702", severity=NOTE, confidence=CERTAIN)
def embeddings_in_a_cone(separation: Separation) -> Findings:
    """All embeddings share an offset, and what distinguishes them is intact.

    Why it matters: A NegSim near 1 looks like collapse. Where neighbours still have the right label it
    is only a mean vector that all embeddings share, and it hides how far apart they are.

    Judged by: The mean similarity to other labels is over 0.8, while retrieval at 1 or at 5 is beyond
    what guessing reaches once in a thousand.

    Fix: Subtract the mean of the training embeddings before you compare them.

    References: Liang et al. 2022, Mind the Gap; Mu and Viswanath 2018, All-but-the-Top.
    """
    for one in separation.splits:
        if not one.is_informative or one.negsim <= HIGHEST_NEGSIM.value:
            continue
        times = one.times_chance
        apart = f"positive pairs reach {one.centred:.2f}"
        if not isnan(one.margin):
            apart += f", {one.margin:.2g} standard deviations above negative ones"
        at_1 = f". Retrieval at 1 is {one.at_1:.1%}, {number(times)} times chance"
        yield Finding(
            f"NegSim is {one.negsim:.3f} only because all {one.what} share an offset. "
            f"Without it, {apart}{'' if isnan(one.at_1) else at_1}",
            (
                Evidence("NegSim", one.negsim, one.read_from, limit=HIGHEST_NEGSIM),
                Evidence("similarity of positives without the mean", one.centred, one.read_from),
                Evidence("retrieval at 5" if isnan(one.at_1) else "retrieval at 1",
                         one.at_5 if isnan(one.at_1) else one.at_1, one.read_from, "share"),
            ),
            (
                Fix(
                    "Subtract the mean of the training embeddings, then normalise.",
                    "z = torch.nn.functional.normalize(z - train_z.mean(0), dim=-1)",
                ),
            ),
        )  # fmt: skip
        return
    if not any(one.is_informative for one in separation.splits):
        raise NotJudged("nothing shows that the embeddings distinguish labels")
    return separation.sentence
