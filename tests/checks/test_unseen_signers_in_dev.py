from __future__ import annotations

from slrdoctor.facts.splits.signers import Signers
from slrdoctor.testing import findings, not_judged


def signers(**people: str) -> Signers:
    by_split = {split: frozenset(names.split()) for split, names in people.items()}
    samples = {split: dict.fromkeys(names, 10) for split, names in by_split.items()}
    return Signers(by_split, samples, "the annotations", "", "a.csv")


def test_spl305_fires_on_a_new_signer_beside_five() -> None:
    [finding] = findings("SPL305", signers(train="1 2 3 4 5", dev="5 6"))

    assert finding.message == (
        "1 of 2 dev signers is not in train, which has only 5 signers: expect a gap between train and "
        "dev"
    )
    assert (finding.affected, finding.total) == (10, 20)


def test_spl305_is_quiet_beside_six() -> None:
    assert not findings("SPL305", signers(train="1 2 3 4 5 6", dev="7"))


def test_spl305_takes_test_where_there_is_no_dev() -> None:
    assert "the only test signer is" in findings("SPL305", signers(train="1 2", test="3"))[0].message


def test_spl305_is_quiet_where_dev_signers_train() -> None:
    assert not findings("SPL305", signers(train="1 2", dev="1 2", test="3"))
    assert not findings("SPL305", signers(dev="1 2"))


def test_spl305_is_not_judged_without_the_signers_of_train() -> None:
    assert "train" in not_judged("SPL305", signers(dev="1 2")).reason
