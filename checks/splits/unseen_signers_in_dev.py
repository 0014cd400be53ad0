"""SPL305: do few signers train for others?"""

from collections.abc import Iterator

from slrdoctor.api import CERTAIN, NOTE, Evidence, Finding, Fix, Signers, Threshold, check

FEW = Threshold(
    6,
    "rule of thumb, docs/limits.py: the GSL SI split trains on 6 signers, PHOENIX-2014 SI5 on 8, "
    "AUTSL on 31",
)


@check("SPL305", severity=NOTE, confidence=CERTAIN, explains=("TRN504",))
def unseen_signers_in_dev(signers: Signers) -> Iterator[Finding]:
    """Dev signers are new to a model that few signers trained.

    Why it matters: with a handful of signers a model learns their bodies, speed and place
    before the camera along with the signs. A gap between train and dev is then to be
    expected, and comes from the split and not from the training.

    Judged by: signers of dev (of test, where there is no dev) who do not sign in training,
    while fewer than six do.

    Fix: normalise landmarks to the shoulders, vary scale and speed in training, and add
    signers; compare with a split that shares signers before the model is blamed.

    References: Adaloglou et al. 2021, on the signer-independent split of GSL; Sincan and
    Keles 2020, AUTSL.
    """
    split = "dev" if "dev" in signers.by_split else "test"
    people = signers.by_split.get(split, frozenset())
    new = people - signers.train
    if not signers.train or not new or len(signers.train) >= FEW.value:
        return
    affected = sum(signers.samples[split][who] for who in new)
    yield Finding(
        message=(
            f"{len(new)} of {len(people)} {split} signers do not sign in training, which shows "
            f"{len(signers.train)} signers: expect a gap between the two"
        ),
        evidence=(
            Evidence("training signers", len(signers.train), signers.read_from, signers.known_by, FEW),
            Evidence(f"new {split} signers", len(new), signers.read_from, f"of {len(people)}"),
        ),
        fixes=(
            Fix(
                "Normalise landmarks to the signer's own shoulders before anything else.",
                "x = (x - mid_shoulder) / shoulder_width",
            ),
            Fix("Add training signers, or report scores on known signers beside these."),
        ),
        affected=affected,
        total=sum(signers.samples[split].values()),
    )
