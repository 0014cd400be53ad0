"""SPL305: are dev signers new to a model that was trained on few signers?"""

from slrdoctor.api import (
    CERTAIN,
    NOTE,
    Evidence,
    Finding,
    Findings,
    Fix,
    NotJudged,
    Signers,
    agreeing,
    check,
    chosen,
    counted,
    part_of,
)

FEWEST_SIGNERS = chosen(
    6,
    "public signer-independent splits train on more: GSL on 6, PHOENIX-2014 SI5 on 8, AUTSL on 31",
    (3, 24),
    413,
)


@check("SPL305", severity=NOTE, confidence=CERTAIN, explains=("TRN504",))
def unseen_signers_in_dev(signers: Signers) -> Findings:
    """Dev signers are not in train, which has only a few signers.

    Why it matters: With a handful of signers a model learns their bodies, speed and position along
    with the signs. Expect a gap between train and dev that comes from the split, not from the training.

    Judged by: Signers of dev (of test, where there is no dev) who are not in train, while train has
    fewer than six signers.

    Fix: Normalise landmarks to the shoulders, vary scale and speed in training, and add signers.
    Compare with a split that shares signers before blaming the model.

    References: Adaloglou et al. 2021, on the signer-independent split of GSL; Sincan and
    Keles 2020, AUTSL.
    """
    split = "dev" if "dev" in signers.by_split else "test"
    people = signers.by_split.get(split, frozenset())
    new = people - signers.train
    if not signers.train or not people:
        raise NotJudged(f"the signers of {split if signers.train else 'train'} are unknown")
    if not new or len(signers.train) >= FEWEST_SIGNERS.value:
        return signers.sentence
    affected = sum(signers.samples[split][who] for who in new)
    yield Finding(
        message=(
            f"{part_of(len(new), len(people), f'{split} signer')} {agreeing(len(new), 'is', 'are')} not "
            f"in train, which has only {counted(len(signers.train), 'signer')}: expect a gap between "
            f"train and {split}"
        ),
        evidence=(
            Evidence("signers in train", len(signers.train), signers.read_from, "", FEWEST_SIGNERS),
            Evidence(
                f"{split} signers who are not in train", len(new), signers.read_from, f"of {len(people)}"
            ),
        ),
        fixes=(
            Fix(
                "Normalise the landmarks to the signer's shoulders before anything else.",
                "x = (x - mid_shoulder) / shoulder_width",
            ),
            Fix("Add signers to train, or report scores on known and new signers separately."),
        ),
        affected=affected,
        total=sum(signers.samples[split].values()),
    )
