from __future__ import annotations

from slrdoctor.facts.splits.shared_samples import Shared, SharedSamples
from slrdoctor.testing import findings


def shared(*found: Shared) -> SharedSamples:
    return SharedSamples(found, {"train": 80, "dev": 10, "test": 12}, True, "a.csv")


def test_spl301_fires_on_one_sample() -> None:
    [finding] = findings("SPL301", shared(Shared("x7", ("train", "dev"), "id")))

    assert finding.message == "1 of 102 samples is in two splits: x7 in train and dev"
    assert finding.samples == ("x7",)
    assert finding.evidence[-1].value == 10


def test_spl301_tells_which_splits_and_how() -> None:
    [finding] = findings(
        "SPL301",
        shared(
            Shared("x7", ("train", "test"), "array", "y1"),
            Shared("x8", ("train", "test"), "array"),
            Shared("x9", ("train", "dev"), "path"),
        ),
    )

    assert finding.message.endswith(
        "two splits: 2 in train and test, 1 in train and dev, for example x7 (called y1 in test)"
    )
    assert [(e.what, e.value) for e in finding.evidence[:2]] == [
        ("samples with the same array", 2),
        ("samples with the same path", 1),
    ]


def test_spl301_is_quiet_where_nothing_is_shared() -> None:
    assert not findings("SPL301", shared())
