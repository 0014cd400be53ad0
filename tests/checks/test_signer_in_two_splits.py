from __future__ import annotations

from slrdoctor.facts.splits.signers import Signers
from slrdoctor.testing import findings, not_judged


def signers(claim: str, **people: str) -> Signers:
    by_split = {split: frozenset(names.split()) for split, names in people.items()}
    samples = {split: dict.fromkeys(names, 10) for split, names in by_split.items()}
    return Signers(by_split, samples, "the annotations", claim, "a.csv")


def test_spl303_fires_on_one_signer_where_independence_is_claimed() -> None:
    [finding] = findings("SPL303", signers("split_SI_train.csv", train="1 2 3", dev="3 4", test="5"))

    assert finding.message == (
        "1 of 2 dev signers is also in train (3), but split_SI_train.csv claims signer independence"
    )
    assert (finding.affected, finding.total) == (10, 20)


def test_spl303_is_quiet_where_signers_are_apart() -> None:
    assert not findings("SPL303", signers("split_SI_train.csv", train="1 2 3", dev="4", test="4"))


def test_spl303_is_quiet_without_a_claim() -> None:
    assert not findings("SPL303", signers("", train="1 2 3", dev="1 2", test="3"))
    assert not findings("SPL303", signers("x_SI.csv", dev="1 2", test="1"))


def test_spl303_is_not_judged_without_the_signers_of_train() -> None:
    assert "train" in not_judged("SPL303", signers("x_SI.csv", dev="1 2", test="1")).reason
