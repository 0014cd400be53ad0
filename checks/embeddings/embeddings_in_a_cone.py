"""EMB702: do all embeddings share an offset?"""

from collections.abc import Iterator
from math import isnan

from slrdoctor.api import CERTAIN, NOTE, Evidence, Finding, Fix, Separation, Threshold, check

HIGH = Threshold(
    0.8,
    "Liang et al. 2022: untrained and trained encoders have mean cosines of 0.5 to 0.6; beyond that "
    "rule of thumb, docs/limits.py",
)


@check("EMB702", severity=NOTE, confidence=CERTAIN)
def embeddings_in_a_cone(separation: Separation) -> Iterator[Finding]:
    """All embeddings share a common part, and what tells them apart is intact.

    Why it matters: a NegSim near 1 looks like collapse. Where neighbours still have the right
    label it is a mean vector that all have, and hides how far apart they are.

    Judged by: a mean similarity to other labels over 0.8, while retrieval at 1 or at 5 is beyond
    what guessing reaches once in a thousand.

    Fix: subtract the mean of the training embeddings before they are compared.

    References: Liang et al. 2022, Mind the Gap; Mu and Viswanath 2018, All-but-the-Top.
    """
    for one in separation.told:
        if not one.is_informative or one.negsim <= HIGH.value:
            continue
        times = one.times_chance
        apart = f"positives have {one.centred:.2f}"
        apart += "" if isnan(one.margin) else f", {one.margin:.2g} deviations above the negatives"
        at_1 = f"{one.at_1:.1%}, {times:.3g} times chance" if not isnan(one.at_1) else "not logged"
        yield Finding(
            f"NegSim of {one.what} is {one.negsim:.3f} by a common offset: without it {apart}, and "
            f"retrieval at 1 is {at_1}",
            (
                Evidence("NegSim", one.negsim, one.read_from, limit=HIGH),
                Evidence("similarity of positives without the mean", one.centred, one.read_from),
                Evidence("retrieval at 5" if isnan(one.at_1) else "retrieval at 1",
                         one.at_5 if isnan(one.at_1) else one.at_1, one.read_from),
            ),
            (
                Fix(
                    "Subtract the mean of the training embeddings, then normalise.",
                    "z = torch.nn.functional.normalize(z - train_z.mean(0), dim=-1)",
                ),
            ),
        )  # fmt: skip
        return
