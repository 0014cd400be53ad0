"""SPL303: are the signers of a signer-independent split really separate?"""

from slrdoctor.api import (
    CERTAIN,
    NOTE,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Signers,
    Threshold,
    agreeing,
    check,
    part_of,
)

SHARED_SIGNERS = Threshold(
    0, "By definition: signer independent means that no dev or test signer is in train."
)


SHOWN = 5  # signers that the message names


@check("SPL303", severity=NOTE, confidence=CERTAIN)
def signer_in_two_splits(signers: Signers) -> Findings:
    """The run claims signer independence, but some signers are in train and in dev or test.

    Why it matters: Scores on known signers are much better than on new ones. A result reported as
    signer independent that is not promises what the model cannot do.

    Judged by: The signers of train against those of dev and test, from the annotations or from ids
    that all name a signer. Judged only where a file name or a config claims signer independence (SI,
    SI5, unseen signer). Sharing signers is normal elsewhere.

    Fix: Split by signer, or drop the claim.

    References: Koller et al. 2017, Re-Sign, on the signer-independent split of PHOENIX-2014
    (SI5).
    """
    if not signers.train:
        raise NotJudged("the signers of train are unknown")
    if not signers.claim:
        return signers.sentence
    shared = {s: signers.shared(s) for s in ("dev", "test") if signers.shared(s)}
    if not shared:
        return signers.sentence
    parts = " and ".join(
        part_of(len(who), len(signers.by_split[s]), f"{s} signer") for s, who in shared.items()
    )
    names = sorted(set().union(*shared.values()))
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    affected = sum(signers.samples[s][who] for s, people in shared.items() for who in people)
    yield Finding(
        message=(
            f"{parts} {agreeing(len(names), 'is', 'are')} also in train "
            f"({', '.join(names[:SHOWN])}{more}), but {signers.claim} claims signer independence"
        ),
        evidence=tuple(
            Evidence(f"{s} signers who are in train", len(who), signers.read_from, "", SHARED_SIGNERS)
            for s, who in shared.items()
        ),
        fixes=(
            Fix(
                "Split by signer.",
                "GroupShuffleSplit(n_splits=1).split(samples, groups=signers)   # scikit-learn",
                safe=False,
            ),
        ),
        affected=affected,
        total=sum(sum(signers.samples[s].values()) for s in shared),
    )
