from __future__ import annotations

from slrdoctor.facts.splits.split_sizes import SplitSizes
from slrdoctor.testing import findings


def test_spl304_fires_on_each_empty_split() -> None:
    sizes = SplitSizes(
        {"train": 80},
        {"train": 80},
        (("dev", "dev.csv", "annotations"), ("dev", "f/dev", "features")),
        "train.csv",
    )
    labels, features = findings("SPL304", sizes)

    assert labels.message == (
        "the dev split is empty: dev.csv (annotations) contains no sample, while there are 80 in train"
    )
    assert features.fixes[0].how.startswith('[features]\ndev = "path/to/dev"')


def test_spl304_fires_where_nothing_else_is_there() -> None:
    [finding] = findings(
        "SPL304", SplitSizes({}, {}, (("train", "train.csv", "annotations"),), "train.csv")
    )

    assert finding.message == "the train split is empty: train.csv (annotations) contains no sample"


def test_spl304_is_quiet_at_one_sample_a_split() -> None:
    assert not findings("SPL304", SplitSizes({"train": 1, "dev": 1}, {"": 2}, (), "train.csv"))
