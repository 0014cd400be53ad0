"""SPL303: does a signer-independent split keep signers apart?"""

from collections.abc import Iterator

from slrdoctor.api import CERTAIN, NOTE, Evidence, Finding, Fix, Signers, Threshold, check

NONE = Threshold(0, "by definition: no signer of dev or test signs in training")


@check("SPL303", severity=NOTE, confidence=CERTAIN)
def signer_in_two_splits(signers: Signers) -> Iterator[Finding]:
    """A signer trains and is tested, although the run claims that signers are held apart.

    Why it matters: scores on known signers are much better than on new ones. A table that
    says signer independent and is not promises what the model cannot do.

    Judged by: signers by the annotations, or by ids that all name one, in train and in dev
    or test; only where a file name or a config says signer independent (SI, SI5, unseen
    signer). Sharing signers is usual elsewhere, and no fault.

    Fix: split by signer, or drop the claim.

    References: Koller et al. 2017, Re-Sign, on the signer-independent split of PHOENIX-2014
    (SI5).
    """
    if not signers.claim or not signers.train:
        return
    shared = {s: signers.shared(s) for s in ("dev", "test") if signers.shared(s)}
    if not shared:
        return
    told = " and ".join(f"{len(who)} of {len(signers.by_split[s])} {s}" for s, who in shared.items())
    names = sorted(set().union(*shared.values()))
    affected = sum(signers.samples[s][who] for s, people in shared.items() for who in people)
    yield Finding(
        message=(
            f"{told} signers also sign in training ({', '.join(names[:5])}), though {signers.claim} "
            f"says signer independent"
        ),
        evidence=tuple(
            Evidence(f"{s} signers in training", len(who), signers.read_from, signers.known_by, NONE)
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
