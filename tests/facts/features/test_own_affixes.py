"""Ids that a loader puts something of the sample's own before or behind, as its signer."""

from __future__ import annotations

from pathlib import Path

import pytest

from slrdoctor.artifacts.run import AnnotationFile, Clip, DataSet, FeatureSet, Row
from slrdoctor.facts.features.join import Join, join
from slrdoctor.facts.labels.samples import samples

IDS = [f"s{i:04d}" for i in range(24)]


def joined(ids: list[str], keys: list[str]) -> Join:
    rows = tuple(Row(id, "train", ("A", "B"), line=i) for i, id in enumerate(ids))
    clips = tuple(Clip(key, Path(f"{key}.npy"), "npy") for key in keys)
    data = DataSet(
        "",
        Path(),
        (FeatureSet("train", "features", "npy", "file per sample", clips),),
        (AnnotationFile("train.csv", "csv", "csv", rows),),
    )
    return join(data, samples(data))


@pytest.mark.parametrize(
    "own",
    [
        lambda i, id: f"Signer{i % 3:02d}_{id}",
        lambda i, id: f"{'AB'[i % 2]}{i % 4}-{id}",  # unevenly: eight of one
        lambda i, id: f"{id}_2021-05-{1 + i:02d}",
        lambda i, id: f"p{0 if i else 1}.{id}",  # one signer has nearly all
        lambda i, id: f"cam{i}_{id}",  # another for each
    ],
)
@pytest.mark.parametrize("reverse", [False, True])
def test_what_is_put_to_an_id_may_differ_from_sample_to_sample(own, reverse: bool) -> None:  # type: ignore[no-untyped-def]
    names = [own(i, id) for i, id in enumerate(IDS)]
    ids, keys = (names, IDS) if reverse else (IDS, names)

    found = joined(ids, keys)

    assert [(p.row.id, p.clip.key) for p in found.pairs] == list(zip(ids, keys, strict=True))
    assert "prefix or suffix" in found.how


def test_an_id_that_two_signers_have_is_not_joined() -> None:
    keys = [f"Signer{signer}_{id}" for id in IDS[:6] for signer in (1, 2)]
    keys += [f"Signer1_{id}" for id in IDS[6:]]

    found = joined(IDS, keys)

    assert {pair.row.id for pair in found.pairs} == set(IDS[6:])


def test_samples_that_are_not_there_stay_missing() -> None:
    keys = [f"Signer{i % 3}_{id}" for i, id in enumerate(IDS)][:18]

    found = joined(IDS, keys)

    assert [row.id for row in found.missing] == IDS[18:]


def test_names_that_have_only_a_number_in_common_are_not_joined() -> None:
    found = joined([f"{i}" for i in range(10, 34)], [f"clip{i % 5}_{i}" for i in range(10, 34)])

    assert not found.pairs
